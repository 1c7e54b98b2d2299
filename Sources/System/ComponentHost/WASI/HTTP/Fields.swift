/// Header fields, as `wasi:http/types` knows them.
final class Fields: HostResource {
    static let type = ResourceType.fields

    /// Bytes of all names and values.
    private static let bytesMax = 64 << 10

    /// Names that belong to the connection, which is the host's.
    private static let forbidden: Set<String> = [
        "connection", "host", "http2-settings", "keep-alive", "proxy-authenticate",
        "proxy-authorization", "proxy-connection", "te", "trailer", "transfer-encoding",
        "upgrade",
    ]

    /// Why a field cannot be: a case of `header-error`.
    struct Fault: Error {
        let name: String
        var value: WITValue { .failure(.variant(name, nil)) }
    }

    private(set) var entries: [(name: String, value: [UInt8])]
    private let isMutable: Bool

    init(_ entries: [(name: String, value: [UInt8])] = [], isMutable: Bool = true) {
        self.entries = entries
        self.isMutable = isMutable
    }

    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }

    private func check(_ name: String, _ values: [[UInt8]]) throws(Fault) {
        guard isMutable else { throw Fault(name: "immutable") }
        guard !name.isEmpty, name.utf8.allSatisfy(Self.isTokenByte) else {
            throw Fault(name: "invalid-syntax")
        }
        guard !Self.forbidden.contains(name.lowercased()) else { throw Fault(name: "forbidden") }
        for value in values {
            // RFC 9110 §5.5; what is not ASCII would reach other programs in ways that differ.
            let isPlain = value.allSatisfy { byte in
                byte == 9 || (byte >= 0x20 && byte < 0x7f)
            }
            guard isPlain else { throw Fault(name: "invalid-syntax") }
        }
        let count = entries.reduce(0) { $0 + $1.name.utf8.count + $1.value.count }
        let more = values.reduce(0) { $0 + $1.count + name.utf8.count }
        guard count + more <= Self.bytesMax else { throw Fault(name: "forbidden") }
    }

    func append(_ name: String, _ value: [UInt8]) throws(Fault) {
        try check(name, [value])
        entries.append((name, value))
    }

    func set(_ name: String, _ values: [[UInt8]]) throws(Fault) {
        try check(name, values)
        remove(name)
        entries += values.map { (name, $0) }
    }

    func delete(_ name: String) throws(Fault) {
        guard isMutable else { throw Fault(name: "immutable") }
        remove(name)
    }

    private func remove(_ name: String) {
        let lower = name.lowercased()
        entries.removeAll { $0.name.lowercased() == lower }
    }

    func values(_ name: String) -> [[UInt8]] {
        let lower = name.lowercased()
        return entries.filter { $0.name.lowercased() == lower }.map(\.value)
    }
}

/// `wasi:http/types`: header fields.
enum FieldFunctions {
    private static let name = "wasi:http/types#"

    static let functions: [String: HostFunction] = [
        name + "[constructor]fields": hostFunction { state, _ throws(HostRefusal) in
            try state.resources.add(Fields())
        },
        name + "[static]fields.from-list": hostFunction { state, arguments throws(HostRefusal) in
            let fields = Fields()
            for item in try arguments.items(0) {
                guard let pair = item.items, pair.count == 2, let name = pair[0].text,
                    let value = pair[1].byteList
                else { throw Arguments.refusal(0, "a list of fields") }
                do throws(Fields.Fault) { try fields.append(name, value) } catch {
                    return error.value
                }
            }
            return .success(try state.resources.add(fields))
        },
        name + "[method]fields.get": hostFunction { state, arguments throws(HostRefusal) in
            let fields: Fields = try state.resources.resource(arguments[0])
            return .list(fields.values(try arguments.text(1)).map(WITValue.bytes))
        },
        name + "[method]fields.has": hostFunction { state, arguments throws(HostRefusal) in
            let fields: Fields = try state.resources.resource(arguments[0])
            return .bool(!fields.values(try arguments.text(1)).isEmpty)
        },
        name + "[method]fields.set": hostFunction { state, arguments throws(HostRefusal) in
            var values: [[UInt8]] = []
            for item in try arguments.items(2) {
                guard let value = item.byteList else { throw Arguments.refusal(2, "values") }
                values.append(value)
            }
            let all = values
            return try change(state, arguments) { fields, name throws(Fields.Fault) in
                try fields.set(name, all)
            }
        },
        name + "[method]fields.append": hostFunction { state, arguments throws(HostRefusal) in
            let value = try arguments.bytes(2)
            return try change(state, arguments) { fields, name throws(Fields.Fault) in
                try fields.append(name, value)
            }
        },
        name + "[method]fields.delete": hostFunction { state, arguments throws(HostRefusal) in
            try change(state, arguments) { fields, name throws(Fields.Fault) in
                try fields.delete(name)
            }
        },
        name + "[method]fields.entries": hostFunction { state, arguments throws(HostRefusal) in
            let fields: Fields = try state.resources.resource(arguments[0])
            return .list(fields.entries.map { .tuple([.string($0.name), .bytes($0.value)]) })
        },
        name + "[method]fields.clone": hostFunction { state, arguments throws(HostRefusal) in
            let fields: Fields = try state.resources.resource(arguments[0])
            return try state.resources.add(Fields(fields.entries))
        },
    ]

    private static func change(
        _ state: CallState,
        _ arguments: Arguments,
        _ body: (Fields, String) throws(Fields.Fault) -> Void
    ) throws(HostRefusal) -> WITValue {
        let fields: Fields = try state.resources.resource(arguments[0])
        let name = try arguments.text(1)
        do throws(Fields.Fault) {
            try body(fields, name)
            return .success(nil)
        } catch {
            return error.value
        }
    }
}
