import Cryptography
import Encoding
import KeyStore
import MerkleLog

/// What everybody may know about a key, as it is printed.
struct KeySummary {
    private let head: KeyHead
    private let path: String
    /// Whether the passphrase vouches for it.
    private let isAuthenticated: Bool

    init(_ head: KeyHead, path: String, isAuthenticated: Bool) {
        self.head = head
        self.path = path
        self.isAuthenticated = isAuthenticated
    }

    /// The first eight bytes of the public key's SHA-256, as statements and receipts name their signer; the
    /// identifier of an opaque key.
    private var keyID: String {
        if case .opaque(let identifier) = head.publicPart { return Hex.encode(identifier) }
        return Hex.encode(Array(SHA256.hash(of: head.publicBytes).bytes[..<8]))
    }

    /// The key as policies of logs name it (C2SP signed-note), if it signs notes.
    private var verifierKey: NoteVerifierKey? {
        guard case .signing(let key) = head.publicPart else { return nil }
        do throws(NoteError) {
            switch head.kind {
            case .log: return try NoteVerifierKey(name: Text(head.name), ed25519: key)
            case .witness: return try NoteVerifierKey(name: Text(head.name), cosignature: key)
            case .venue, .identity, .share, .salt, .encryption, .ceremony, .access: return nil
            }
        } catch {
            // Notes take fewer names than key files did when this one was made.
            return nil
        }
    }

    /// One JSON object.
    var json: JSONObject {
        var json = JSONObject()
        json.add("file", path)
        json.add("kind", head.kind.description)
        json.add("name", head.name)
        if case .share(let epoch, let index, _) = head.publicPart {
            json.add("epoch", String(epoch))
            json.add("index", index)
        }
        if !head.kind.isOpaque { json.add("publicKey", Hex.encode(head.publicBytes)) }
        json.add("keyID", keyID)
        if let verifierKey { json.add("vkey", verifierKey.vkey.string) }
        json.add("authenticated", isAuthenticated)
        return json
    }

    /// A line for each thing.
    var lines: [String] {
        var rows = [("kind", head.kind.description), ("name", head.name)]
        if case .share(let epoch, let index, _) = head.publicPart {
            rows += [("epoch", String(epoch)), ("index", String(index))]
        }
        if !head.kind.isOpaque { rows.append(("public key", Hex.encode(head.publicBytes))) }
        rows.append(("key id", keyID))
        if let verifierKey { rows.append(("vkey", verifierKey.vkey.string)) }
        rows.append(
            (
                "authenticated",
                isAuthenticated
                    ? "yes" : "no: without the passphrase this is only what the file says"
            )
        )
        // Names are long: values stand at the left, where they can be compared and copied.
        let width = rows.map(\.0.count).max() ?? 0
        return rows.map { row in "  " + row.0.padded(to: width) + "  " + row.1 }
    }
}
