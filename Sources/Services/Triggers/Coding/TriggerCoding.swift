public import ComponentHost
internal import Encoding

/// The bytes of actions and responses as this node keeps them on its disk, in deterministic CBOR.
///
/// Every value is an array that begins with a number for its kind, so that what an older version wrote keeps its
/// meaning: numbers are never used twice. What no version wrote is refused.
public enum TriggerCoding {
    /// Why bytes are not what this node writes.
    public enum Fault: Error, Equatable, Sendable {
        /// They are no item of CBOR, or one of another form.
        case malformed
    }

    /// The longest action that is read: a trigger's data of 8 MiB with what belongs to it.
    static let limits = DecodingLimits(bytesMax: 10 << 20, depthMax: 8)

    /// The bytes of an action.
    public static func encode(_ action: TriggerAction) -> [UInt8] {
        bytes(
            .array([
                string(action.configuration.serviceID),
                string(action.configuration.workflowID),
                value(action.configuration.trigger),
                value(action.data),
            ])
        )
    }

    /// The action that bytes of `encode` stand for.
    ///
    /// - Throws: `Fault.malformed`.
    public static func action(_ bytes: [UInt8]) throws(Fault) -> TriggerAction {
        var fields = try Fields(decoding: bytes, count: 4)
        return TriggerAction(
            configuration: TriggerConfiguration(
                serviceID: try fields.string(),
                workflowID: try fields.string(),
                trigger: try trigger(&fields)
            ),
            data: try data(&fields)
        )
    }

    /// The bytes of a component's responses.
    public static func encode(_ responses: [WasmResponse]) -> [UInt8] {
        bytes(
            .array(
                responses.map { response in
                    .array([
                        .bytes(response.payload),
                        response.ordering.map(CBORValue.unsigned) ?? .null,
                        response.eventIDSalt.map(CBORValue.bytes) ?? .null,
                    ])
                }
            )
        )
    }

    /// The responses that bytes of `encode` stand for.
    ///
    /// - Throws: `Fault.malformed`.
    public static func responses(_ bytes: [UInt8]) throws(Fault) -> [WasmResponse] {
        var all = try Fields(decoding: bytes, count: nil)
        var responses: [WasmResponse] = []
        while !all.isEmpty {
            var fields = try all.array(count: 3)
            responses.append(
                WasmResponse(
                    payload: try fields.bytes(),
                    ordering: try fields.optional { field throws(Fault) in try field.unsigned() },
                    eventIDSalt: try fields.optional { field throws(Fault) in try field.bytes() }
                )
            )
        }
        return responses
    }

    /// The bytes of a trigger: equal for equal ones only, so they serve as a key.
    public static func key(_ trigger: Trigger) -> [UInt8] { bytes(value(trigger)) }

    private static func bytes(_ value: CBORValue) -> [UInt8] {
        var encoder = CBOREncoder()
        encoder.append(value)
        return encoder.bytes
    }

    static func string(_ value: String) -> CBORValue { .text(Text(value)) }

    static func optional(_ value: String?) -> CBORValue { value.map(string) ?? .null }

    static func optional(_ value: UInt64?) -> CBORValue { value.map(CBORValue.unsigned) ?? .null }
}

/// The items of an array, read one after the other.
struct Fields {
    private var items: ArraySlice<CBORValue>

    init(decoding bytes: [UInt8], count: Int?) throws(TriggerCoding.Fault) {
        let value: CBORValue
        do throws(CBORError) {
            value = try CBORValue(decoding: bytes, limits: TriggerCoding.limits)
        } catch {
            throw .malformed
        }
        try self.init(value, count: count)
    }

    private init(_ value: CBORValue?, count: Int?) throws(TriggerCoding.Fault) {
        guard let array = value?.array, count == nil || array.count == count else {
            throw .malformed
        }
        items = array[...]
    }

    var isEmpty: Bool { items.isEmpty }

    var count: Int { items.count }

    mutating func array(count: Int? = nil) throws(TriggerCoding.Fault) -> Fields {
        try Fields(items.popFirst(), count: count)
    }

    mutating func string() throws(TriggerCoding.Fault) -> String {
        guard let text = items.popFirst()?.text else { throw .malformed }
        return text.string
    }

    mutating func bytes() throws(TriggerCoding.Fault) -> [UInt8] {
        guard let bytes = items.popFirst()?.bytes else { throw .malformed }
        return bytes
    }

    mutating func unsigned() throws(TriggerCoding.Fault) -> UInt64 {
        guard let number = items.popFirst()?.unsigned else { throw .malformed }
        return number
    }

    mutating func unsigned32() throws(TriggerCoding.Fault) -> UInt32 {
        guard let number = UInt32(exactly: try unsigned()) else { throw .malformed }
        return number
    }

    mutating func signed() throws(TriggerCoding.Fault) -> Int64 {
        guard let number = items.popFirst()?.integer else { throw .malformed }
        return number
    }

    /// What the next item is, unless it is null.
    mutating func optional<Value>(
        _ read: (inout Fields) throws(TriggerCoding.Fault) -> Value
    ) throws(TriggerCoding.Fault) -> Value? {
        if items.first == .null {
            items.removeFirst()
            return nil
        }
        return try read(&self)
    }
}
