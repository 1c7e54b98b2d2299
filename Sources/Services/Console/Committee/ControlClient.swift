package import Encoding
import HTTP
import Platform

/// Talks to the control surface of a running venue.
struct ControlClient {
    /// Where the venue's bus listens, as its file says.
    let bus: String
    /// The key by which observers know the venue, in hexadecimal.
    let venueKey: String
    private let url: String
    private let token: String
    private let client: HTTPClient

    /// Finds a venue by the directory of its journal.
    ///
    /// - Throws: `environment` when no venue with a committee runs there.
    init(data path: String) throws(ConsoleError) {
        let file: [UInt8]
        let bytes: [UInt8]
        do throws(PlatformError) {
            file = try WholeFile.read(path + "/serve.json")
            bytes = try WholeFile.read(path + "/" + ControlServer.tokenName)
        } catch {
            throw .environment("\(error); is a venue with a committee running on \(path)?")
        }
        let members = Self.members(of: file)
        guard let url = members?["control"]?.string, let bus = members?["bus"]?.string,
            let key = members?["venueKey"]?.string
        else { throw .environment("\(path)/serve.json is not what a venue writes") }
        // The paths begin with the slash.
        self.url = String(
            url.string.utf8.last == UInt8(ascii: "/") ? String(url.string.dropLast()) : url.string
        )
        self.bus = bus.string
        venueKey = key.string
        token = String(decoding: bytes.filter { $0 > 0x20 }, as: UTF8.self)
        client = try Console.http { () throws(HTTPError) in try HTTPClient() }
    }

    /// Asks for something.
    func get(_ path: String) throws(ConsoleError) -> Encoding.JSONObject {
        try Self.object(
            Console.http { () throws(HTTPError) in try client.get(url + path, bearer: token) }
        )
    }

    /// Hands something in.
    func post(
        _ path: String,
        _ object: Encoding.JSONObject
    ) throws(ConsoleError) -> Encoding.JSONObject {
        try Self.object(
            Console.http { () throws(HTTPError) in
                try client.post(
                    url + path,
                    body: JSONValue.object(object).canonical,
                    contentType: "application/json",
                    bearer: token
                )
            }
        )
    }

    private static func object(
        _ answer: HTTPClient.Answer
    ) throws(ConsoleError) -> Encoding.JSONObject {
        let object = members(of: answer.body)
        switch answer.status {
        case 200: if let object { return object }
        case 503: throw .environment(object?["error"]?.string?.string ?? "the venue is not ready")
        default:
            if let reason = object?["error"]?.string { throw .disagreement(reason.string) }
        }
        throw .environment("the venue answers with status \(answer.status) and no reason")
    }

    private static func members(of bytes: [UInt8]) -> Encoding.JSONObject? {
        do throws(JSONError) { return try JSONValue(decoding: bytes).object } catch { return nil }
    }
}

extension Encoding.JSONObject {
    /// A whole number of a member; 0 without one.
    package func count(_ name: Text) -> UInt64 {
        UInt64(clamping: self[name]?.number?.integer ?? 0)
    }

    /// A text of a member; empty without one.
    package func text(_ name: Text) -> String { self[name]?.string?.string ?? "" }

    /// The objects of a member that is an array.
    package func objects(_ name: Text) -> [Encoding.JSONObject] {
        (self[name]?.array ?? []).compactMap(\.object)
    }

    /// The whole numbers of a member that is an array.
    package func numbers(_ name: Text) -> [String] {
        (self[name]?.array ?? []).compactMap { item in
            item.number?.integer.map { number in String(number) }
        }
    }
}
