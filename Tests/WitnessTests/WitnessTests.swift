import Cryptography
import Encoding
import HTTP
import MerkleLog
import Platform
import SimulatedPlatform
import Synchronization
import Testing
import Witness

@Suite("witness") struct WitnessTests {
    private let log: SampleLog
    private let key: SampleKey
    private let disk = SimulatedDisk(seed: 1)
    private let clock = ManualClock()

    init() throws {
        log = try SampleLog()
        key = try SampleKey("witness.example", 50, cosigns: true)
    }

    private func start() throws -> Witness {
        try Witness(
            directory: disk.directory(),
            configuration: log.configuration,
            signer: key.witnessSigner,
            clock: clock
        )
    }

    @Test("cosigns a log as it grows, and its lines verify")
    func growth() throws {
        let witness = try start()
        var size: UInt64 = 0
        for next: UInt64 in [1, 2, 3, 4, 7, 8, 9, 64, 65, 130] {
            let verdict = try witness.addCheckpoint(log.request(size, next))
            guard case .cosigned(let line) = verdict else {
                Issue.record("\(size) to \(next): \(verdict)")
                return
            }
            let cosigned = try log.checkpoint(next).note.adding([line])
            #expect(cosigned.isSigned(by: key.key, verifier: native))
            #expect(timestamp(verdict) == 1_700_000_000)
            size = next
        }
        let hash = SHA256.hash(of: Array("log.example/one".utf8)).hex
        let latest = try #require(witness.latestCheckpoint(originHash: hash))
        #expect(latest.checkpoint.size == 130)
        #expect(latest.note.isSigned(by: key.key, verifier: native))
        #expect(latest.note.isSigned(by: log.signer.key, verifier: native))
    }

    @Test("the old size must be that of the last checkpoint; the answer says which it is")
    func conflicts() throws {
        let witness = try start()
        #expect(try witness.addCheckpoint(log.request(3, 5)) == .conflict(size: 0))
        _ = try witness.addCheckpoint(log.request(0, 5))
        for oldSize: UInt64 in [0, 1, 4, 6] {
            #expect(try witness.addCheckpoint(log.request(oldSize, 8)) == .conflict(size: 5))
        }
        // A smaller tree never follows a larger one.
        #expect(try witness.addCheckpoint(log.request(0, 3)) == .conflict(size: 5))
        #expect(try witness.addCheckpoint(log.request(3, 4)) == .conflict(size: 5))
        let backwards = try AddCheckpointRequest(
            oldSize: 5,
            path: [],
            checkpoint: log.checkpoint(3)
        )
        #expect(try witness.addCheckpoint(backwards) == .oldSizeTooLarge)
        #expect(timestamp(try witness.addCheckpoint(log.request(5, 8))) != nil)
    }

    @Test("another tree of the same log is not cosigned, with no proof at all")
    func splitViews() throws {
        let witness = try start()
        _ = try witness.addCheckpoint(log.request(0, 5))
        let split = try SampleLog(splitsAt: 4, tag: 1)
        #expect(try witness.addCheckpoint(split.request(5, 5)) == .inconsistent)
        #expect(try witness.addCheckpoint(split.request(5, 9)) == .inconsistent)
        let mixed = try AddCheckpointRequest(
            oldSize: 5,
            path: log.consistency(5, 9),
            checkpoint: split.checkpoint(9)
        )
        #expect(try witness.addCheckpoint(mixed) == .inconsistent)
        // What splits later is another matter: it does continue what was cosigned.
        let later = try SampleLog(splitsAt: 5, tag: 1)
        #expect(timestamp(try witness.addCheckpoint(later.request(5, 9))) != nil)
        #expect(try witness.addCheckpoint(log.request(9, 12)) == .inconsistent)
    }

