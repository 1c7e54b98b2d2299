import Encoding
import HTTP

/// A request to a venue's interface.
struct VenueRequest {
    /// What a repetition would do.
    enum Repetition {
        /// The same once more: the venue knows the request by its name, or it changes nothing.
        case harmless
        /// Perhaps something else, so it is not made unless the venue says that nothing happened.
        case harmful
    }

    let method: String
    /// The path with the query.
    let path: String
    var body: [UInt8] = []
    var headers: [(name: String, value: String)] = []
    var repetition: Repetition = .harmless

    /// Asks for something.
    static func get(_ path: String) -> VenueRequest { VenueRequest(method: "GET", path: path) }

    /// Hands in an object.
    static func post(_ path: String, _ members: (inout JSONWriter) -> Void) -> VenueRequest {
        VenueRequest(method: "POST", path: path, body: JSONWriter.object(members))
    }
}

/// A part of a path or a query, with all that has a meaning there written as `%` and two digits (RFC 3986 §2.1).
struct PathPart: CustomStringConvertible {
    let description: String

    init(_ text: String) {
        var path = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: ":"):
                path.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                path += "%" + (digits.count < 2 ? "0" : "") + digits
            }
        }
        description = path
    }
}

/// What a venue says when it does not do what it was asked.
struct VenueRefusal: Equatable {
    /// The stable code of docs/api.md; empty when what answered is no venue.
    let code: String
    let message: String
    let status: Int

    /// Reads the answer's body; something that is no venue's has only its status.
    init(status: Int, body: [UInt8]) {
        self.status = status
        var error: ExactJSON?
        do throws(JSONError) { error = try ExactJSON(decoding: body)["error"] } catch {}
        code = error?["code"]?.string ?? ""
        message = error?["message"]?.string ?? "it answers with status \(status) and no reason"
    }

    /// Reads the member `error` of a message.
    init(message error: ExactJSON) {
        status = 0
        code = error["code"]?.string ?? ""
        message = error["message"]?.string ?? "it gives no reason"
    }

    /// Whether it is certain that nothing was done, so that asking again is right.
    var isPassing: Bool {
        ["busy", "rate_limited", "not_ready", "unavailable", "stopping"].contains(code)
    }

    /// Whether the outcome is open, and the same request again would learn it.
    var isOpen: Bool { code == "outcome_unknown" || code == "idempotency_key_in_progress" }

    /// Whether the token has ended, by itself or because it was revoked.
    var isOfToken: Bool { status == 401 && code.hasPrefix("token_") }

    /// In plain words, with the code for programs.
    var text: String { code.isEmpty ? message : "\(message) (\(code))" }

    /// How the command ends.
    var error: ConsoleError {
        isPassing || isOpen || code.isEmpty || status >= 500
            ? .environment("the venue cannot do it now: \(text.harmless)")
            : .disagreement("the venue refuses: \(text.harmless)")
    }
}

extension String {
    /// The text without what could move about on a terminal: it comes from somebody else.
    var harmless: String {
        var text = ""
        for scalar in unicodeScalars {
            let isControl = scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
            text.unicodeScalars.append(isControl ? "?" : scalar)
        }
        return text
    }
}
