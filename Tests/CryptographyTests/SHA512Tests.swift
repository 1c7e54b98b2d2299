import COpenSSL
import Cryptography
import Testing
import TestSupport

@Suite("SHA-512") struct SHA512Tests {
    /// What OpenSSL says: an implementation that shares nothing with ours.
    private func reference(_ bytes: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 64)
        _ = unsafe COpenSSL.SHA512(bytes, bytes.count, &digest)
        return digest
    }

    @Test("the examples of FIPS 180 come out") func examples() throws {
        let cases = try vectorLines("FIPS180/messages512.txt")
        #expect(cases.count == 5)
        for fields in cases {
            let count = try #require(Int(fields[0]))
            let text = fields[1] == "-" ? "" : fields[1]
            let message = [UInt8](String(repeating: text, count: count).utf8)
            let digest = Cryptography.SHA512.hash(of: message)
            #expect(digest.hex == fields[2])
            #expect("\(digest)" == fields[2])
            #expect(Hex.encode(reference(message)) == fields[2])
        }
    }

    @Test("every length from 0 to 600 agrees with OpenSSL") func lengths() {
        for count in 0...600 {
            let message = bytes(count: count, seed: UInt64(count))
            #expect(Cryptography.SHA512.hash(of: message).bytes == reference(message))
            let spanned = unsafe Cryptography.SHA512.hash(of: message.span.bytes)
            #expect(spanned.bytes == reference(message))
        }
    }

    @Test("however a message is cut in two or three, its digest is the same") func splits() {
        let message = bytes(count: 400, seed: 7)
        let whole = Cryptography.SHA512.hash(of: message)
        for first in 0...message.count {
            for second in [first, min(first + 1, 400), min(first + 128, 400), 400] {
                var hasher = Cryptography.SHA512.Hasher()
                hasher.update(Array(message[..<first]))
                unsafe hasher.update(Array(message[first..<second]).span.bytes)
                hasher.update(Array(message[second...]))
                #expect(hasher.finalize() == whole)
                #expect(hasher.byteCount == 400)
            }
        }
    }

    @Test("a hasher goes on after a digest was taken, and so does a copy of it") func continuing() {
        let message = bytes(count: 350, seed: 8)
        var hasher = Cryptography.SHA512.Hasher()
        hasher.update(Array(message[..<200]))
        let copy = hasher
        #expect(hasher.finalize().bytes == reference(Array(message[..<200])))
        hasher.update(Array(message[200...]))
        #expect(hasher.finalize().bytes == reference(message))
        #expect(copy.finalize().bytes == reference(Array(message[..<200])))
        var nested = Cryptography.SHA512.Hasher()
        nested.update(copy.finalize())
        #expect(nested.finalize().bytes == reference(reference(Array(message[..<200]))))
    }

    @Test("two digests are the same only if every byte is") func equality() {
        let digest = Cryptography.SHA512.hash(of: [1])
        #expect(Set([digest, Cryptography.SHA512.hash(of: [1])]).count == 1)
        #expect(digest != Cryptography.SHA512.hash(of: [2]))
    }
}

@Suite("Keccak-256") struct Keccak256Tests {
    @Test("known digests come out") func examples() throws {
        let cases = try vectorLines("KeccakTeam/messages.txt")
        #expect(cases.count == 5)
        for fields in cases {
            let words = fields[0].split(separator: "_", omittingEmptySubsequences: false)
            let text = fields[0] == "-" ? "" : words.joined(separator: " ")
            let digest = Keccak256.hash(of: Array(text.utf8))
            #expect(digest.hex == fields[1])
            #expect("\(digest)" == fields[1])
            #expect(Hex.encode(digest.bytes) == fields[1])
        }
    }

    @Test("with the padding of SHA3-256, every length from 0 to 600 agrees with OpenSSL")
    func lengths() {
        for count in 0...600 {
            let message = bytes(count: count, seed: UInt64(count))
            var digest = [UInt8](repeating: 0, count: 32)
            #expect(unsafe EVP_Digest(message, count, &digest, nil, EVP_sha3_256(), nil) == 1)
            #expect(Keccak256.hash(of: message, padding: 0x06).bytes == digest)
            #expect(Keccak256.hash(of: message).bytes != digest)
        }
    }
}