    @Test("proofs that are missing, too long, or not needed are refused")
    func proofs() throws {
        let witness = try start()
        let extra = [SHA256.hash(of: [])]
        func request(_ old: UInt64, _ new: UInt64, _ path: [SHA256.Digest]) throws
            -> WitnessVerdict
        {
            try witness.addCheckpoint(
                AddCheckpointRequest(oldSize: old, path: path, checkpoint: log.checkpoint(new))
            )
        }
        #expect(try request(0, 5, extra) == .inconsistent)
        _ = try request(0, 5, [])
        #expect(try request(5, 5, extra) == .inconsistent)
        #expect(try request(5, 9, []) == .inconsistent)
        #expect(try request(5, 9, log.consistency(5, 9) + extra) == .inconsistent)
        #expect(try request(5, 9, log.consistency(5, 9).dropLast()) == .inconsistent)
        #expect(timestamp(try request(5, 9, log.consistency(5, 9))) != nil)
    }

    @Test("an empty tree has the root of the empty tree, and a tree of 2^63 leaves is none")
    func extremes() throws {
        func signed(_ size: UInt64, _ root: SHA256.Digest) throws -> AddCheckpointRequest {
            let body = try Checkpoint(origin: "log.example/one", size: size, root: root)
            let line = NoteSignature(
                signing: body.body,
                key: log.signer.key,
                signer: log.signer.sign
            )
            let checkpoint = try SignedCheckpoint(body, signatures: [line])
            return try AddCheckpointRequest(oldSize: 0, path: [], checkpoint: checkpoint)
        }
        let witness = try start()
        let wrong = SHA256.hash(of: [1])
        #expect(try witness.addCheckpoint(signed(0, wrong)) == .inconsistent)
        #expect(try witness.addCheckpoint(signed(1 << 63, wrong)) == .inconsistent)
        #expect(timestamp(try witness.addCheckpoint(signed(0, SHA256.hash(of: [])))) != nil)
        #expect(timestamp(try witness.addCheckpoint(log.request(0, 2))) != nil)
    }

    @Test("only trusted keys of a known log count, and a wrong line by one of them spoils the rest")
    func signatures() throws {
        let witness = try start()
        let unknown = try SampleLog("log.example/two")
        #expect(try witness.addCheckpoint(unknown.request(0, 1)) == .unknownOrigin)
        let checkpoint = try log.checkpoint(3)
        let stranger = try SampleKey("log.example/one", 9)
        let line = NoteSignature(
            signing: checkpoint.note.text,
            key: stranger.key,
            signer: stranger.sign
        )
        let alone = try SignedCheckpoint(checkpoint.checkpoint, signatures: [line])
        func ask(_ checkpoint: SignedCheckpoint) throws -> WitnessVerdict {
            try witness.addCheckpoint(
                AddCheckpointRequest(oldSize: 0, path: [], checkpoint: checkpoint)
            )
        }
        #expect(try ask(alone) == .invalidSignature)
        let other = try log.checkpoint(4).note.signatures
        let spoilt = try SignedCheckpoint(checkpoint.note.adding(other))
        #expect(try ask(spoilt) == .invalidSignature)
        let both = try SignedCheckpoint(checkpoint.note.adding([line]))
        #expect(timestamp(try ask(both)) != nil)
        // What the witness has not verified it does not hand on.
        let hash = SHA256.hash(of: Array("log.example/one".utf8)).hex
        let kept = try #require(witness.latestCheckpoint(originHash: hash)).note.signatures
        #expect(kept.count == 2)
        #expect(!kept.contains(line))
    }

