// What components answer, and what aggregators are handed.

extension WasmResponse {
    var value: WITValue {
        .record([
            ("payload", .bytes(payload)), ("ordering", .optional(ordering)),
            ("event-id-salt", .option(eventIDSalt.map(WITValue.bytes))),
        ])
    }

    init?(_ value: WITValue) {
        guard let fields = value.fields, fields.count == 3,
            let payload = fields[0].byteList, let ordering = fields[1].held,
            let salt = fields[2].held
        else { return nil }
        self.init(
            payload: payload,
            ordering: ordering?.number64,
            eventIDSalt: salt?.byteList
        )
    }

    /// The responses of an operator's component; several need a salt each, and no two the same.
    static func list(_ value: WITValue?) throws(ComponentError) -> [WasmResponse] {
        guard let items = value?.items else { throw .badOutput("no list of responses") }
        var responses: [WasmResponse] = []
        for item in items {
            guard let response = WasmResponse(item) else { throw .badOutput("no response") }
            responses.append(response)
        }
        guard responses.count > 1 else { return responses }
        var salts: Set<[UInt8]> = []
        for response in responses {
            guard let salt = response.eventIDSalt else {
                throw .badOutput("several responses, and one without event-id-salt")
            }
            guard salts.insert(salt).inserted else {
                throw .badOutput("two responses with the same event-id-salt")
            }
        }
        return responses
    }
}

extension AggregatorInput {
    var value: WITValue {
        .record([
            ("trigger-action", triggerAction.value), ("operator-response", operatorResponse.value),
        ])
    }
}

extension AggregatorAction {
    /// The actions of an aggregator's component.
    static func list(_ value: WITValue?) throws(ComponentError) -> [AggregatorAction] {
        guard let items = value?.items else { throw .badOutput("no list of actions") }
        var actions: [AggregatorAction] = []
        for item in items {
            guard let action = AggregatorAction(item) else { throw .badOutput("no action") }
            actions.append(action)
        }
        return actions
    }

    private init?(_ value: WITValue) {
        guard let (name, inner) = value.choice else { return nil }
        switch name {
        case "timer":
            guard let seconds = inner?.fields?.first?.fields?.first?.number64 else { return nil }
            self = .timer(delaySeconds: seconds)
        case "submit":
            guard let inner, let action = SubmitAction(inner) else { return nil }
            self = .submit(action)
        default: return nil
        }
    }
}

extension SubmitAction {
    fileprivate init?(_ value: WITValue) {
        guard let (name, inner) = value.choice, let fields = inner?.fields, fields.count == 3,
            let chain = fields[0].text, let address = fields[1].fields,
            let price = fields[2].held
        else { return nil }
        var gasPrice: UInt128?
        if let price {
            guard let words = price.fields?.first?.items, words.count == 2,
                let low = words[0].number64, let high = words[1].number64
            else { return nil }
            gasPrice = UInt128(high) << 64 | UInt128(low)
        }
        switch name {
        case "evm":
            guard let bytes = address.first?.byteList, bytes.count == 20 else { return nil }
            self = .evm(chain: chain, address: EVMAddress(bytes: bytes), gasPrice: gasPrice)
        case "cosmos":
            guard address.count == 2, let bech32 = address[0].text,
                let prefixCount = address[1].number32
            else { return nil }
            self = .cosmos(
                chain: chain,
                bech32: bech32,
                prefixCount: prefixCount,
                gasPrice: gasPrice
            )
        default: return nil
        }
    }
}

extension SubmissionResult {
    var value: WITValue {
        switch self {
        case .accepted(.evm(let hash)): .success(.variant("evm", .bytes(hash)))
        case .accepted(.cosmos(let hash)): .success(.variant("cosmos", .string(hash)))
        case .failed(let reason): .failure(.string(reason))
        }
    }
}
