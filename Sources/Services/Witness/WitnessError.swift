public import Platform

/// Why a witness cannot run, or a log did not get a cosignature.
public enum WitnessError: Error, Equatable, Sendable {
    /// The disk did not do what it was asked.
    case platform(PlatformError)
    /// The file of a log's state is not what this witness has written; `origin` is none if it is unknown.
    case damaged(file: String, reason: String)
    /// The line of the configuration, counted from 1, is wrong.
    case configuration(line: Int, reason: String)
    /// The state of that log could not be made durable before; the witness says no more about it until it starts
    /// again.
    case stopped(origin: String)
    /// The witness could not be asked.
    case unreachable(witness: String, reason: String)
    /// The witness refused with that status.
    case refused(witness: String, status: Int, text: String)
    /// The witness has cosigned a larger tree of this log than this one: it was given another copy of the log,
    /// or this copy was set back.
    case ahead(witness: String, size: UInt64)
    /// What the witness answered is no cosignature of the checkpoint by its key.
    case invalidAnswer(witness: String, reason: String)
    /// The log could not give the proof that the witness needs.
    case noProof(witness: String, oldSize: UInt64, reason: String)
}

extension WitnessError: CustomStringConvertible {
    /// One line that says what is wrong, where, and what to do.
    public var description: String {
        switch self {
        case .platform(let error): error.description
        case .damaged(let file, let reason):
            "\(file): \(reason); restore the newest copy, never an older one"
        case .configuration(let line, let reason): "line \(line): \(reason)"
        case .stopped(let origin):
            "the state of \(origin) could not be made durable; look at the disk and start again"
        case .unreachable(let witness, let reason): "\(witness): \(reason)"
        case .refused(let witness, let status, let text):
            "\(witness): refused with \(status): \(text)"
        case .ahead(let witness, let size):
            "\(witness): has cosigned \(size) leaves of this log, which has fewer; "
                + "find out where the others are before going on"
        case .invalidAnswer(let witness, let reason): "\(witness): \(reason)"
        case .noProof(let witness, let oldSize, let reason):
            "\(witness): no proof from \(oldSize) leaves on: \(reason)"
        }
    }
}
