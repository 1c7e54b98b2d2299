package import Encoding

/// Reads the members of a message between the venue and its observers: a map with text keys in deterministic
/// CBOR, with all members that it must have and no others.
package struct MessageReader {
    private let kind: Text
    private let map: CBORMap

    package init(
        _ kind: Text,
        decoding bytes: [UInt8],
        members: Int?,
        bytesMax: Int
    ) throws(AttestationError) {
        self.kind = kind
        let value: CBORValue
        do throws(CBORError) {
            let limits = DecodingLimits(bytesMax: bytesMax, depthMax: 4)
            value = try CBORValue(decoding: bytes, limits: limits)
        } catch {
            throw .malformedMessage(kind: kind, error)
        }
        guard let map = value.map, map.entries.count == members ?? map.entries.count else {
            throw .invalidMessage(kind: kind, name: "set")
        }
        self.map = map
    }

    /// How many members the map has, for a reader that was not told how many there must be.
    package var memberCount: Int { map.entries.count }

    package func wrong(_ name: Text) -> AttestationError { .invalidMessage(kind: kind, name: name) }

    package func value(_ name: Text) throws(AttestationError) -> CBORValue {
        guard let value = map[name] else { throw wrong(name) }
        return value
    }

    package func unsigned(_ name: Text) throws(AttestationError) -> UInt64 {
        guard let number = try value(name).unsigned else { throw wrong(name) }
        return number
    }

    package func text(_ name: Text) throws(AttestationError) -> Text {
        guard let text = try value(name).text else { throw wrong(name) }
        return text
    }

    package func bytes(
        _ name: Text,
        count: ClosedRange<Int>
    ) throws(AttestationError) -> [UInt8] {
        guard let bytes = try value(name).bytes, count.contains(bytes.count) else {
            throw wrong(name)
        }
        return bytes
    }
}
