import Attestation
import Cryptography
import Encoding
import KeyCeremony
import KeyStore
import Platform
import Primitives
import Sequencer
import SimulatedBundles
import Statements
import TestSupport
import Testing
import ThresholdKeys
import Venue
import Verification

/// `parallax evidence make` and `notice` from what a venue has: each kind of evidence is made, and judged offline.
@Suite("evidence from a venue's log and data") struct EvidenceMakeTests {
    private var log: SimulatedVenueLog
    private let command: CommandRun
    private let trust: String
    private let roster: String

    init() throws {
        log = try SimulatedVenueLog(tradeCount: 3)
        command = try CommandRun("evidence")
        trust = try command.directory.write(try log.trust().encoded, to: "trust.json")
        roster = try command.directory.write(log.committee.roster.encoded, to: "roster.json")
    }

    private var out: String { command.directory.path(of: "out") }

    private func run(_ words: String...) -> (code: Int32, output: String, errors: String) {
        command.run(words)
    }

    /// Judges the evidence that was made last, with a roster and no log.
    private func expectProven(_ fault: String, _ more: String...) {
        let verified = command.run(["verify", out, "--roster", roster, "--trust", trust] + more)
        #expect(verified.code == 0, "\(verified.errors)")
        #expect(verified.output.contains("PROVEN"))
        #expect(verified.output.contains(fault))
    }

    /// Writes the log with the roster and a month in which seat 9 was away too often.
    private mutating func writeLog() throws -> String {
        log.append(log.committee.roster)
        try log.appendMonth(votes: 70)
        let path = command.directory.path(of: "log")
        try log.write(to: LinuxDirectory.open(path, create: true))
        return path
    }

    @Test("absence is found in the log, and judged with it or with the leaves in the file")
    func attendance() throws {
        var tests = self
        let path = try tests.writeLog()
        let made = run("make", "attendance", "--seat", "9", "--log", path, "--out", out)
        #expect(made.code == 0, "\(made.errors)")
        expectProven("attendance", "--log", path)
        let alone = run("verify", out, "--roster", roster, "--trust", trust)
        #expect(alone.code == 1)
        #expect(alone.errors.contains("is not given"))
        let carried = run(
            "make",
            "attendance",
            "--seat",
            "9",
            "--log",
            path,
            "--carry",
            "--trust",
            trust,
            "--out",
            out
        )
        #expect(carried.code == 0, "\(carried.errors)")
        expectProven("attendance")
        let other = run("make", "attendance", "--seat", "8", "--log", path, "--out", out)
        #expect(other.code == 1)
        #expect(other.errors.contains("no 30 days in which seat 8"))
    }

    @Test("three wrong shares that the venue kept become evidence, two do not") func shares() throws
    {
        let folder = command.directory.path(of: "data/evidence")
        _ = try LinuxDirectory.open(command.directory.path(of: "data"), create: true)
        _ = try LinuxDirectory.open(folder, create: true)
        let data = command.directory.path(of: "data")
        func keep(_ number: UInt64) throws {
            let cast = try log.wrongShare(4, for: .interval(log.monthInterval(number)))
            try command.directory.write(
                cast.encoded,
                to: folder + "/wrongShare-\(number).cbor"
            )
        }
        func make() -> (code: Int32, output: String, errors: String) {
            run(
                "make",
                "invalidShares",
                "--seat",
                "4",
                "--data",
                data,
                "--roster",
                roster,
                "--out",
                out
            )
        }
        try keep(2)
        try keep(3)
        #expect(make().code == 1)
        try keep(5)
        let made = make()
        #expect(made.code == 0, "\(made.errors)")
        expectProven("invalidShares")
    }

    /// Seals a key of the simulation as a file.
    private func seal(_ signer: SimulatedSigner, _ kind: KeyKind) throws -> [String] {
        let words = Array("correct horse battery".utf8)
        let key = try StoredKey(kind, name: "somebody", bytes: signer.seed)
        let path = command.directory.path(of: "\(kind).key")
        try key.seal(to: path, Passphrase(bytes: words), cost: .least)
        let passphrase = try command.directory.write(words, to: "passphrase")
        return ["--key", path, "--passphrase-file", passphrase, "--roster", roster]
    }

