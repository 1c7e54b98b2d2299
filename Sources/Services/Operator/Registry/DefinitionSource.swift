internal import ComponentHost
internal import Ethereum
internal import HTTP
internal import Platform

/// Finds the definition of a service through its manager contract.
struct DefinitionSource: Sendable {
    private let chains: ChainDirectory
    private let client: HTTPClient
    /// The folder whose files `file:` URIs may name; none allows no such URI.
    private let directory: String?
    /// What `ipfs://` URIs are read through; none allows no such URI.
    private let ipfsGateway: String?

    init(
        chains: ChainDirectory,
        directory: String?,
        ipfsGateway: String?
    ) throws(OperatorError) {
        self.chains = chains
        self.directory = directory
        self.ipfsGateway = ipfsGateway
        client = try Fetching.client(bytesMax: ServiceCodec.bytesMax)
    }

    /// The definition of a manager's service, and where it is.
    ///
    /// - Throws: `unknownChain`, `chain`, `unreachable`, `badDocument`, `otherManager`.
    func definition(
        of manager: Service.Manager
    ) throws(OperatorError) -> (service: Service, uri: String) {
        guard case .evm(let chain, let address) = manager,
            let contract = EthereumAddress(bytes: address.bytes)
        else {
            throw .unknownChain(manager.chain)
        }
        let uri = try chains.contracts(chain).serviceURI(of: contract)
        let service = try ServiceCodec.decode(try read(uri))
        guard service.manager == manager else {
            throw .otherManager(
                expected: ServiceID.name(of: manager),
                found: ServiceID.name(of: service.manager)
            )
        }
        return (service, uri)
    }

    private func read(_ uri: String) throws(OperatorError) -> [UInt8] {
        if uri.hasPrefix("http://") || uri.hasPrefix("https://") {
            return try Fetching.bytes(uri, client)
        }
        if uri.hasPrefix("ipfs://"), let ipfsGateway {
            return try Fetching.bytes(ipfsGateway + "/ipfs/" + uri.dropFirst(7), client)
        }
        guard uri.hasPrefix("file://"), let directory else {
            throw .unreachable(what: uri, reason: "the node reads no such URIs")
        }
        let path = String(uri.dropFirst(7))
        guard path.hasPrefix(directory + "/"), !path.contains("/../") else {
            throw .unreachable(what: uri, reason: "the file is not in the folder of definitions")
        }
        do throws(PlatformError) {
            return try WholeFile.read(path)
        } catch {
            throw .unreachable(what: uri, reason: error.description)
        }
    }
}
