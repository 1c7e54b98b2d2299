public import Database
public import Ethereum

/// Why an operator node did not do what it was asked; no case holds anything secret.
public enum OperatorError: Error, Equatable, Sendable {
    /// A document is not what it should be; `path` names the member, such as `workflows.main.trigger`.
    case badDocument(path: String, reason: String)
    /// The node does not have such a service.
    case unknownService(String)
    /// The service has no such workflow.
    case unknownWorkflow(service: String, workflow: String)
    /// The service is there already.
    case serviceExists(String)
    /// The node has as many services as it may.
    case tooManyServices(max: Int)
    /// The definition found at the manager names another manager.
    case otherManager(expected: String, found: String)
    /// The node is not told how to reach the chain.
    case unknownChain(String)
    /// A program, or a definition, could not be fetched.
    case unreachable(what: String, reason: String)
    /// What was fetched is not what the digest names.
    case wrongDigest(expected: String, found: String)
    /// A program is not in the node's store.
    case unknownComponent(String)
    /// A submission is refused; the reason is for people.
    case refusedSubmission(reason: String)
    /// The node's database fails.
    case database(DatabaseError)
    /// The chain's node fails or refuses.
    case chain(JSONRPCError)
    /// A key or address is not what it should be.
    case ethereum(EthereumError)
    /// Something of the configuration does not fit; the reason says what to change.
    case badConfiguration(reason: String)
    /// A file or a server of the system fails.
    case system(reason: String)
}

extension OperatorError: CustomStringConvertible {
    /// One line: what is wrong, where, and what to do.
    public var description: String {
        switch self {
        case .badDocument(let path, let reason): "\(path): \(reason)"
        case .unknownService(let id): "there is no service \(id); add it first"
        case .unknownWorkflow(let service, let workflow):
            "the service \(service) has no workflow \(workflow)"
        case .serviceExists(let id): "the service \(id) is there already"
        case .tooManyServices(let max): "the node has \(max) services; remove one first"
        case .otherManager(let expected, let found):
            "the definition is of the manager \(found), not of \(expected)"
        case .unknownChain(let chain):
            "the chain \(chain) is not in the configuration; add it under chains"
        case .unreachable(let what, let reason): "\(what) cannot be fetched: \(reason)"
        case .wrongDigest(let expected, let found):
            "what was fetched has the digest \(found), not \(expected); it is not used"
        case .unknownComponent(let digest):
            "the program \(digest) is not in the node's store; upload it or name a source"
        case .refusedSubmission(let reason): "the submission is refused: \(reason)"
        case .database(let error): error.description
        case .chain(let error): error.description
        case .ethereum(let error): error.description
        case .badConfiguration(let reason): "the configuration does not fit: \(reason)"
        case .system(let reason): reason
        }
    }
}
