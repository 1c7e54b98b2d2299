/// A value that crosses the border between the host and a component.
///
/// Names and the order of fields and cases are those of the interface (WIT).
indirect enum WITValue {
    case bool(Bool)
    case s8(Int8)
    case u8(UInt8)
    case s16(Int16)
    case u16(UInt16)
    case s32(Int32)
    case u32(UInt32)
    case s64(Int64)
    case u64(UInt64)
    case f32(Float)
    case f64(Double)
    /// A Unicode scalar value.
    case character(UInt32)
    case string(String)
    /// A list of `u8`.
    case bytes([UInt8])
    /// A list of anything else; an empty list of bytes comes out of a component as this, too.
    case list([WITValue])
    case tuple([WITValue])
    case record([(name: String, value: WITValue)])
    case variant(String, WITValue?)
    case enumeration(String)
    case option(WITValue?)
    case success(WITValue?)
    case failure(WITValue?)
    case flags([String])
    /// A resource of the host: its number in the table of the call, and its type.
    case resource(number: UInt32, type: ResourceType, isOwned: Bool)
    /// A value that this program has no use for.
    case other

    /// A list of pairs of texts.
    static func settings(_ settings: [Setting]) -> WITValue {
        .list(settings.map { .tuple([.string($0.key), .string($0.value)]) })
    }

    /// A text or its absence.
    static func optional(_ text: String?) -> WITValue { .option(text.map(WITValue.string)) }

    /// A number or its absence.
    static func optional(_ number: UInt64?) -> WITValue { .option(number.map(WITValue.u64)) }
}

extension WITValue {
    var text: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// The bytes of a list of `u8`.
    var byteList: [UInt8]? {
        switch self {
        case .bytes(let bytes): bytes
        case .list(let list) where list.isEmpty: []
        default: nil
        }
    }

    var items: [WITValue]? {
        switch self {
        case .list(let items), .tuple(let items): items
        case .bytes(let bytes): bytes.map(WITValue.u8)
        default: nil
        }
    }

    var number64: UInt64? {
        if case .u64(let number) = self { number } else { nil }
    }

    var number32: UInt32? {
        if case .u32(let number) = self { number } else { nil }
    }

    var truth: Bool? {
        if case .bool(let truth) = self { truth } else { nil }
    }

    var flagNames: [String]? {
        if case .flags(let names) = self { names } else { nil }
    }

    /// The case of a variant or an enum, and what it carries.
    var choice: (name: String, value: WITValue?)? {
        switch self {
        case .variant(let name, let value): (name, value)
        case .enumeration(let name): (name, nil)
        default: nil
        }
    }

    /// What an option holds: `.some(nil)` when it is empty, nil when this is no option.
    var held: WITValue?? {
        if case .option(let value) = self { .some(value) } else { nil }
    }

    /// The fields of a record, in order.
    var fields: [WITValue]? {
        if case .record(let fields) = self { fields.map(\.value) } else { nil }
    }
}
