import COpenSSL
import Cryptography
import Encoding
import MerkleLog
import Testing

/// A signer of OpenSSL whose key follows from one number.
struct SampleSigner {
    let seed: [UInt8]
    let key: NoteVerifierKey

    init(_ name: String, _ number: UInt8, cosigns: Bool = false) throws {
        seed = [UInt8](repeating: number, count: 32)
        var bytes = [UInt8](repeating: 0, count: 32)
        var count = 32
        let secret = unsafe EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nil, seed, 32)
        defer { unsafe EVP_PKEY_free(secret) }
        #expect(unsafe EVP_PKEY_get_raw_public_key(secret, &bytes, &count) == 1)
        let publicKey = try Ed25519.PublicKey(bytes: bytes)
        key =
            cosigns
            ? try NoteVerifierKey(name: Text(name), cosignature: publicKey)
            : try NoteVerifierKey(name: Text(name), ed25519: publicKey)
    }

    func sign(_ message: [UInt8]) -> [UInt8] {
        let secret = unsafe EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nil, seed, 32)
        defer { unsafe EVP_PKEY_free(secret) }
        let context = unsafe EVP_MD_CTX_new()
        defer { unsafe EVP_MD_CTX_free(context) }
        var signature = [UInt8](repeating: 0, count: 64)
        var count = 64
        #expect(unsafe EVP_DigestSignInit(context, nil, nil, nil, secret) == 1)
        #expect(unsafe EVP_DigestSign(context, &signature, &count, message, message.count) == 1)
        return signature
    }

    func signature(of text: [UInt8]) -> NoteSignature {
        NoteSignature(signing: text, key: key, signer: sign)
    }

    func cosignature(of checkpoint: Checkpoint, at timestamp: UInt64 = 1_679_315_147)
        -> NoteSignature
    {
        NoteSignature(cosigning: checkpoint, timestamp: timestamp, key: key, signer: sign)
    }
}

/// Checks signatures as a browser does.
let core: Ed25519Verifier = { signature, message, key in
    Ed25519.verifies(signature, of: message, by: key)
}

func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

/// A checkpoint with a root that is as good as any.
func sampleCheckpoint(_ origin: Text = "log.example/one", size: UInt64 = 7) throws -> Checkpoint {
    try Checkpoint(origin: origin, size: size, root: SHA256.hash(of: decimalBytes(size)))
}

func decimalBytes(_ number: UInt64) -> [UInt8] { Array(number.description.utf8) }

/// The examples that stand in the specifications (C2SP, CC-BY-4.0, commit 5ba5ee8).
enum SpecificationExamples {
    static let noteKey = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
    static let note = """
        This is an example message.

        — example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=

        """
    static let poem = """
        Ognuno sta solo sul cuor della terra
        trafitto da un raggio di sole:

        ed è subito sera.

        — quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=

        """
    static let cosigned = """
        example.com/behind-the-sofa
        20852163
        CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

        — example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
        — witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==

        """
    static let request = """
        old 20852014
        PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=
        jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=
        5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=
        /6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=

        example.com/behind-the-sofa
        20852163
        CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

        — example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
        — example.com/behind-the-sofa opLqBQsREYCgu6xQkYQwJr9fo45a62DN9EdmHXnZdXNqlcVGlCum2Wks+49/V6267UEjw6QUXTS5Rovnzv++qbSzm9Q=

        """
    static let response = """
        — witness.example/w1 CMp+6LWBU0anHGH5aNDTJkH/gj79sG+T6+iP2ThYN5krrDJbR1HDnucjL39QsZTSvVjyQLrdk3DXDqI5G2HgLatVs0pWh6Up69HVOw==
        — witness.example/w1 I7rEps0pvK2UqkS2gSpVUDhrhVtQV9lgF6pRrWAvjJHjyWpW7VcE3SiOlVlbQNt64vWhO+DlkL0+UfzuOBMh9ChdMkP1vi/lCAsmlw==
        — witness.example/w2 AWui8Sk55XjYLOijihBjhqEH6nS1ndDymE0a+6idX7pLcnoB+dhnz0854aLZgrrKbYKA7nC3HNJhm/kWl7oJlqU3rXXvpysAdyP3wQ==

        """
}
