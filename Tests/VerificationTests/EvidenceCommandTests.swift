import Attestation
import Cryptography
import Primitives
import SimulatedBundles
import Statements
import Testing
import TestSupport
import Verification

/// `parallax evidence` as a user runs it, but in this process.
@Suite("parallax evidence") struct EvidenceCommandTests {
    private let log: SimulatedVenueLog
    private let command: CommandRun

    init() throws {
        log = try SimulatedVenueLog(tradeCount: 3)
        command = try CommandRun("evidence")
    }

    private func file(_ name: String, _ bytes: [UInt8]) throws -> String {
        try command.directory.write(bytes, to: name)
    }

    private func run(_ words: String...) -> (code: Int32, output: String, errors: String) {
        command.run(words)
    }

    private func vote(_ seat: UInt32, state: UInt8) throws -> [UInt8] {
        var statement = log.attested(4)
        statement.interval.stateHash = SHA256.hash(of: [state])
        return try log.committee.vote(seat, for: statement).encoded
    }

    @Test("two votes become evidence, which is judged with a roster alone") func equivocation()
        throws
    {
        let one = try file("one", vote(5, state: 1))
        let two = try file("two", vote(5, state: 2))
        let roster = try file("roster.json", log.committee.roster.encoded)
        let trust = try file("trust.json", try log.trust().encoded)
        let out = command.directory.path(of: "evidence")
        #expect(run("make", "equivocation", two, one, "--out", out).code == 0)
        let plain = run("verify", out, "--roster", roster)
        #expect(plain.code == 0, "\(plain.errors)")
        #expect(plain.output.contains("PROVEN"))
        #expect(plain.output.contains("equivocation"))
        let json = run("verify", out, "--roster", roster, "--trust", trust, "--json")
        #expect(json.code == 0, "\(json.errors)")
        #expect(json.output.contains(#""verified": true"#))
        #expect(json.output.contains(#""rate": 1000000"#))

        var bytes = try command.directory.bytes(of: "evidence")
        bytes[bytes.count / 2] ^= 1
        let changed = try file("changed", bytes)
        let bad = run("verify", changed, "--roster", roster, "--json")
        #expect(bad.code == 1)
        #expect(bad.output.contains(#""verified": false"#))
    }

    @Test("what is no evidence, and what is not there, is told apart by the exit code")
    func failures() throws {
        let one = try file("one", vote(5, state: 1))
        let roster = try file("roster.json", log.committee.roster.encoded)
        let out = command.directory.path(of: "evidence")
        #expect(run("make", "equivocation", one, "--out", out).code == 2)
        #expect(run("make", "nonsense", one, "--out", out).code == 2)
        #expect(run("make", "equivocation", one, one).code == 2)
        #expect(run("make", "equivocation", roster, one, "--out", out).code == 1)
        #expect(run("make", "equivocation", one, one, "--out", out).code == 0)
        #expect(run("verify", out).code == 2)
        let same = run("verify", out, "--roster", roster)
        #expect(same.code == 1)
        #expect(same.errors.contains("same digest"))
        #expect(run("verify", out, "--roster", one).code == 2)
        #expect(run("verify", out, "--roster", out + "-missing").code == 3)
        #expect(run("verify", out + "-missing", "--roster", roster).code == 3)
        #expect(run("verify", out, "--log", out + "-missing").code == 3)
    }
}