    @Test("a seat that changes hands breaks a rule; the notice says so") func diversity() throws {
        let key = try seal(log.issuerKey, .venue)
        let notice = command.directory.path(of: "notice")
        let group = log.committee.roster.seats[0].group.string
        let signed = command.run(
            ["notice", "affiliation", "--seat", "7", "--group", group, "--out", notice] + key
        )
        #expect(signed.code == 0, "\(signed.errors)")
        let made = run("make", "diversityBreach", notice, "--roster", roster, "--out", out)
        #expect(made.code == 0, "\(made.errors)")
        expectProven("diversityBreach")
        let none = run(
            "make",
            "diversityBreach",
            "--seat",
            "7",
            "--roster",
            roster,
            "--out",
            out
        )
        #expect(none.code == 1)
        #expect(none.errors.contains("takes part in no breach"))
    }

    @Test("a lost key signs its own notice") func compromise() throws {
        let key = try seal(log.committee.identities[5], .identity)
        let notice = command.directory.path(of: "notice")
        let signed = command.run(
            ["notice", "keyCompromise", "--seat", "6", "--out", notice] + key
        )
        #expect(signed.code == 0, "\(signed.errors)")
        #expect(run("make", "keyCompromise", notice, "--out", out).code == 0)
        expectProven("keyCompromise")
    }

    @Test("an authority suspends and lifts, and says why") func sanction() throws {
        let key = try seal(log.issuerKey, .venue)
        let notice = command.directory.path(of: "notice")
        for order in [
            ["suspend", "--reason", "by order of the court", "--days", "30"],
            ["lift", "--reason", "the order is over"],
        ] {
            let signed = command.run(["notice"] + order + ["--seat", "6", "--out", notice] + key)
            #expect(signed.code == 0, "\(signed.errors)")
            #expect(run("make", "sanction", notice, "--out", out).code == 0)
            expectProven("sanction")
        }
        let silent = command.run(["notice", "suspend", "--seat", "6", "--out", notice] + key)
        #expect(silent.code == 2)
        #expect(silent.errors.contains("--reason is missing"))
        let unknown = command.run(["notice", "praise", "--seat", "6", "--out", notice] + key)
        #expect(unknown.code == 2)
    }

    @Test("a member that said two things in a key ceremony is found in the journal")
    func badDeal() throws {
        let data = command.directory.path(of: "journal")
        var seats: [SeatEnrolment] = []
        for seat in log.committee.roster.seats {
            let position = Int(seat.index) - 1
            seats.append(
                SeatEnrolment(
                    index: seat.index,
                    id: Text("observer-\(seat.index)"),
                    operator: seat.operator,
                    group: seat.group,
                    region: seat.region,
                    category: seat.category,
                    identityKey: log.committee.identities[position].key.publicKey,
                    encryptionKey: try DecryptionKey(
                        keyMaterial: SHA256.hash(of: [UInt8(seat.index)]).bytes
                    ).encryptionKey
                )
            )
        }
        let announcement = try CeremonyAnnouncement(
            venue: log.venue,
            epoch: 1,
            attempt: 0,
            seats: seats,
            previous: nil
        )
        let nonce = announcement.parameters.nonce
        let liar = log.committee.identities[2]
        let bundles = [UInt8(1), 2].map { number in
            UnsignedBundle(.commit(SHA256.hash(of: [number])), sender: 3, nonce: nonce)
                .signed(by: liar.sign)
        }
        let sequencer = try Sequencer(
            LinuxDirectory.open(data, create: true),
            sink: UnheardReplies()
        )
        var documents = [CeremonyDocument.begin(announcement)]
        for height in UInt64(0)..<8 {
            documents.append(
                .block(
                    CeremonyBlock(
                        nonce: nonce,
                        height: height,
                        part: 0,
                        isLast: true,
                        bundles: height == 0 ? bundles : []
                    )
                )
            )
        }
        for document in documents {
            #expect(sequencer.file(.ceremony, document.encoded) == .accepted)
        }
        sequencer.stop()
        let made = run("make", "badDeal", "--seat", "3", "--data", data, "--out", out)
        #expect(made.code == 0, "\(made.errors)")
        expectProven("badDeal")
        let other = run("make", "badDeal", "--seat", "4", "--data", data, "--out", out)
        #expect(other.code == 1)
        #expect(other.errors.contains("no key ceremony has evidence against seat 4"))
    }
}
