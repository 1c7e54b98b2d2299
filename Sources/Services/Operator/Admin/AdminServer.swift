internal import Cryptography
internal import Encoding
internal import Ethereum
internal import HTTP

/// The admin paths of a node: those of WAVS with their shapes, and what explains.
///
/// What changes something asks for the bearer token; without one in the configuration it refuses everybody. No answer
/// holds a mnemonic, a token, a private key, or the path and query of an endpoint.
struct AdminServer: Sendable {
    /// What a path asks of who calls it.
    enum Access {
        /// Nothing.
        case open
        /// The bearer token.
        case token
    }

    /// One path of the server.
    struct Route: Sendable {
        let method: String
        /// The parts between the slashes; one in braces stands for any.
        let pattern: String
        let access: Access
        /// Whether it exists only for development.
        let isDevelopment: Bool
        let handle: @Sendable (AdminRequest) throws(OperatorError) -> HTTPResponse

        init(
            _ method: String,
            _ pattern: String,
            _ access: Access,
            isDevelopment: Bool = false,
            _ handle: @escaping @Sendable (AdminRequest) throws(OperatorError) -> HTTPResponse
        ) {
            self.method = method
            self.pattern = pattern
            self.access = access
            self.isDevelopment = isDevelopment
            self.handle = handle
        }
    }

    private let routes: [Route]
    private let tokenHash: [UInt8]?

    /// Starts the server of a node.
    static func start(_ node: OperatorNode) throws(OperatorError) -> HTTPServer {
        let configuration = node.configuration
        let server = AdminServer(
            routes: AdminRoutes(node: node).all.filter { route in
                configuration.areDevelopmentPathsEnabled || !route.isDevelopment
            },
            tokenHash: try tokenHash(configuration.tokenFile)
        )
        var limits = HTTPLimits()
        limits.bodyBytesMax = ComponentStore.bytesMax
        limits.connectionCountMax = 64
        do throws(HTTPError) {
            return try HTTPServer(
                address: configuration.adminAddress,
                limits: limits,
                execution: .threads(3),
                clock: node.clock
            ) { request in server.answer(request) }
        } catch {
            throw .system(reason: error.description)
        }
    }

    /// The hash of the token in a file; none without a file.
    private static func tokenHash(_ path: String?) throws(OperatorError) -> [UInt8]? {
        guard let path else { return nil }
        do throws(EthereumError) {
            var bytes = try SecretFile.read(path)
            defer { SecretBytes.wipe(&bytes) }
            let text = bytes.filter { $0 > 0x20 }
            guard text.count >= 16 else {
                throw EthereumError.badQuantity("a token of \(text.count) characters")
            }
            return SHA256.hash(of: text).bytes
        } catch {
            throw .badConfiguration(reason: "the token's file: \(error)")
        }
    }

    /// Answers one request.
    func answer(_ request: HTTPRequest) -> HTTPResponse {
        let parts = Self.parts(request.path)
        let matching = routes.compactMap { route in
            Self.match(route.pattern, parts).map { values in (route, values) }
        }
        guard !matching.isEmpty else { return .text(404, "not found") }
        guard let (route, values) = matching.first(where: { $0.0.method == request.method }) else {
            return .methodNotAllowed(matching.map(\.0.method).joined(separator: ", "))
        }
        if route.access == .token, !isAuthorized(request) {
            return .text(
                401,
                tokenHash == nil ? "the node has no token, so it refuses this" : "wrong token",
                ["WWW-Authenticate": "Bearer realm=\"wavs\""]
            )
        }
        do throws(OperatorError) {
            return try route.handle(AdminRequest(request: request, values: values))
        } catch {
            return .text(Self.status(of: error), error.description)
        }
    }

    /// Compares hashes in a time that tells nothing about where they differ.
    private func isAuthorized(_ request: HTTPRequest) -> Bool {
        guard let tokenHash, let field = request.headers["authorization"],
            field.lowercased().hasPrefix("bearer ")
        else { return false }
        let given = SHA256.hash(of: Array(field.utf8.dropFirst(7).filter { $0 > 0x20 })).bytes
        var difference: UInt8 = 0
        for index in tokenHash.indices { difference |= tokenHash[index] ^ given[index] }
        return difference == 0
    }

    /// The decoded parts of a path; none for one that cannot be decoded.
    static func parts(_ path: String) -> [String]? {
        var parts: [String] = []
        for part in path.split(separator: "/") {
            guard let decoded = PercentText.decode(part) else { return nil }
            parts.append(decoded)
        }
        return parts
    }

    /// The values for the braces of a pattern; none if the path is another one.
    static func match(_ pattern: String, _ parts: [String]?) -> [String: String]? {
        guard let parts else { return nil }
        let expected = pattern.split(separator: "/")
        guard expected.count == parts.count else { return nil }
        var values: [String: String] = [:]
        for (name, part) in zip(expected, parts) {
            if name.hasPrefix("{") {
                values[String(name.dropFirst().dropLast())] = part
            } else if name != part {
                return nil
            }
        }
        return values
    }

    /// The status that tells what kind of error it is.
    static func status(of error: OperatorError) -> Int {
        switch error {
        case .badDocument, .otherManager, .unknownChain, .wrongDigest, .ethereum,
            .refusedSubmission, .badConfiguration:
            400
        case .unknownService, .unknownWorkflow, .unknownComponent: 404
        case .serviceExists, .tooManyServices: 409
        case .unreachable, .chain: 503
        case .database, .system: 500
        }
    }
}

/// A request with what its path says.
struct AdminRequest {
    let request: HTTPRequest
    let values: [String: String]

    /// What stands in the path for a name of the pattern.
    func value(_ name: String) -> String { values[name] ?? "" }

    /// The body as an object with some members.
    func body(_ members: [String]) throws(OperatorError) -> FieldReader {
        let reader = FieldReader(value: try ServiceCodec.value(request.body), path: "")
        _ = try reader.members(members)
        return reader
    }

    /// A number of the query; none if it is not there or no number.
    func number(_ name: String) -> Int? {
        for pair in (request.query ?? "").split(separator: "&") where pair.hasPrefix(name + "=") {
            return Int(pair.dropFirst(name.count + 1))
        }
        return nil
    }
}

/// Percent-encoded text (RFC 3986 §2.1).
enum PercentText {
    static func decode(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.first {
            rest = rest.dropFirst()
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard rest.count >= 2,
                let decoded = HexDigits.bytes(String(decoding: rest.prefix(2), as: UTF8.self))
            else { return nil }
            bytes += decoded
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}

extension HTTPResponse {
    /// An answer of JSON.
    static func json(_ value: JSONValue, status: Int = 200) -> HTTPResponse {
        HTTPResponse(
            status: status,
            headers: HTTPHeaders(["Content-Type": "application/json"]),
            body: WideJSON.encode(value)
        )
    }

    /// An answer without contents.
    static let noContent = HTTPResponse(status: 204)
}
