/// How a call ended (gRPC's `statuscodes.md`).
public enum GRPCStatus: UInt8, Equatable, Sendable {
    /// It did what was asked.
    case ok = 0
    /// The caller gave it up.
    case cancelled = 1
    /// Something else went wrong.
    case unknown = 2
    /// The request is wrong, whatever the state of the system.
    case invalidArgument = 3
    /// It took longer than the caller waits; it may have done what was asked.
    case deadlineExceeded = 4
    /// What was asked for is not there.
    case notFound = 5
    /// What was to be made is there.
    case alreadyExists = 6
    /// The caller may not do it.
    case permissionDenied = 7
    /// A limit is reached, such as one of size or rate.
    case resourceExhausted = 8
    /// The state of the system is not one in which it can be done.
    case failedPrecondition = 9
    /// It was given up because of something concurrent.
    case aborted = 10
    /// It is beyond the end of something.
    case outOfRange = 11
    /// There is no such method or feature.
    case unimplemented = 12
    /// Something that must hold does not.
    case internalError = 13
    /// The service is not there now; trying again later may help.
    case unavailable = 14
    /// Data are lost or damaged.
    case dataLoss = 15
    /// It is not clear who the caller is.
    case unauthenticated = 16
}
