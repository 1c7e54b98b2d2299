internal import Access
internal import Encoding
internal import Follower
internal import Primitives
internal import Venue

/// What one can do with orders, in a call of its own or in a stream.
enum TradeOperation: UInt32, CaseIterable, Sendable {
    // The numbers are those of the fields of `OrderOperation`.
    /// Places an order.
    case place = 2
    /// Changes one.
    case amend = 3
    /// Cancels one.
    case cancel = 4
    /// Cancels all, or those on one instrument.
    case massCancel = 5

    /// The name of its method.
    var method: String {
        switch self {
        case .place: "PlaceOrder"
        case .amend: "AmendOrder"
        case .cancel: "CancelOrder"
        case .massCancel: "MassCancel"
        }
    }

    /// What the caller must be allowed to do.
    var action: AccessAction {
        switch self {
        case .place, .amend: .placeOrder
        case .cancel, .massCancel: .cancelOrder
        }
    }

    /// The form of its request.
    var form: MessageForm {
        switch self {
        case .place: .placeOrder
        case .amend: .amendOrder
        case .cancel: .cancelOrder
        case .massCancel: .massCancel
        }
    }
}

/// What an operation came to.
enum TradeAnswer: Sendable {
    /// One order.
    case order(OrderAnswer)
    /// Many orders were cancelled.
    case massCancel(MassCancelAnswer)

    /// Writes the message `OrderResult` or `MassCancelResult`.
    func write(_ listing: Listing, to writer: inout ProtobufWriter) {
        switch self {
        case .order(let answer):
            answer.result.write(listing, to: &writer)
            writer.add(13, answer.isRepeated)
        case .massCancel(let answer):
            writer.add(1, UInt64(answer.orders.count))
            // Not packed, which readers take as well (protobuf.dev/programming-guides/encoding#packed).
            for order in answer.orders { writer.add(2, order.rawValue) }
            writer.add(3, answer.sequence)
        }
    }
}

extension Gateway {
    /// Does an operation on behalf of somebody who may do it: the same for single calls and streams.
    ///
    /// - Parameters:
    ///   - operation: What to do.
    ///   - fields: The members of the request, of which all are read.
    ///   - principal: Who asks.
    ///   - key: The idempotency key beside the request, if there is one.
    ///   - answer: Receives what it came to, when that is durable; called once unless this throws.
    /// - Throws: Why nothing was done.
    func perform(
        _ operation: TradeOperation,
        _ fields: inout RequestFields,
        _ principal: Principal,
        key: String?,
        _ answer: @escaping @Sendable (Result<TradeAnswer, APIError>) -> Void
    ) throws(APIError) {
        let request = OrderRequest(listing: parts.listing, account: principal.account)
        let single: @Sendable (OrderDesk.Answer) -> Void = { ended in
            answer(
                ended.flatMap { order in
                    if let refusal = order.result.refusal { return .failure(APIError(refusal)) }
                    return .success(.order(order))
                }
            )
        }
        switch operation {
        case .place:
            var order = try request.newOrder(&fields)
            let name = try fields.optionalText("idempotency_key") ?? key
            try fields.finish()
            if let name { try Self.name(&order, by: name) }
            try desk.place(order, single)
        case .amend:
            let reference = try request.reference(&fields)
            let amendment = try request.amendment(reference, &fields)
            try fields.finish()
            try desk.change(.amendOrder(amendment), reference, single)
        case .cancel:
            let reference = try request.reference(&fields)
            try fields.finish()
            try desk.change(.cancelOrder(reference), reference, single)
        case .massCancel:
            let cancel = try request.massCancel(symbol: fields.optionalText("instrument"))
            try fields.finish()
            try desk.cancelMany(cancel) { ended in answer(ended.map(TradeAnswer.massCancel)) }
        }
    }
}

extension OrderResult {
    /// Writes the fields of the message `OrderResult`.
    func write(_ listing: Listing, to writer: inout ProtobufWriter) {
        writer.add(1, order.rawValue)
        writer.add(2, clientID > OrderRequest.clientIDMax ? 0 : clientID)
        writer.add(3, state.word)
        writer.add(4, reason.word)
        if let listed = listing.instrument(instrument) {
            writer.add(5, listed.symbol)
            writer.add(6, side.word)
            if price != .none {
                writer.add(7, text: { text in listed.append(price, to: &text) })
            }
            writer.add(8, text: { text in listed.append(filled, to: &text) })
            writer.add(9, text: { text in listed.append(open, to: &text) })
            for fill in fills {
                writer.add(
                    10,
                    message: { writer in
                        writer.add(1, fill.trade.rawValue)
                        writer.add(2, text: { text in listed.append(fill.price, to: &text) })
                        writer.add(3, text: { text in listed.append(fill.quantity, to: &text) })
                    }
                )
            }
        }
        writer.add(11, sequence)
        writer.add(12, bytes: time.rfc3339)
    }
}
