internal import Encoding
internal import Follower
internal import Primitives
internal import Sequencer
internal import Venue

/// What a command did to the order that it placed, amended or cancelled, as the order's owner may see it.
///
/// It is made of the command's events alone, so what is found in the journal later gives the same answer again.
struct OrderResult: Equatable, Sendable {
    /// A trade of the order in the command.
    struct Fill: Equatable, BitwiseCopyable, Sendable {
        var trade: TradeID
        var price: Price
        var quantity: Quantity
    }

    /// The number of the command.
    var sequence: UInt64
    /// When it was stamped.
    var time: Timestamp
    /// Why it was refused; nil if it was carried out.
    var refusal: Refusal?
    /// The order.
    var order = OrderID.none
    /// The client's name of the order, or 0.
    var clientID: UInt64 = 0
    /// What it trades.
    var instrument = InstrumentID(0)
    /// Its side.
    var side = Side.buy
    /// The state it is in afterwards.
    var state = OrderState.new
    /// Why it is in it.
    var reason = ChangeReason.matching
    /// Its price, or `.none`.
    var price = Price.none
    /// What can still trade.
    var open = Quantity.zero
    /// What has traded, before as well.
    var filled = Quantity.zero
    /// Its trades in this command, oldest first.
    var fills: [Fill] = []

    /// Reads the result from a command's events.
    init(
        sequence: UInt64,
        time: Timestamp,
        order: OrderID?,
        clientID: UInt64 = 0,
        events: some Sequence<Event>
    ) {
        self.sequence = sequence
        self.time = time
        if let order { self.order = order }
        for event in events {
            switch event {
            case .refused(let refused):
                refusal = refused.refusal
                self.clientID = refused.clientID
                state = .rejected
            case .orderPlaced(let placed) where self.order == .none: take(placed)
            case .orderChanged(let changed) where isMeant(changed, clientID): take(changed)
            case .traded(let trade) where trade.taker == self.order || trade.maker == self.order:
                fills.append(
                    Fill(trade: trade.trade, price: trade.price, quantity: trade.quantity)
                )
            default: break
            }
        }
    }

    /// Reads the result of a command that the gateway sent.
    init(_ outcome: CommandOutcome, order: OrderID? = nil, clientID: UInt64 = 0) {
        self.init(
            sequence: outcome.reply.sequence,
            time: outcome.reply.time,
            order: order,
            clientID: clientID,
            events: outcome.events
        )
    }

    /// A change belongs to the order that is known already, or else to the one of that client id.
    private func isMeant(_ changed: OrderChanged, _ clientID: UInt64) -> Bool {
        if order != .none { return changed.order == order }
        return clientID != 0 && changed.clientID == clientID
    }

    private mutating func take(_ placed: OrderPlaced) {
        order = placed.order
        clientID = placed.clientID
        instrument = placed.instrument
        side = placed.side
        price = placed.price
        open = placed.quantity
    }

    private mutating func take(_ changed: OrderChanged) {
        order = changed.order
        clientID = changed.clientID
        instrument = changed.instrument
        side = changed.side
        state = changed.state
        reason = changed.reason
        if changed.state != .pendingTrigger { price = changed.price }
        open = changed.open
        filled = changed.filled
    }

    // MARK: JSON

    /// Writes the members of the answer, in FastEx's shape with some more.
    ///
    /// The other side of each trade is the clearing house, which has stepped between the two; who it was before is
    /// nobody's business.
    func write(_ listing: Listing, user: String, to writer: inout JSONWriter) {
        writer.add("order_id", digits: order.rawValue)
        writer.name("client_order_id")
        if clientID == 0 || clientID > OrderRequest.clientIDMax {
            writer.null()
        } else {
            writer.digits(clientID)
        }
        writer.add("status", state.word)
        writer.add("reason", reason.word)
        if let listed = listing.instrument(instrument) {
            writer.add("instrument", listed.symbol)
            writer.add("side", side.word)
            writer.name("price")
            if price == .none {
                writer.null()
            } else {
                writer.text { text in listed.append(price, to: &text) }
            }
            writer.add("filled_qty", text: { text in listed.append(filled, to: &text) })
            writer.add("remaining_qty", text: { text in listed.append(open, to: &text) })
            writer.add(
                "trades",
                array: { writer in
                    for fill in fills { write(fill, listed, user, to: &writer) }
                }
            )
        }
        writer.add("sequence", digits: sequence)
        writer.add("timestamp", text: { text in text.append(contentsOf: time.rfc3339) })
    }

