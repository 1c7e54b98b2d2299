import Cryptography
import Encoding
import Foundation
import HTTP
import KeyStore
import LogStore
import MerkleLog
import Platform
import Synchronization
import Testing
import TestSupport
import Witness

/// The program itself, which is built beside the tests, serving something.
final class ServerProcess: Sendable {
    private let process: ChildProcess
    let url: String
    /// The first line that it wrote.
    let firstLine: String

    init(_ words: [String], lineCount: Int) throws {
        process = try ChildProcess(Places.program(), words)
        var bytes: [UInt8] = []
        while bytes.count(where: { $0 == 0x0a }) < lineCount {
            let goesOn = try process.output.read(appendingTo: &bytes)
            try #require(goesOn, "\(String(decoding: bytes, as: UTF8.self))")
        }
        let text = String(decoding: bytes, as: UTF8.self)
        firstLine = String(text.prefix { $0 != "\n" })
        let start = try #require(text.firstRange(of: "http://")).lowerBound
        url = String(text[start...].prefix { $0 != "\n" }.dropLast())
    }

    func kill() { process.kill() }

    func stop() -> ChildProcess.Ending {
        process.terminate()
        return process.wait()
    }
}

/// The files that a witness process needs.
struct WitnessFiles {
    let folder: TemporaryDirectory
    let words: [String]
    let key: SampleKey

    init(_ log: SampleLog) throws {
        folder = try TemporaryDirectory()
        key = try SampleKey("witness.example", 50, cosigns: true)
        let keyFile = folder.path + "/key"
        let stored = try StoredKey(.witness, name: "witness.example", bytes: key.seed)
        try stored.seal(to: keyFile, Passphrase(bytes: Array("passphrase".utf8)), cost: .least)
        words = [
            "witness", "serve", "--key", keyFile,
            "--passphrase-file", try folder.write("passphrase\n", to: "passphrase"),
            "--config", try folder.write("log \(log.signer.key.vkey.string)\n", to: "config"),
            "--data", folder.path + "/data",
        ]
    }
}

/// The size of the last checkpoint whose cosignature arrived.
private final class Given: Sendable {
    let size = Atomic<UInt64>(0)
}

@Suite("witness process") struct WitnessProcessTests {
    private static let rounds = 12 * effort

    private static func post(
        _ request: AddCheckpointRequest,
        to process: ServerProcess,
        by client: HTTPClient
    ) throws -> HTTPClient.Answer {
        try client.post(
            process.url + "/add-checkpoint",
            body: request.encoded,
            contentType: "text/plain"
        )
    }

    @Test("a witness that is killed again and again never contradicts what it gave out")
    func killed() throws {
        let log = try SampleLog()
        let files = try WitnessFiles(log)
        let given = Given()
        for round in 0..<Self.rounds {
            let process = try ServerProcess(files.words, lineCount: 2)
            #expect(process.firstLine == "witness \(files.key.key.vkey.string)")
            let client = try HTTPClient()
            let known = try Self.askSize(log, process, client)
            let last = given.size.load(ordering: .sequentiallyConsistent)
            #expect(known >= last)
            // A copy of the log that was split before what was given out gets nothing.
            if last > 0 {
                let split = try SampleLog(splitsAt: last - 1, tag: 1)
                for (old, new) in [(known, known), (known, known + 1), (last, known + 1)] {
                    let answer = try Self.post(split.request(old, new), to: process, by: client)
                    #expect(answer.status == 422 || answer.status == 409)
                }
            }
            let asker = try PlatformThread.start(name: "asker") {
                Self.grow(log, from: known, process, client, given)
            }
            // Each round is cut off after another number of answers and at another moment of the next request.
            for _ in 0..<100_000
            where given.size.load(ordering: .relaxed) < known + UInt64(round % 4) {
                PlatformThread.nap(nanoseconds: 100_000)
            }
            PlatformThread.nap(nanoseconds: UInt64(round / 4) * 400_000)
            process.kill()
            asker.join()
        }
        // Each round of four has at least the six answers that were waited for.
        #expect(given.size.load(ordering: .sequentiallyConsistent) >= UInt64(Self.rounds / 4 * 6))
    }

    /// The size of the last checkpoint that the witness has cosigned.
    private static func askSize(
        _ log: SampleLog,
        _ process: ServerProcess,
        _ client: HTTPClient
    ) throws -> UInt64 {
        let answer = try post(log.request(1 << 20, 1 << 20, path: []), to: process, by: client)
        try #require(answer.status == 409)
        return try #require(UInt64(String(decoding: answer.body.dropLast(), as: UTF8.self)))
    }

    /// Has one size after the other cosigned until the witness is gone.
    private static func grow(
        _ log: SampleLog,
        from known: UInt64,
        _ process: ServerProcess,
        _ client: HTTPClient,
        _ given: Given
    ) {
        var size = known
        while size < known + 1_000 {
            guard let request = try? log.request(size, size + 1),
                let answer = try? post(request, to: process, by: client), answer.status == 200
            else { return }
            size += 1
            given.size.store(size, ordering: .sequentiallyConsistent)
        }
    }

    @Test("a second process on the same state is refused; a signal stops the first one")
    func lock() throws {
        let log = try SampleLog()
        let files = try WitnessFiles(log)
        let process = try ServerProcess(files.words, lineCount: 2)
        let second = try ChildProcess(Places.program(), files.words)
        #expect(second.wait() == .exited(3))
        #expect(process.stop() == .exited(0))
    }
}

