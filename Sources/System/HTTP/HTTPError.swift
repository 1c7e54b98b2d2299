public import Platform

/// Why a server could not start or a request got no answer.
public enum HTTPError: Error, Equatable, Sendable {
    /// The address is no IPv4 or IPv6 address and port.
    case invalidAddress(String)
    /// The system did not let the server listen or run.
    case system(PlatformError)
    /// The ending of a file's name does not say what it is.
    case unknownContent(String)
    /// The files to be served are larger than they may be together.
    case tooManyFiles(limit: Int)
    /// The URL is none of `http` or `https`, or has characters that do not belong there.
    case invalidURL(String)
    /// The request got no answer; `reason` is the client library's.
    case failed(url: String, reason: String)
    /// The request took longer than it may.
    case timedOut(url: String)
    /// The answer has more bytes than it may.
    case tooLarge(url: String, limit: Int)
}

extension HTTPError: CustomStringConvertible {
    /// One line that says what failed, where, and what to do.
    public var description: String {
        switch self {
        case .invalidAddress(let text):
            "\(text): no address to listen on; write one such as 127.0.0.1:8080"
        case .unknownContent(let file):
            "\(file): not served, because its ending does not say what it is"
        case .tooManyFiles(let limit):
            "the files to be served have more than \(limit) bytes; serve fewer, or raise the limit"
        case .system(let error): "cannot serve HTTP: \(error)"
        case .invalidURL(let url): "\(url): no URL of http or https"
        case .failed(let url, let reason): "\(url): \(reason)"
        case .timedOut(let url): "\(url): no answer in time"
        case .tooLarge(let url, let limit): "\(url): the answer has more than \(limit) bytes"
        }
    }
}