    private func write(
        _ fill: Fill,
        _ listed: ListedInstrument,
        _ user: String,
        to writer: inout JSONWriter
    ) {
        let isBuyer = side == .buy
        writer.object { writer in
            writer.add("trade_id", digits: fill.trade.rawValue)
            writer.add("instrument", listed.symbol)
            writer.add("price", text: { text in listed.append(fill.price, to: &text) })
            writer.add("quantity", text: { text in listed.append(fill.quantity, to: &text) })
            writer.add("buy_order_id", optional: isBuyer ? String(order.rawValue) : nil)
            writer.add("sell_order_id", optional: isBuyer ? nil : String(order.rawValue))
            writer.add("buyer_user_id", isBuyer ? user : Self.clearingHouse)
            writer.add("seller_user_id", isBuyer ? Self.clearingHouse : user)
            writer.add("timestamp", text: { text in text.append(contentsOf: time.rfc3339) })
        }
    }

    /// What the other side of a trade is called.
    static let clearingHouse = "clearing-house"

    // MARK: Bytes

    // Little-endian: u64 sequence, u64 time, u16 refusal (0 for none), u64 order, u64 client id, u32 instrument,
    // u8 side, u8 state, u8 reason, i64 price, i64 open, i64 filled, u32 count of fills, and for each
    // u64 trade, i64 price, i64 quantity.

    /// The result as bytes, to be kept.
    var encoded: [UInt8] {
        var writer = ByteWriter(capacity: 96 + fills.count * 24)
        writer.append(sequence)
        writer.append(time.nanoseconds)
        writer.append(refusal?.rawValue ?? 0)
        writer.append(order.rawValue)
        writer.append(clientID)
        writer.append(instrument.rawValue)
        writer.append(side.rawValue)
        writer.append(state.rawValue)
        writer.append(reason.rawValue)
        writer.append(price.ticks)
        writer.append(open.lots)
        writer.append(filled.lots)
        writer.append(UInt32(fills.count))
        for fill in fills {
            writer.append(fill.trade.rawValue)
            writer.append(fill.price.ticks)
            writer.append(fill.quantity.lots)
        }
        return writer.bytes
    }

    /// Reads what `encoded` wrote; none if it is something else.
    init?(encoded bytes: [UInt8]) {
        let result: OrderResult? = unsafe bytes.withUnsafeBytes { bytes in
            var reader = unsafe ByteReader(bytes)
            do throws(ByteReaderError) {
                return try OrderResult(&reader)
            } catch {
                return nil
            }
        }
        guard let result else { return nil }
        self = result
    }

    private init?(_ reader: inout ByteReader) throws(ByteReaderError) {
        sequence = try reader.read()
        time = Timestamp(try reader.read())
        let number: UInt16 = try reader.read()
        refusal = Refusal(rawValue: number)
        order = OrderID(try reader.read())
        clientID = try reader.read()
        instrument = InstrumentID(try reader.read())
        guard let side = Side(rawValue: try reader.read()),
            let state = OrderState(rawValue: try reader.read()),
            let reason = ChangeReason(rawValue: try reader.read())
        else { return nil }
        self.side = side
        self.state = state
        self.reason = reason
        price = Price(try reader.read())
        open = Quantity(try reader.read())
        filled = Quantity(try reader.read())
        let count: UInt32 = try reader.read()
        for _ in 0..<count {
            fills.append(
                Fill(
                    trade: TradeID(try reader.read()),
                    price: Price(try reader.read()),
                    quantity: Quantity(try reader.read())
                )
            )
        }
        try reader.requireEnd()
    }
}
