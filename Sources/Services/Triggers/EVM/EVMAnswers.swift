internal import ComponentHost
internal import Cryptography
internal import Encoding

/// What is read of a block's head.
struct EVMHeader: Equatable {
    let number: UInt64
    let hash: [UInt8]
    let parentHash: [UInt8]
    /// Seconds since 1970.
    let timestamp: UInt64

    /// Reads an answer of `eth_getBlockByNumber`; none if it is malformed.
    init?(_ value: JSONValue) {
        guard let object = value.object,
            let number = EVMAnswers.quantity(object["number"]),
            let hash = EVMAnswers.bytes(object["hash"], count: 32),
            let parentHash = EVMAnswers.bytes(object["parentHash"], count: 32),
            let timestamp = EVMAnswers.quantity(object["timestamp"])
        else { return nil }
        self.number = number
        self.hash = hash
        self.parentHash = parentHash
        self.timestamp = timestamp
    }
}

/// The forms of Ethereum's JSON-RPC.
enum EVMAnswers {
    /// A number in hexadecimal behind `0x`.
    static func quantity(_ value: JSONValue?) -> UInt64? {
        guard let text = value?.string?.string, text.hasPrefix("0x"), text.utf8.count > 2 else {
            return nil
        }
        return UInt64(text.dropFirst(2), radix: 16)
    }

    static func quantity(_ number: UInt64) -> JSONValue {
        .string(Text("0x" + String(number, radix: 16)))
    }

    /// Bytes in hexadecimal behind `0x`, of a given count if there is one.
    static func bytes(_ value: JSONValue?, count: Int? = nil) -> [UInt8]? {
        guard let text = value?.string?.string, text.hasPrefix("0x") else { return nil }
        do throws(Hex.DecodingError) {
            let bytes = try Hex.decode(String(text.dropFirst(2)))
            return count == nil || bytes.count == count ? bytes : nil
        } catch {
            return nil
        }
    }

    static func bytes(_ bytes: [UInt8]) -> JSONValue { .string(Text("0x" + Hex.encode(bytes))) }

    /// Reads a log entry of `eth_getLogs`; none if it is malformed, or not of a block, or taken back.
    ///
    /// Its time stays unknown: not every provider gives it, so it is taken from the block's head.
    static func log(_ value: JSONValue) -> EVMEventLog? {
        guard let object = value.object, object["removed"] != .boolean(true),
            let address = bytes(object["address"], count: 20),
            let topicValues = object["topics"]?.array, topicValues.count <= 4,
            let data = bytes(object["data"]),
            let transactionHash = bytes(object["transactionHash"], count: 32),
            let blockNumber = quantity(object["blockNumber"]),
            let logIndex = quantity(object["logIndex"]),
            let blockHash = bytes(object["blockHash"], count: 32),
            let transactionIndex = quantity(object["transactionIndex"])
        else { return nil }
        let topics = topicValues.compactMap { topic in bytes(topic, count: 32) }
        guard topics.count == topicValues.count else { return nil }
        return EVMEventLog(
            address: EVMAddress(bytes: address),
            topics: topics,
            data: data,
            transactionHash: transactionHash,
            blockNumber: blockNumber,
            logIndex: logIndex,
            blockHash: blockHash,
            blockTimestamp: nil,
            transactionIndex: transactionIndex
        )
    }
}
