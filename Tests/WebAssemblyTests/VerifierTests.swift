import Encoding
import Foundation
import KeyStore
import SimulatedBundles
import Testing
import Venue
import Verification

/// The verifier as WebAssembly must give the verdicts that the native one gives, byte for byte.
@Suite("the verifier in WebAssembly", .serialized) struct VerifierTests {
    private let log: SimulatedVenueLog

    init() throws { log = try SimulatedVenueLog() }

    /// Builds the component if a source has changed, and has it verify each bundle.
    private func verify(_ bundles: [[UInt8]], trust: [UInt8]) throws -> [String] {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "parallax-verifier-\(ProcessInfo.processInfo.processIdentifier)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { #expect(throws: Never.self) { try FileManager.default.removeItem(at: folder) } }
        let trustFile = folder.appending(path: "trust.json")
        try Data(trust).write(to: trustFile)
        var arguments = [
            "Tests/WebAssemblyTests/verify.mjs", ".build/wasm/Verifier.wasm", trustFile.path,
        ]
        for (index, bytes) in bundles.enumerated() {
            let file = folder.appending(path: "\(index).bundle")
            try Data(bytes).write(to: file)
            arguments.append(file.path)
        }
        _ = try run("bash", ["Tools/check-wasm"])
        let lines = String(decoding: try run("node", arguments), as: UTF8.self).split(
            separator: "\n"
        )
        #expect(lines.first == "0", "the module imports something")
        return lines.dropFirst().map(String.init)
    }

    private func native(_ bundle: [UInt8], trust: [UInt8]) -> String {
        String(
            decoding: Verification.verify(
                bundle: bundle,
                trust: trust,
                verifier: NativeEd25519.verifies
            ),
            as: UTF8.self
        )
    }

    /// Good bundles first, then bundles that are wrong in one way or another.
    private func bundles() throws -> (good: [[UInt8]], bad: [[UInt8]]) {
        var plan = BundlePlan()
        plan.earlierSize = 12
        let good = try log.bundle(plan)
        plan.side = .sell
        plan.index = 17
        let other = try log.bundle(plan)
        plan.witnessCount = 0
        var bad = [try log.bundle(plan).encoded, [], [1, 2, 3], try log.bundle().encoded]
        var changed = good
        changed.receipts[0] = other.receipts[0]
        changed.roster = nil
        bad.append(changed.encoded)
        changed = good
        changed.logProof = other.logProof
        changed.disclosure = other.disclosure
        bad.append(changed.encoded)
        changed = good
        var map = try #require(good.quorum)
        let votes = try #require(map["votes"]?.array)
        map["votes"] = .array(votes.reversed())
        changed.quorum = map
        bad.append(changed.encoded)
        let bytes = good.encoded
        for index in stride(from: 7, to: bytes.count, by: 521) {
            var flipped = bytes
            flipped[index] ^= 1 << UInt8(index % 8)
            bad.append(flipped)
        }
        return ([bytes, other.encoded], bad)
    }

    @Test("gives the native verdicts, and asks its host for nothing") func parity() throws {
        var trust = try log.trust()
        trust.checkpoint = try log.checkpoint(12)
        let (good, bad) = try bundles()
        let verdicts = try verify(good + bad, trust: trust.encoded)
        try #require(verdicts.count == good.count + bad.count)
        for (bundle, verdict) in zip(good + bad, verdicts) {
            #expect(verdict == native(bundle, trust: trust.encoded))
        }
        for (index, verdict) in verdicts.enumerated() {
            #expect(verdict.hasSuffix("\"verified\":\(index < good.count)}"))
        }
    }

    @Test("says that a trust file cannot be used") func badTrust() throws {
        let trust = Array(#"{"venue":"x"}"#.utf8)
        let verdicts = try verify([try log.bundle().encoded], trust: trust)
        #expect(verdicts == [native(try log.bundle().encoded, trust: trust)])
    }
}
