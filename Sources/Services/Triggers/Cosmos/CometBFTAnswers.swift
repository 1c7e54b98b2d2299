package import ComponentHost
package import Encoding

/// How a node of CometBFT (Tendermint before) writes the attributes of events.
package enum AttributeForm: Equatable {
    /// In base64, up to version 0.34.
    case base64
    /// As they are, since version 0.37.
    case plain

    /// The form of a node's version, such as `0.34.21` or `v0.34.9`.
    package init(version: String) {
        let digits = version.hasPrefix("v") ? version.dropFirst() : version[...]
        let numbers = digits.split { character in character == "." || character == "-" }
        let major = numbers.first.flatMap { Int($0) } ?? 1
        let minor = numbers.count > 1 ? Int(numbers[1]) ?? 0 : 0
        self = major == 0 && minor < 37 ? .base64 : .plain
    }
}

/// What is read of the answer to `status`.
package struct CometBFTStatus: Equatable {
    package let network: String
    package let latestBlock: UInt64
    package let attributeForm: AttributeForm

    /// Reads a result; none if it is malformed.
    package init?(_ result: JSONValue) {
        guard let node = result.object?["node_info"]?.object,
            let network = node["network"]?.string?.string,
            let version = node["version"]?.string?.string,
            let sync = result.object?["sync_info"]?.object,
            let latest = CometBFTAnswers.height(sync["latest_block_height"]),
            latest <= BlockInterval.heightMax
        else { return nil }
        self.network = network
        latestBlock = latest
        attributeForm = AttributeForm(version: version)
    }
}

/// The forms of the RPC of CometBFT 0.34, 0.37 and 0.38.
package enum CometBFTAnswers {
    /// A number, which JSON has as a text of digits.
    package static func height(_ value: JSONValue?) -> UInt64? {
        if let text = value?.string?.string { return UInt64(text) }
        return value?.number?.integer.flatMap { UInt64(exactly: $0) }
    }

    /// The events of the transactions of one block, from `block_results`, in order; none if it is malformed.
    package static func blockResults(
        _ result: JSONValue,
        height: UInt64,
        _ form: AttributeForm
    ) -> [CosmosEvent]? {
        guard let object = result.object, Self.height(object["height"]) == height else {
            return nil
        }
        guard let results = object["txs_results"], results != .null else { return [] }
        guard let transactions = results.array else { return nil }
        var events: [CosmosEvent] = []
        for transaction in transactions {
            guard let found = self.events(transaction.object?["events"], form) else { return nil }
            events += found
        }
        return events
    }

    /// The events of transactions from `tx_search`, with how many there are altogether; none if it is malformed.
    package static func search(
        _ result: JSONValue,
        height: UInt64,
        _ form: AttributeForm
    ) -> (transactions: [(index: UInt64, events: [CosmosEvent])], total: UInt64)? {
        guard let object = result.object, let total = Self.height(object["total_count"]),
            let values = object["txs"]?.array
        else { return nil }
        var transactions: [(index: UInt64, events: [CosmosEvent])] = []
        for value in values {
            guard let transaction = value.object, Self.height(transaction["height"]) == height,
                let index = Self.height(transaction["index"]),
                let events = events(transaction["tx_result"]?.object?["events"], form)
            else { return nil }
            transactions.append((index, events))
        }
        return (transactions, total)
    }

    /// What a subscription says.
    package enum Notice: Equatable {
        /// The subscription was taken.
        case subscribed
        /// Something happened in the block of that height: it is there, or about to be.
        case block(height: UInt64)
        /// The subscription was refused.
        case refused(String)
    }

    /// Reads a message of a subscription; none if it is malformed.
    package static func notice(_ text: String) -> Notice? {
        let limits = DecodingLimits(bytesMax: 8 << 20, depthMax: 64)
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONValue(decoding: Array(text.utf8), limits: limits)
        } catch {
            return nil
        }
        if let error = value.object?["error"]?.object {
            let reason = error["data"]?.string?.string ?? error["message"]?.string?.string
            return .refused(String((reason ?? "no reason").prefix(300)))
        }
        guard let result = value.object?["result"]?.object else { return nil }
        guard let data = result["data"]?.object else { return .subscribed }
        let content = data["value"]?.object
        let height: JSONValue?
        switch data["type"]?.string {
        case "tendermint/event/Tx": height = content?["TxResult"]?.object?["height"]
        case "tendermint/event/NewBlock", "tendermint/event/NewBlockHeader":
            let header = content?["header"] ?? content?["block"]?.object?["header"]
            height = header?.object?["height"]
        default: height = nil
        }
        return Self.height(height).map(Notice.block)
    }

    /// A list of events; none if it is malformed.
    package static func events(_ value: JSONValue?, _ form: AttributeForm) -> [CosmosEvent]? {
        guard let value, value != .null else { return [] }
        guard let values = value.array else { return nil }
        var events: [CosmosEvent] = []
        for value in values {
            guard let object = value.object, let type = object["type"]?.string?.string else {
                return nil
            }
            var attributes: [Setting] = []
            for value in object["attributes"]?.array ?? [] {
                guard let attribute = value.object,
                    let key = text(attribute["key"], form),
                    let content = text(attribute["value"], form)
                else { return nil }
                attributes.append(Setting(key: key, value: content))
            }
            events.append(CosmosEvent(type: type, attributes: attributes))
        }
        return events
    }

    /// The text of a key or value, which is null where it is empty.
    private static func text(_ value: JSONValue?, _ form: AttributeForm) -> String? {
        guard let value, value != .null else { return "" }
        guard let text = value.string?.string else { return nil }
        if form == .plain { return text }
        do throws(Base64.DecodingError) {
            // What is not UTF-8 cannot be a text of the interface; its bytes are replaced as others do.
            return String(decoding: try Base64.standard.decode(text), as: UTF8.self)
        } catch {
            return nil
        }
    }
}