    @Test("during a change of keys the old one, the new one and both are accepted")
    func keyRotation() throws {
        let next = try SampleKey("log.example/one", 2)
        var configuration = try log.configuration
        try configuration.add(next.key, origin: "log.example/one")
        #expect(configuration.logs.count == 1)
        let witness = try Witness(
            directory: disk.directory(),
            configuration: configuration,
            signer: key.witnessSigner,
            clock: clock
        )
        _ = try witness.addCheckpoint(log.request(0, 1))
        let checkpoint = try log.checkpoint(2)
        let text = checkpoint.note.text
        let line = NoteSignature(signing: text, key: next.key, signer: next.sign)
        let path = log.consistency(1, 2)
        let both = try SignedCheckpoint(checkpoint.note.adding([line]))
        #expect(
            timestamp(
                try witness.addCheckpoint(
                    AddCheckpointRequest(oldSize: 1, path: path, checkpoint: both)
                )
            ) != nil
        )
        let alone = try SignedCheckpoint(checkpoint.checkpoint, signatures: [line])
        #expect(
            timestamp(
                try witness.addCheckpoint(
                    AddCheckpointRequest(oldSize: 2, path: [], checkpoint: alone)
                )
            ) != nil
        )
    }

    @Test("the same request gives the same answer without a write, and a newer time later")
    func repetition() throws {
        let witness = try start()
        let first = try witness.addCheckpoint(log.request(0, 5))
        let writes = disk.operationCount
        #expect(try witness.addCheckpoint(log.request(5, 5)) == first)
        #expect(disk.operationCount == writes)
        clock.set(seconds: 1_700_000_011)
        #expect(timestamp(try witness.addCheckpoint(log.request(5, 5))) == 1_700_000_011)
        // The clock is set back; the times in cosignatures are not.
        clock.set(seconds: 1_600_000_000)
        #expect(timestamp(try witness.addCheckpoint(log.request(5, 6))) == 1_700_000_011)
    }

    @Test("what was cosigned is known after a restart; a second process is refused")
    func restart() throws {
        let witness = try start()
        _ = try witness.addCheckpoint(log.request(0, 5))
        #expect(throws: WitnessError.platform(.locked(path: "disk/"))) { try start() }
        disk.losePower()
        let again = try start()
        #expect(try again.addCheckpoint(log.request(0, 5)) == .conflict(size: 5))
        #expect(timestamp(try again.addCheckpoint(log.request(5, 6))) != nil)
    }

    @Test("a state that this witness has not written is refused, also that of another witness")
    func damage() throws {
        _ = try start().addCheckpoint(log.request(0, 5))
        let name = SHA256.hash(of: Array("log.example/one".utf8)).hex
        let good = disk.bytes(of: name)
        disk.endProcesses()
        var flipped = good
        flipped[18] ^= 1
        for bytes in [[], flipped, Array(good.dropLast(30)), try log.checkpoint(5).encoded] {
            disk.replace(name, with: bytes)
            #expect(throws: WitnessError.self) { try start() }
            disk.endProcesses()
        }
        disk.replace(name, with: good)
        _ = try start()
    }

    @Test("of requests at the same time for the same next size exactly one is cosigned")
    func concurrency() throws {
        let witness = try start()
        _ = try witness.addCheckpoint(log.request(0, 4))
        let verdicts = Mutex<[WitnessVerdict]>([])
        let requests = try (0..<16).map { tag in
            try SampleLog(splitsAt: 4, tag: UInt8(tag)).request(4, 5 + UInt64(tag % 4))
        }
        let threads = try requests.map { request in
            try PlatformThread.start(name: "client") {
                guard let verdict = try? witness.addCheckpoint(request) else { return }
                verdicts.withLock { $0.append(verdict) }
            }
        }
        for thread in threads { thread.join() }
        let all = verdicts.withLock { $0 }
        #expect(all.count == 16)
        #expect(all.count { timestamp($0) != nil } == 1)
        #expect(
            all.allSatisfy { verdict in
                if case .conflict(let size) = verdict {
                    size >= 5
                } else {
                    timestamp(verdict) != nil
                }
            }
        )
    }

    @Test("the configuration is read, and refused with the line")
    func configuration() throws {
        let vkey = log.signer.key.vkey.string
        let text = "# logs\n\nlog \(vkey)\nlog \(vkey) go.sum database tree\n"
        let configuration = try WitnessConfiguration(parsing: text)
        #expect(configuration.logs.map(\.origin) == ["log.example/one", "go.sum database tree"])
        for (text, line) in [
            ("log", 1), ("\nlogs \(vkey)", 2), ("log x", 1), ("log \(vkey) a\u{1}", 1),
        ] {
            #expect {
                try WitnessConfiguration(parsing: text)
            } throws: { error in
                if case .configuration(line, _)? = error as? WitnessError { true } else { false }
            }
        }
    }
}

