internal import Encoding
internal import HTTP
internal import LogStore
internal import MerkleLog
public import Platform
internal import Primitives
internal import Registry
internal import Statements
public import Transparency
internal import Venue
internal import Verification
internal import Witness

/// What the gateway shows of the venue's transparency log: tiles, checkpoint, bundles, DIDs and trust.
public struct LogDesk: Sendable {
    private let identity: VenueIdentity
    private let directory: LinuxDirectory
    private let published: PublishedLog

    /// Shows the log in a directory.
    ///
    /// - Parameters:
    ///   - path: The directory.
    ///   - identity: Whose log it is; its log key signs the receipts of bundles.
    ///   - report: Takes what the operator should know.
    /// - Throws: `PlatformError` when there is no such directory.
    public init(
        path: String,
        identity: VenueIdentity,
        report: @escaping @Sendable (String) -> Void
    ) throws(PlatformError) {
        self.identity = identity
        directory = try LinuxDirectory.open(path)
        published = PublishedLog(path: path) { error in report("\(error)") }
    }

    /// A file of the log by its path from `/` on.
    func file(_ request: HTTPRequest, path: String) -> HTTPResponse {
        published.answer(HTTPRequest(method: request.method, path: path))
    }

    /// The bundle of one side of a trade.
    func bundle(trade: TradeID, side: Side, account: AccountID) throws(APIError) -> [UInt8] {
        do throws(TransparencyError) {
            return try BundleMaker(identity: identity, directory: directory)
                .bundle(trade: trade, side: side, account: account)
        } catch {
            switch error {
            case .tradeUnknown, .notAttested, .log(.noCheckpoint(_)):
                throw APIError(
                    .notReady,
                    "the trade is not in the log, or its interval not attested to yet; try again"
                )
            default: throw APIError(.internalError, "the bundle cannot be made")
            }
        }
    }

    /// What bundles are verified with, as `parallax verify --trust` reads it.
    func trust() throws(APIError) -> [UInt8] {
        do throws(TransparencyError) {
            let roster = try BundleMaker(identity: identity, directory: directory).newestRoster()
            return try identity.trust(roster: roster).encoded
        } catch {
            throw APIError(.notReady, "there is no committee in the log yet; try again")
        }
    }

    /// What a DID stands for: the status and the body of the universal resolver's answer.
    func resolve(_ text: String) -> (status: Int, body: [UInt8]) {
        let did: OrbitDID
        do throws(StatementError) {
            did = try OrbitDID(parsing: Text(text))
        } catch {
            let isOther = !text.hasPrefix("did:orbit:")
            return Self.failure(isOther ? 501 : 400, isOther ? "methodNotSupported" : "invalidDid")
        }
        do throws(RegistryError) {
            let resolver = try DIDResolver(log: directory, venue: identity.venue)
            return try Self.body(resolver.resolve(did))
        } catch {
            switch error {
            case .unknown, .foreignRegistrar: return Self.failure(404, "notFound")
            default: return Self.failure(500, "internalError")
            }
        }
    }

    private static func failure(_ status: Int, _ error: String) -> (status: Int, body: [UInt8]) {
        let body = JSONWriter.object { writer in
            writer.name("didDocument")
            writer.null()
            writer.add(
                "didResolutionMetadata",
                object: { writer in writer.add("error", error) }
            )
            writer.add("didDocumentMetadata", object: { _ in })
        }
        return (status, body)
    }

    private static func body(_ resolution: DIDResolution) -> (status: Int, body: [UInt8]) {
        let isDeactivated = resolution.revocationReason != nil
        let body = JSONWriter.object { writer in
            writer.add("@context", "https://w3id.org/did-resolution/v1")
            writer.name("didDocument")
            if let document = document(resolution) {
                writer.encoded(document.canonical)
            } else {
                writer.null()
            }
            writer.add(
                "didResolutionMetadata",
                object: { writer in writer.add("contentType", "application/did") }
            )
            writer.add(
                "didDocumentMetadata",
                object: { writer in
                    writer.add("versionId", digits: resolution.version)
                    writer.name("updated")
                    writer.time(resolution.updated)
                    if isDeactivated {
                        writer.add("deactivated", true)
                        writer.add("reason", resolution.revocationReason?.string ?? "")
                    }
                }
            )
            writer.add(
                "proof",
                object: { writer in
                    writer.add("type", "c2sp.org/tlog-proof@v1")
                    writer.add("leaf", Base64.standard.encode(resolution.leaf))
                    writer.add("proof", String(decoding: resolution.proof.encoded, as: UTF8.self))
                }
            )
        }
        return (isDeactivated ? 410 : 200, body)
    }

    /// The document as it is in the statement of the log; none if the DID was revoked.
    private static func document(_ resolution: DIDResolution) -> JSONValue? {
        guard let document = resolution.document else { return nil }
        let statement = DIDStatement(
            document: document,
            version: resolution.version,
            time: resolution.updated
        )
        do throws(JSONError) {
            return try JSONValue(decoding: statement.encoded).object?["document"]
        } catch {
            preconditionFailure("what was just encoded can be decoded")
        }
    }
}
