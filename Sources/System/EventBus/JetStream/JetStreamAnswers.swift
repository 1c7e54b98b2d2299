internal import Encoding

/// What JetStream answers: JSON, as its reference describes it.
enum JetStreamAnswers {
    /// The error codes of the server that are told apart.
    enum Code {
        static let streamNotFound: Int64 = 10_059
        static let messageNotFound: Int64 = 10_037
        static let subjectsOverlap: Int64 = 10_065
    }

    /// An answer that says that something went wrong.
    struct Refusal: Error, Equatable {
        var code: Int64
        var description: String
    }

    /// The head of a stream.
    struct StreamState: Equatable {
        var subjects: [String]
        var lastSequence: UInt64
    }

    /// The stream's sequence of a published message, or why it was not taken.
    static func acknowledgement(_ body: [UInt8]) -> Result<UInt64, JetStreamTrouble> {
        switch object(body) {
        case .failure(let refusal): .failure(JetStreamTrouble(reason: refusal.description))
        case .success(let object):
            if let sequence = object["seq"]?.number?.integer, sequence > 0 {
                .success(UInt64(sequence))
            } else {
                .failure(JetStreamTrouble(reason: "an acknowledgement without a sequence"))
            }
        }
    }

    /// What `$JS.API.STREAM.INFO` and `$JS.API.STREAM.CREATE` say.
    static func streamState(_ body: [UInt8]) throws(Refusal) -> StreamState {
        let object = try object(body).get()
        guard let subjects = object["config"]?.object?["subjects"]?.array,
            let last = object["state"]?.object?["last_seq"]?.number?.integer, last >= 0
        else { throw Refusal(code: 0, description: "the description of a stream is incomplete") }
        return StreamState(
            subjects: subjects.compactMap { $0.string?.string },
            lastSequence: UInt64(last)
        )
    }

    /// The value of a header of the message that `$JS.API.STREAM.MSG.GET` gives; none without it.
    static func header(_ name: String, of body: [UInt8]) throws(Refusal) -> String? {
        let object = try object(body).get()
        guard let text = object["message"]?.object?["hdrs"]?.string else { return nil }
        let bytes: [UInt8]
        do throws(Base64.DecodingError) {
            bytes = try Base64.standard.decode(text.string)
        } catch {
            throw Refusal(code: 0, description: "the headers of a message are no base64")
        }
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\r\n") {
            guard let colon = line.firstIndex(of: ":"), line[..<colon] == name else { continue }
            return String(line[line.index(after: colon)...].drop { $0 == " " })
        }
        return nil
    }

    /// A request for a stream of those subjects.
    static func creation(
        of stream: JetStreamStream,
        replicaCount: Int
    ) -> [UInt8] {
        let subjects = stream.subjects.map { JSONValue.string(Text($0)) }
        return body([
            ("name", .string(Text(stream.name))),
            ("subjects", .array(subjects)),
            ("retention", .string("limits")),
            ("discard", .string("old")),
            ("storage", .string("file")),
            ("num_replicas", number(Int64(replicaCount))),
        ])
    }

    /// A request for the message of that sequence.
    static func messageRequest(_ sequence: UInt64) -> [UInt8] {
        body([("seq", number(Int64(sequence)))])
    }

    private static func number(_ value: Int64) -> JSONValue {
        JSONNumber(exactly: value).map { .number($0) } ?? .null
    }

    private static func body(_ members: [(Text, JSONValue)]) -> [UInt8] {
        guard let object = JSONObject(members.map { JSONObject.Member($0, $1) }) else {
            preconditionFailure("each name is there once")
        }
        return JSONValue.object(object).canonical
    }

    private static func object(_ body: [UInt8]) -> Result<JSONObject, Refusal> {
        guard
            case .success(.object(let object)) = Result(catching: { try JSONValue(decoding: body) })
        else { return .failure(Refusal(code: 0, description: "an answer is no JSON object")) }
        guard let error = object["error"]?.object else { return .success(object) }
        return .failure(
            Refusal(
                code: error["err_code"]?.number?.integer ?? 0,
                description: error["description"]?.string?.string ?? "an error without description"
            )
        )
    }
}
