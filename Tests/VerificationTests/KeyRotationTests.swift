import Encoding
import KeyStore
import MerkleLog
import Primitives
import SimulatedBundles
import Statements
import Testing
import Verification

@Suite("key rotations") struct KeyRotationTests {
    private let old = SimulatedSigner("old log key")
    private let new = SimulatedSigner("new log key")
    private let stranger = SimulatedSigner("stranger")

    private func rotation(
        oldKey: Text? = nil,
        newKey: Text? = nil,
        signers: (SimulatedSigner, SimulatedSigner)? = nil
    ) throws -> KeyRotationStatement {
        let origin = SimulatedVenueLog.origin
        let (first, second) = signers ?? (old, new)
        return KeyRotationStatement(
            venue: try VenueName("orbit-1.example"),
            origin: origin,
            size: 100,
            oldKey: try oldKey ?? old.noteKey(origin).vkey,
            newKey: try newKey ?? new.noteKey(origin).vkey,
            time: SimulatedVenueLog.time,
            oldSigner: first.sign,
            newSigner: second.sign
        )
    }

    private func fault(_ rotation: KeyRotationStatement) throws -> KeyRotationFault? {
        let read = try KeyRotationStatement(decoding: rotation.encoded)
        do throws(KeyRotationFault) {
            try read.check(verifier: NativeEd25519.verifies)
            return nil
        } catch {
            #expect(!error.description.isEmpty)
            return error
        }
    }

    @Test("a rotation that both keys signed holds") func good() throws {
        #expect(try fault(rotation()) == nil)
    }

    @Test("a rotation with a wrong key or signature does not hold") func bad() throws {
        let origin = SimulatedVenueLog.origin
        #expect(try fault(rotation(signers: (stranger, new))) == .notSigned(isOld: true))
        #expect(try fault(rotation(signers: (old, stranger))) == .notSigned(isOld: false))
        #expect(try fault(rotation(oldKey: "x")) == .invalidKey(isOld: true))
        #expect(
            try fault(rotation(newKey: new.witnessKey(origin).vkey)) == .invalidKey(isOld: false)
        )
        #expect(
            try fault(rotation(newKey: new.noteKey("elsewhere").vkey)) == .wrongName(isOld: false)
        )
        #expect(
            try fault(rotation(oldKey: new.noteKey(origin).vkey, signers: (new, new))) == .sameKey
        )
        var changed = try rotation()
        changed.size = 99
        #expect(try fault(changed) == .notSigned(isOld: true))
    }
}
