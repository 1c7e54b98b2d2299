public import Cryptography

/// What a request says about who makes it.
public struct RequestCredentials: Sendable {
    /// The method, such as `POST`.
    public let method: String
    /// The path with its query, as in the request line.
    public let target: String
    /// The body.
    public let body: [UInt8]
    /// The key of the connection's certificate, which the other side has proved to hold.
    public let peerKey: Ed25519.PublicKey?
    /// From where it comes.
    public let address: NetworkAddress?
    /// The values of the fields that matter.
    private let authorization: [String]
    private let key: [String]
    private let timestamp: [String]
    private let nonce: [String]
    private let signature: [String]

    /// Takes what matters of a request.
    ///
    /// - Parameters:
    ///   - method: The method.
    ///   - target: The path with its query, as in the request line.
    ///   - body: The body.
    ///   - peerKey: The key of the connection's certificate; none without one.
    ///   - address: From where it comes.
    ///   - header: The values of all field lines with a name.
    public init(
        method: String,
        target: String,
        body: [UInt8],
        peerKey: Ed25519.PublicKey?,
        address: NetworkAddress?,
        header: (String) -> [String]
    ) {
        self.method = method
        self.target = target
        self.body = body
        self.peerKey = peerKey
        self.address = address
        authorization = header("Authorization")
        key = header("X-Parallax-Key")
        timestamp = header("X-Parallax-Timestamp")
        nonce = header("X-Parallax-Nonce")
        signature = header("X-Parallax-Signature")
    }

    /// The token behind `Bearer`; none without the field.
    ///
    /// - Throws: `invalidRequest` for more than one field, or another scheme.
    func bearer() throws(AccessError) -> String? {
        guard let first = authorization.first else { return nil }
        let words = first.split(separator: " ", omittingEmptySubsequences: true)
        guard authorization.count == 1, words.count == 2, words[0].lowercased() == "bearer" else {
            throw .refused(.invalidRequest)
        }
        return String(words[1])
    }

    /// What is said about a signed request.
    struct Signed {
        var key: String
        var timestamp: UInt64
        var nonce: String
        var signature: [UInt8]
    }

    /// The fields of a signed request; none if there is none of them.
    ///
    /// - Throws: `invalidRequest` if one is missing, doubled or of the wrong form.
    func signed() throws(AccessError) -> Signed? {
        let fields = [key, timestamp, nonce, signature]
        if fields.allSatisfy(\.isEmpty) { return nil }
        guard fields.allSatisfy({ values in values.count == 1 }), APISecret.isID(key[0]),
            timestamp[0].utf8.count <= 16, let time = UInt64(timestamp[0]),
            "\(time)" == timestamp[0], (16...64).contains(nonce[0].utf8.count),
            nonce[0].utf8.allSatisfy({ byte in (0x21...0x7e).contains(byte) }),
            signature[0].utf8.count == 2 * Ed25519.signatureByteCount
        else { throw .refused(.invalidRequest) }
        do throws(Hex.DecodingError) {
            return Signed(
                key: key[0],
                timestamp: time,
                nonce: nonce[0],
                signature: try Hex.decode(signature[0])
            )
        } catch {
            throw .refused(.invalidRequest)
        }
    }
}
