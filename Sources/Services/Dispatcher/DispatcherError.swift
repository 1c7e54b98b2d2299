public import Database

/// Why the dispatcher did not do what it was asked.
public enum DispatcherError: Error, Equatable, Sendable {
    /// The file with the accepted work failed.
    case database(DatabaseError)
    /// The file has something in it that this program never writes.
    case damaged(path: String, event: String)
    /// There is no active service with such a workflow.
    case unknownWorkflow(service: String, workflow: String)
    /// The service has as much work waiting as it may.
    case full(service: String)
    /// A trigger's data has more bytes than any component is given.
    case tooLarge(byteCount: Int, limit: Int)
    /// A thread could not be started.
    case thread(reason: String)
}

extension DispatcherError: CustomStringConvertible {
    /// One line that says what failed, where, and what to do.
    public var description: String {
        switch self {
        case .database(let error): "\(error)"
        case .damaged(let path, let event):
            "\(path): the work of event \(event) cannot be read; restore the file from a backup"
        case .unknownWorkflow(let service, let workflow):
            "service \(service) has no workflow \(workflow) here, or is paused"
        case .full(let service):
            "service \(service) has as much work waiting as it may; try again later"
        case .tooLarge(let byteCount, let limit):
            "the trigger's data has \(byteCount) bytes; at most \(limit) are allowed"
        case .thread(let reason): "cannot start a worker: \(reason)"
        }
    }
}