@Suite("witness server") struct WitnessServerTests {
    @Test(
        "the scripts of another witness give what they say",
        HurlScript.needsVectors,
        arguments: [
            (
                "litewitness.txt",
                "sigsum.org/v1/tree/4d6d8825a6bb689d459628312889dfbb0bcd41b5211d9e1ce768b0ff0309e562",
                "", 5, 9
            ),
            (
                "sumdb.txt", "go.sum database tree",
                "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8",
                35_225_469, 1
            ),
        ] as [(String, Text, Text, UInt64, Int)]
    )
    func scripts(name: String, origin: Text, vkey: Text, size: UInt64, count: Int) throws {
        let sigsumKey = "ffdc2d4d98e4124d3feaf788c0c2f9abfd796083d1f0495437f302ec79cf100f"
        let key =
            vkey.utf8.isEmpty
            ? try NoteVerifierKey(
                name: origin,
                ed25519: Ed25519.PublicKey(bytes: Hex.decode(sigsumKey))
            ) : try NoteVerifierKey(vkey: vkey)
        var configuration = WitnessConfiguration()
        try configuration.add(key, origin: origin)
        let witness = try Witness(
            directory: SimulatedDisk(seed: 1).directory(),
            configuration: configuration,
            signer: SampleKey("example.com/witness", 7, cosigns: true).witnessSigner,
            clock: ManualClock()
        )
        let server = try WitnessServer(witness) { error in Issue.record("\(error)") }
        defer { server.stop() }
        let client = try HTTPClient()
        let steps = try HurlScript(in: name).steps
        #expect(steps.count == count)
        for (index, step) in steps.enumerated() {
            let url = "http://127.0.0.1:\(server.port)/add-checkpoint"
            #expect(step.url.hasSuffix("/add-checkpoint"))
            let body = Array(step.body.utf8)
            let answer = try client.post(url, body: body, contentType: "text/plain")
            let text = String(decoding: answer.body, as: UTF8.self)
            // Since 2026 an unknown origin is not found instead of forbidden.
            let isUnknown = step.contains == ["unknown log"]
            #expect(answer.status == (isUnknown ? 404 : step.status), "step \(index): \(text)")
            for part in step.contains { #expect(text.contains(part), "step \(index): \(text)") }
            if let equals = step.equals { #expect(text == equals, "step \(index)") }
            if answer.status == 409 { #expect(answer.contentType == "text/x.tlog.size") }
        }
        let hash = SHA256.hash(of: origin.utf8).hex
        let latest = try client.get("http://127.0.0.1:\(server.port)/\(hash)/checkpoint")
        #expect(latest.status == 200)
        #expect(latest.contentType == "text/plain; charset=utf-8")
        #expect(try SignedCheckpoint(parsing: latest.body).checkpoint.size == size)
    }

    @Test("other paths, methods and bodies are refused")
    func refusals() throws {
        let log = try SampleLog()
        let witness = try Witness(
            directory: SimulatedDisk(seed: 1).directory(),
            configuration: log.configuration,
            signer: SampleKey("example.com/witness", 7, cosigns: true).witnessSigner,
            clock: ManualClock()
        )
        let hash = SHA256.hash(of: Array("log.example/one".utf8)).hex
        func status(_ method: String, _ path: String, _ body: [UInt8] = []) -> Int {
            let request = HTTPRequest(method: method, path: path, body: body)
            return WitnessServer.answer(request, witness) { _ in }.status
        }
        #expect(status("GET", "/add-checkpoint") == 405)
        #expect(status("POST", "/add-checkpoint") == 400)
        #expect(status("POST", "/") == 404)
        #expect(status("GET", "/\(hash)/checkpoint") == 404)
        let good = try log.request(0, 5).encoded
        #expect(status("POST", "/add-checkpoint", good + [0x0a]) == 403)
        #expect(status("POST", "/add-checkpoint", Array("old 6".utf8) + good.dropFirst(5)) == 400)
        #expect(status("POST", "/add-checkpoint", good) == 200)
        #expect(status("GET", "/\(hash)/checkpoint") == 200)
        #expect(status("HEAD", "/\(hash)/checkpoint") == 200)
        #expect(status("POST", "/\(hash)/checkpoint") == 405)
        for path in [
            "/checkpoint", "//checkpoint", "/../checkpoint", "/\(hash)", "/\(hash)/checkpoint/",
            "/\(hash.uppercased())/checkpoint", "/lock", "/\(hash)/lock", "/x/\(hash)/checkpoint",
        ] {
            #expect(status("GET", path) == 404, "\(path)")
        }
    }
}
