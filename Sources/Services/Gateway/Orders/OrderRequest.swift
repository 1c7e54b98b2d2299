internal import Encoding
internal import Follower
internal import Primitives
internal import Venue

/// Reads what requests say about orders; the same for REST, WebSocket and gRPC.
struct OrderRequest {
    /// The highest client order id that a client may give: those above are made of idempotency keys.
    static let clientIDMax: UInt64 = 1 << 63 - 1

    let listing: Listing
    let account: AccountID

    /// Reads a new order; `typeName` is the member with its type, which in messages has another name.
    func newOrder(
        _ fields: inout RequestFields,
        typeName: String = "type"
    ) throws(APIError) -> NewOrder {
        let instrument = try fields.instrument("instrument", listing)
        guard let side = try fields.word("side", Side.words) else {
            throw RequestFields.wrong("side", "is missing; write BUY or SELL")
        }
        let type = try fields.word(typeName, OrderType.words) ?? .limit
        let standard: TimeInForce = type == .market ? .immediateOrCancel : .goodTillCancel
        guard let quantity = try Self.quantity("quantity", &fields, instrument) else {
            throw RequestFields.wrong("quantity", "is missing")
        }
        return NewOrder(
            account: account,
            instrument: instrument.id,
            side: side,
            type: type,
            timeInForce: try fields.word("time_in_force", TimeInForce.words) ?? standard,
            price: try Self.price("price", &fields, instrument) ?? .none,
            quantity: quantity,
            clientID: try fields.identifier("client_order_id", atMost: Self.clientIDMax) ?? 0,
            postOnly: try Self.postOnly(&fields),
            selfTradePrevention: try fields.word(
                "self_trade_prevention",
                SelfTradePrevention.words
            ) ?? .cancelNewest,
            display: try Self.quantity("display_quantity", &fields, instrument) ?? .zero,
            trigger: try Self.price("trigger_price", &fields, instrument) ?? .none,
            trail: try Self.price("trail", &fields, instrument) ?? .none,
            expiresAt: try fields.time("expires_at") ?? .zero
        )
    }

    /// Reads an amendment of an order, whose terms are written in the units of its instrument.
    func amendment(
        _ reference: OrderReference,
        _ fields: inout RequestFields
    ) throws(APIError) -> OrderAmendment {
        let instrument = try fields.instrument("instrument", listing)
        guard let quantity = try Self.quantity("quantity", &fields, instrument) else {
            throw RequestFields.wrong("quantity", "is missing: what is to be open afterwards")
        }
        return OrderAmendment(
            reference: reference,
            quantity: quantity,
            price: try Self.price("price", &fields, instrument) ?? .none,
            trigger: try Self.price("trigger_price", &fields, instrument) ?? .none,
            keepsPriority: try fields.flag("keep_priority")
        )
    }

    /// Reads which order is meant: the venue's name or else the client's.
    func reference(_ fields: inout RequestFields) throws(APIError) -> OrderReference {
        let order = try fields.identifier("order_id", atMost: .max)
        let client = try fields.identifier("client_order_id", atMost: Self.clientIDMax)
        if let order { return OrderReference(account: account, order: OrderID(order)) }
        guard let client else {
            throw RequestFields.wrong("order_id", "is missing; give it or client_order_id")
        }
        return OrderReference(account: account, clientID: client)
    }

    /// Which orders a mass cancel names: all of the account, or those on one instrument.
    func massCancel(symbol: String?) throws(APIError) -> MassCancel {
        guard let symbol else { return MassCancel(account: account) }
        guard let instrument = listing.instrument(symbol) else {
            throw APIError(
                .unknownInstrument,
                "no instrument has that symbol",
                field: "instrument"
            )
        }
        return MassCancel(account: account, instrument: instrument.id)
    }

    private static func postOnly(_ fields: inout RequestFields) throws(APIError) -> PostOnly {
        switch fields.value("post_only") {
        case nil, .boolean(false): return .off
        case .boolean(true): return .reject
        case .string(let text) where text.lowercased() == "off": return .off
        case .string(let text) where text.lowercased() == "reject": return .reject
        case .string(let text) where text.lowercased() == "reprice": return .reprice
        default: throw RequestFields.wrong("post_only", "must be false, true, REJECT or REPRICE")
        }
    }

    private static func price(
        _ name: String,
        _ fields: inout RequestFields,
        _ instrument: ListedInstrument
    ) throws(APIError) -> Price? {
        guard let number = try fields.decimal(name) else { return nil }
        guard let price = instrument.price(number) else {
            let tick = String(decoding: instrument.tick.text, as: UTF8.self)
            throw APIError(
                .priceOffTick,
                "\(name) must be above 0 and a whole multiple of \(tick)",
                field: name
            )
        }
        return price
    }

    private static func quantity(
        _ name: String,
        _ fields: inout RequestFields,
        _ instrument: ListedInstrument
    ) throws(APIError) -> Quantity? {
        guard let number = try fields.decimal(name) else { return nil }
        guard let quantity = instrument.quantity(number) else {
            let lot = String(decoding: instrument.lot.text, as: UTF8.self)
            throw APIError(
                .quantityOffLot,
                "\(name) must be above 0 and a whole multiple of \(lot)",
                field: name
            )
        }
        return quantity
    }
}
