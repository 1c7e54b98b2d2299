import BLS12381
import Cryptography
import Encoding
import KeyStore
import SimulatedCommittee
import Testing
import ThresholdKeys
import SeededRandomness

@Suite("Threshold keys: bundles and other bytes") struct BundleTests {
    /// The log of a ceremony in which every kind of bundle occurs.
    private func play() throws -> (parameters: CeremonyParameters, entries: [[UInt8]]) {
        var script = ScriptedCeremony(seed: 21, count: 4, threshold: 3)
        let ceremony = try script.play([2: [.damagedShares]], disclosesPoints: false)
        return (ceremony.parameters, script.entries)
    }

    private func check(
        _ bytes: [UInt8],
        _ parameters: CeremonyParameters
    ) throws(BundleRefusal) -> CheckedBundle {
        try CheckedBundle(checking: bytes, in: parameters, verifier: NativeEd25519.verifies)
    }

    @Test("every kind is read as it was written, and a flipped bit is refused") func bitFlips()
        throws
    {
        let (parameters, entries) = try play()
        var kinds: [BundleKind] = []
        var source = RandomSource(seed: 1)
        for entry in entries {
            let bundle = try check(entry, parameters)
            kinds.append(bundle.kind)
            let body = try #require(bundle.body)
            let again = UnsignedBundle(body, sender: bundle.sender, nonce: bundle.nonce)
            #expect(again.content == bundle.content)
            for _ in 0..<40 {
                var damaged = entry
                damaged[source.below(entry.count)] ^= 1 << UInt8(source.below(8))
                #expect(throws: BundleRefusal.self) { try check(damaged, parameters) }
            }
            #expect(throws: BundleRefusal.notABundle) { try check(entry + [0], parameters) }
            #expect(throws: BundleRefusal.notABundle) {
                try check(Array(entry.dropLast()), parameters)
            }
        }
        #expect(BundleKind.allCases.allSatisfy(kinds.contains))
    }

    @Test("what a member signs is never refused, but damaged content is its fault")
    func signedNonsense() throws {
        let (parameters, entries) = try play()
        let everybody: Ed25519Verifier = { _, _, _ in true }
        var source = RandomSource(seed: 2)
        var flawed = 0
        for entry in entries {
            var damaged = entry
            for _ in 0..<40 {
                damaged = entry
                for _ in 0..<(1 + source.below(2)) {
                    damaged[source.below(entry.count)] = UInt8(truncatingIfNeeded: source.next())
                }
                if damaged == entry { continue }
                do throws(BundleRefusal) {
                    let bundle = try CheckedBundle(
                        checking: damaged,
                        in: parameters,
                        verifier: everybody
                    )
                    #expect((bundle.body == nil) == (bundle.flaw != nil))
                    if bundle.flaw != nil { flawed += 1 }
                } catch {
                    #expect(error != .wrongSignature)
                }
            }
        }
        #expect(flawed > 100)
    }

    @Test("random bytes are refused and nothing else happens") func randomBytes() throws {
        let (parameters, _) = try play()
        var source = RandomSource(seed: 3)
        for _ in 0..<2_000 {
            let bytes = source.bytes(source.below(300))
            #expect(throws: BundleRefusal.notABundle) { try check(bytes, parameters) }
            #expect(throws: ThresholdKeysError.self) { try KeySet(decoding: bytes) }
            #expect(throws: ThresholdKeysError.self) { try Evidence(decoding: bytes) }
        }
        let large = [UInt8](repeating: 0x80, count: Limits.bundleByteCountMax + 1)
        #expect(throws: BundleRefusal.notABundle) { try check(large, parameters) }
    }

    @Test("bundles of another attempt are refused without blame, and those of strangers too")
    func strangers() throws {
        let (parameters, entries) = try play()
        let other = try CeremonyParameters(
            venue: parameters.venue,
            epoch: parameters.epoch,
            attempt: parameters.attempt + 1,
            seats: parameters.seats,
            threshold: parameters.threshold,
            schedule: parameters.schedule
        )
        #expect(throws: BundleRefusal.otherCeremony) { try check(entries[0], other) }
        let body = BundleBody.commit(SHA256.hash(of: [1]))
        let stranger = UnsignedBundle(body, sender: 9, nonce: parameters.nonce)
        #expect(throws: BundleRefusal.unknownSender) {
            try check(stranger.signed { _ in [UInt8](repeating: 0, count: 64) }, parameters)
        }
        let forged = UnsignedBundle(body, sender: 1, nonce: parameters.nonce)
        #expect(throws: BundleRefusal.wrongSignature) {
            try check(forged.signed { _ in [UInt8](repeating: 1, count: 64) }, parameters)
        }
    }

    @Test("a bundle whose signing fails can be signed again") func failingSigner() throws {
        struct Locked: Error {}
        let bundle = UnsignedBundle(
            .commit(SHA256.hash(of: [2])),
            sender: 1,
            nonce: SHA256.hash(of: [3])
        )
        #expect(throws: Locked.self) {
            try bundle.signed { (_) throws(Locked) in throw Locked() }
        }
        #expect(bundle.signed { _ in [] }.count > bundle.content.count)
    }

    @Test("a key set is read as it was written, and its hash covers every byte") func keySets()
        throws
    {
        var committee = OneProcessCommittee(seed: 4, count: 4)
        let keySet = try committee.generate(threshold: 3).keySet
        let bytes = keySet.encoded
        #expect(try KeySet(decoding: bytes) == keySet)
        #expect(SHA256.hash(of: bytes) == keySet.hash)
        var source = RandomSource(seed: 5)
        for _ in 0..<200 {
            var damaged = bytes
            damaged[source.below(bytes.count)] ^= 1 << UInt8(source.below(8))
            do throws(ThresholdKeysError) {
                #expect(try KeySet(decoding: damaged).hash != keySet.hash)
            } catch {
                #expect(!error.description.isEmpty)
            }
        }
    }

    @Test("a share is read as it was written, and signs the same") func sealedShares() throws {
        var committee = OneProcessCommittee(seed: 6, count: 3)
        _ = try committee.generate(threshold: 2)
        guard let share = committee.shares.take(2) else {
            Issue.record("the share is missing")
            return
        }
        #expect(committee.shares.indices == [1, 3])
        let bytes = share.encodedSecret()
        let again = try KeyShare(decodingSecret: bytes)
        #expect(again.sign([1]).signature == share.sign([1]).signature)
        #expect(again.index == 2)
        #expect(again.epoch == 1)
        #expect(again.encodedSecret() == bytes)
        #expect(throws: ThresholdKeysError.self) {
            _ = try KeyShare(decodingSecret: Array(bytes.dropLast()))
        }
        #expect(throws: ThresholdKeysError.invalidElement(.zeroKey)) {
            let zero = Array(bytes.dropLast(32)) + [UInt8](repeating: 0, count: 32)
            _ = try KeyShare(decodingSecret: zero)
        }
    }
}
