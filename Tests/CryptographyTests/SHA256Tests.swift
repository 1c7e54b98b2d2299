import COpenSSL
import Cryptography
import Testing
import TestSupport

@Suite("SHA-256") struct SHA256Tests {
    /// What OpenSSL says: an implementation that shares nothing with ours.
    private func reference(_ bytes: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 32)
        _ = unsafe COpenSSL.SHA256(bytes, bytes.count, &digest)
        return digest
    }

    @Test("the examples of FIPS 180 come out") func examples() throws {
        let cases = try vectorLines("FIPS180/messages.txt")
        #expect(cases.count == 5)
        for fields in cases {
            let count = try #require(Int(fields[0]))
            let text = fields[1] == "-" ? "" : fields[1]
            let message = [UInt8](String(repeating: text, count: count).utf8)
            let digest = Cryptography.SHA256.hash(of: message)
            #expect(digest.hex == fields[2])
            #expect(Hex.encode(reference(message)) == fields[2])
        }
    }

    @Test("every length from 0 to 300 agrees with OpenSSL") func lengths() {
        for count in 0...300 {
            let message = bytes(count: count, seed: UInt64(count))
            #expect(Cryptography.SHA256.hash(of: message).bytes == reference(message))
            let spanned = unsafe Cryptography.SHA256.hash(of: message.span.bytes)
            #expect(spanned.bytes == reference(message))
        }
    }

    @Test("however a message is cut in two or three, its digest is the same") func splits() {
        let message = bytes(count: 300, seed: 7)
        let whole = Cryptography.SHA256.hash(of: message)
        #expect(whole.bytes == reference(message))
        for first in 0...message.count {
            for second in [first, min(first + 1, 300), min(first + 64, 300), 300] {
                var hasher = Cryptography.SHA256.Hasher()
                hasher.update(Array(message[..<first]))
                unsafe hasher.update(Array(message[first..<second]).span.bytes)
                hasher.update(Array(message[second...]))
                #expect(hasher.finalize() == whole)
                #expect(hasher.byteCount == 300)
            }
        }
    }

    @Test("a hasher goes on after a digest was taken, and so does a copy of it") func continuing() {
        let message = bytes(count: 150, seed: 8)
        var hasher = Cryptography.SHA256.Hasher()
        hasher.update(Array(message[..<100]))
        let copy = hasher
        #expect(hasher.finalize().bytes == reference(Array(message[..<100])))
        hasher.update(Array(message[100...]))
        #expect(hasher.finalize().bytes == reference(message))
        #expect(copy.finalize().bytes == reference(Array(message[..<100])))
    }

    @Test("a pair is hashed like the 64 bytes of both digests") func pairs() {
        for seed in 0..<100 as Range<UInt64> {
            let both = bytes(count: 64, seed: seed)
            let left = Cryptography.SHA256.Digest(bytes: Array(both[..<32]))
            let right = Cryptography.SHA256.Digest(bytes: Array(both[32...]))
            #expect(Cryptography.SHA256.hash(pair: left, right).bytes == reference(both))
            var hasher = Cryptography.SHA256.Hasher()
            hasher.update(left)
            hasher.update(right)
            #expect(hasher.finalize().bytes == reference(both))
        }
    }

    @Test("a digest keeps its bytes, its digits and the order of its bytes") func digest() throws {
        let sorted = (0..<200 as Range<UInt64>).map { seed in bytes(count: 32, seed: seed) }
            .sorted { left, right in left.lexicographicallyPrecedes(right) }
        var digests: [Cryptography.SHA256.Digest] = []
        for bytes in sorted {
            let digest = Cryptography.SHA256.Digest(bytes: bytes)
            #expect(digest.bytes == bytes)
            #expect(try Hex.decode(digest.hex) == bytes)
            #expect("\(digest)" == digest.hex)
            digests.append(digest)
        }
        #expect(digests == digests.sorted())
        for (left, right) in zip(digests, digests.dropFirst()) {
            #expect(left < right)
            #expect(!(right < left))
            #expect(left != right)
        }
        // Only the last byte differs, so every word but the last is compared as equal.
        let low = Cryptography.SHA256.Digest(words: (1, 2, 3, 4))
        let high = Cryptography.SHA256.Digest(words: (1, 2, 3, 4 | 1 << 56))
        #expect(low < high)
        #expect(Set([low, high, low]).count == 2)
    }

    @Test("a digest of a wrong number of bytes stops the program") func wrongCount() async {
        await #expect(processExitsWith: .failure) {
            _ = Cryptography.SHA256.Digest(bytes: [1, 2, 3])
        }
    }
}
