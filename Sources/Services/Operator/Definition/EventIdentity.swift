public import ComponentHost
internal import Cryptography
public import Dispatcher
internal import Encoding
internal import Ethereum

/// The ids of events: RIPEMD-160 of the service's id, the workflow's id and a salt.
///
/// Every operator must find the same id for the same event. So two things are left out of a trigger's data that
/// differ from provider to provider: the timestamp of a block in a log entry, which many nodes do not give, and the
/// number and time that an ATProto stream gave an event.
public enum EventIdentity {
    /// The id of a workflow's work on a trigger.
    ///
    /// - Complexity: O(n).
    public static func id(of configuration: TriggerConfiguration, _ data: TriggerData) -> EventID {
        id(configuration, salt: TriggerBinary.encode(data))
    }

    /// The id of one response to a trigger: with the response's own salt if it has one.
    ///
    /// - Complexity: O(n).
    public static func id(of action: TriggerAction, _ response: WasmResponse) -> EventID {
        guard let salt = response.eventIDSalt else {
            return id(of: action.configuration, action.data)
        }
        return id(action.configuration, salt: salt)
    }

    private static func id(_ configuration: TriggerConfiguration, salt: [UInt8]) -> EventID {
        var service = [UInt8](repeating: 0, count: 32)
        do throws(Hex.DecodingError) {
            let bytes = try Hex.decode(configuration.serviceID)
            if bytes.count == service.count { service = bytes }
        } catch {
            preconditionFailure("the id of a service is 64 hexadecimal digits")
        }
        let digest = RIPEMD160.hash(of: service + Array(configuration.workflowID.utf8) + salt)
        guard let id = EventID(bytes: digest) else {
            preconditionFailure("RIPEMD-160 has 20 bytes")
        }
        return id
    }
}

/// A trigger's data in the form of bincode 2, standard configuration: little-endian, variable integers.
enum TriggerBinary {
    static func encode(_ data: TriggerData) -> [UInt8] {
        var writer = BincodeWriter()
        switch data {
        case .cosmosContractEvent(let address, let chain, let event, let index, let height):
            writer.unsigned(0)
            writer.text(address.bech32)
            writer.text(chain)
            writer.text(event.type)
            writer.unsigned(UInt64(event.attributes.count))
            for attribute in event.attributes {
                writer.text(attribute.key)
                writer.text(attribute.value)
            }
            writer.unsigned(height)
            writer.unsigned(index)
        case .evmContractEvent(let chain, let log):
            writer.unsigned(1)
            writer.text(chain)
            writer.octets(log.address.bytes)
            writer.unsigned(UInt64(log.topics.count))
            for topic in log.topics { writer.octets(topic) }
            writer.octets(log.data)
            writer.octets(log.transactionHash)
            writer.unsigned(log.blockNumber)
            writer.unsigned(log.logIndex)
            writer.octets(log.blockHash)
            writer.optional(nil as UInt64?) { writer, value in writer.unsigned(value) }
            writer.unsigned(log.transactionIndex)
        case .blockInterval(let chain, let height):
            writer.unsigned(2)
            writer.text(chain)
            writer.unsigned(height)
        case .cron(let nanoseconds):
            writer.unsigned(3)
            writer.unsigned(nanoseconds)
        case .atprotoEvent(let event): encode(event, &writer)
        case .hypercoreAppend(let feedKey, let index, let data):
            writer.unsigned(5)
            writer.text(feedKey)
            writer.unsigned(index)
            writer.octets(data)
        case .raw(let bytes):
            writer.unsigned(6)
            writer.octets(bytes)
        }
        return writer.bytes
    }

    /// The fields that are the same on every relay, as a tuple without the variant's index.
    private static func encode(_ event: ATProtoEvent, _ writer: inout BincodeWriter) {
        writer.text(event.repository)
        writer.text(event.collection)
        writer.text(event.recordKey)
        let actions = ["create", "update", "delete"]
        writer.unsigned(UInt64(actions.firstIndex(of: event.action) ?? actions.count))
        writer.optional(event.cid) { writer, text in writer.text(text) }
        writer.optional(event.record) { writer, record in writer.json(Array(record.utf8)) }
        writer.optional(event.revision) { writer, text in writer.text(text) }
        writer.optional(event.operationIndex) { writer, index in writer.unsigned(UInt64(index)) }
    }
}

/// Writes the bytes of bincode 2.
struct BincodeWriter {
    private(set) var bytes: [UInt8] = []

    /// An integer: below 251 in one byte, otherwise a byte that tells its width, and then little-endian.
    mutating func unsigned(_ number: UInt64) {
        switch number {
        case 0..<251: bytes.append(UInt8(number))
        case 251...0xffff: fixed(251, number, byteCount: 2)
        case 0x1_0000...0xffff_ffff: fixed(252, number, byteCount: 4)
        default: fixed(253, number, byteCount: 8)
        }
    }

    /// A signed integer: zigzag, so that small ones stay short.
    mutating func signed(_ number: Int64) {
        unsigned(UInt64(bitPattern: number << 1 ^ number >> 63))
    }

    private mutating func fixed(_ mark: UInt8, _ number: UInt64, byteCount: Int) {
        bytes.append(mark)
        for index in 0..<byteCount {
            bytes.append(UInt8(truncatingIfNeeded: number >> (8 * index)))
        }
    }

    mutating func octets(_ octets: [UInt8]) {
        unsigned(UInt64(octets.count))
        bytes += octets
    }

    mutating func text(_ text: String) { octets(Array(text.utf8)) }

    mutating func optional<Value>(_ value: Value?, _ write: (inout BincodeWriter, Value) -> Void) {
        bytes.append(value == nil ? 0 : 1)
        if let value { write(&self, value) }
    }

    /// A text of JSON as the value that it is; one that is no JSON as a text.
    mutating func json(_ text: [UInt8]) {
        do throws(JSONError) {
            let limits = DecodingLimits(bytesMax: 4 << 20, depthMax: 64)
            value(try WideJSON.decode(text, limits: limits))
        } catch {
            octets(text)
        }
    }

    private mutating func value(_ value: JSONValue) {
        if let number = WideJSON.unsigned(value) { return unsigned(number) }
        switch value {
        case .null: break
        case .boolean(let flag): bytes.append(flag ? 1 : 0)
        case .number(let number):
            if let integer = number.integer { return signed(integer) }
            let bits = number.value.bitPattern
            for index in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: bits >> (8 * index))) }
        case .string(let text): octets(text.utf8)
        case .array(let values):
            unsigned(UInt64(values.count))
            for item in values { self.value(item) }
        case .object(let object):
            unsigned(UInt64(object.members.count))
            let members = object.members.sorted {
                $0.name.utf8.lexicographicallyPrecedes($1.name.utf8)
            }
            for member in members {
                octets(member.name.utf8)
                self.value(member.value)
            }
        }
    }
}