extension SampleLog {
    /// A request with any path, for a tree whose root is never computed when it is too large for that.
    func request(_ oldSize: UInt64, _ newSize: UInt64, path: [SHA256.Digest]) throws
        -> AddCheckpointRequest
    {
        let root = SHA256.hash(of: Array(newSize.description.utf8))
        let body = try Checkpoint(origin: signer.key.name, size: newSize, root: root)
        let line = NoteSignature(signing: body.body, key: signer.key, signer: signer.sign)
        let checkpoint = try SignedCheckpoint(body, signatures: [line])
        return try AddCheckpointRequest(oldSize: oldSize, path: path, checkpoint: checkpoint)
    }
}

/// A real log in a folder, with entries that are their numbers.
struct StoredLog {
    let folder: TemporaryDirectory
    let signer: SampleKey

    init(count: UInt64) throws {
        folder = try TemporaryDirectory()
        let signer = try SampleKey("log.example/one", 1)
        self.signer = signer
        var writer = try LogWriter.open(
            LinuxDirectory.open(folder.path + "/log", create: true),
            format: Self.format(signer)
        )
        for index in 0..<count { try writer.append(LogEntry(Array(index.description.utf8))) }
        try writer.commit(cursor: [])
    }

    private static func format(_ signer: SampleKey) -> CheckpointFormat {
        CheckpointFormat { head throws(LogStoreError) in
            do throws(NoteError) {
                let body = try Checkpoint(
                    origin: signer.key.name,
                    size: head.size,
                    root: head.root
                )
                let line = NoteSignature(
                    signing: body.body,
                    key: signer.key,
                    signer: signer.sign
                )
                return try SignedCheckpoint(body, signatures: [line]).encoded
            } catch {
                throw .signing(reason: error.description)
            }
        } read: { bytes throws(LogStoreError) in
            do throws(NoteError) {
                let read = try SignedCheckpoint(parsing: bytes).checkpoint
                return TreeHead(size: read.size, root: read.root)
            } catch {
                throw .foreignCheckpoint(reason: error.description)
            }
        }
    }
}

@Suite("published log") struct PublishedLogTests {
    @Test("serves what is public with the right headers, and nothing else")
    func paths() throws {
        let log = try StoredLog(count: 300)
        let published = PublishedLog(path: log.folder.path + "/log") { error in
            Issue.record("\(error)")
        }
        func answer(_ path: String, _ method: String = "GET") -> HTTPResponse {
            published.answer(HTTPRequest(method: method, path: path))
        }
        let checkpoint = answer("/checkpoint")
        #expect(checkpoint.status == 200)
        #expect(checkpoint.headers["content-type"] == "text/plain; charset=utf-8")
        #expect(checkpoint.headers["cache-control"] == "public, max-age=1")
        let signed = try SignedCheckpoint(parsing: checkpoint.body)
        #expect(signed.checkpoint.size == 300)
        #expect(signed.note.isSigned(by: log.signer.key, verifier: native))
        for (path, count) in [
            ("/tile/0/000", 8_192), ("/tile/0/001.p/44", 44 * 32), ("/tile/1/000.p/1", 32),
            ("/tile/entries/001.p/44", 44 * 5),
        ] {
            let tile = answer(path)
            #expect(tile.status == 200, "\(path)")
            #expect(tile.body.count == count, "\(path)")
            #expect(tile.headers["content-type"] == "application/octet-stream")
            #expect(tile.headers["cache-control"] == "public, max-age=31536000, immutable")
        }
        for path in [
            "/", "/cursor", "/lock", "/index", "/index/trades", "/index/subjects", "/tile",
            "/tile/", "/tile/0", "/tile/0/000.p", "/tile/0/002", "/tile/0/../../cursor",
            "/tile/0/%2e%2e/cursor", "/../log/checkpoint", "/./checkpoint", "//checkpoint",
            "/checkpoint/", "/checkpoint.new", "/checkpoint.cosigned", "checkpoint",
            "/tile/0/001.p/044", "/tile/00/000", "/tile/0/x000/000", "/tile/entries/000/../../..",
        ] {
            #expect(answer(path).status == 404, "\(path)")
        }
        #expect(answer("/checkpoint", "POST").status == 405)
        #expect(answer("/tile/0/000", "DELETE").status == 405)
    }

    @Test("a log process serves the log, gets it cosigned, and serves that")
    func cosigning() throws {
        let log = try StoredLog(count: 300)
        let directory = log.folder.path + "/log"
        let server = try ServerProcess(["log", "serve", directory], lineCount: 1)
        let client = try HTTPClient()
        func signatureCount() throws -> Int {
            let answer = try client.get(server.url + "/checkpoint")
            try #require(answer.status == 200)
            return try SignedCheckpoint(parsing: answer.body).note.signatures.count
        }
        #expect(try signatureCount() == 1)
        let files = try WitnessFiles(SampleLog())
        let witness = try ServerProcess(files.words, lineCount: 2)
        var policy = "log \(log.signer.key.vkey.string)\n"
        policy += "witness one \(files.key.key.vkey.string) \(witness.url)\nquorum one\n"
        let file = try log.folder.write(policy, to: "policy")
        func cosign() throws -> ChildProcess.Ending {
            let words = ["log", "cosign", directory, "--policy", file, "--json"]
            return try ChildProcess(Places.program(), words).wait()
        }
        #expect(try cosign() == .exited(0))
        #expect(try signatureCount() == 2)
        witness.kill()
        #expect(try cosign() == .exited(1))
        #expect(try signatureCount() == 2)
        #expect(server.stop() == .exited(0))
    }
}
