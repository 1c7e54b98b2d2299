internal import Encoding
public import EventBus
public import Follower
public import Journal
internal import Primitives
public import Venue

/// Orders and trades as consumers of FastEx expect them: three topics of Kafka, keyed by the instrument.
public struct OrderEvents: EventFormat {
    /// The topics.
    public static let topics = ["order.placed.v1", "trade.executed.v1", "order.canceled.v1"]

    private let listing: Listing

    /// Makes a format that writes prices and quantities as a listing has them.
    public init(listing: Listing) { self.listing = listing }

    /// The messages of one record.
    public func messages(
        _ record: JournalRecord,
        _ events: borrowing EventBuffer
    ) -> [EventMessage] {
        var writer = EventWriter(record, listing)
        for index in 0..<events.count {
            switch events[index] {
            case .orderPlaced(let order): Self.add(order, &writer)
            case .traded(let trade): Self.add(trade, &writer)
            case .orderChanged(let change):
                switch change.state {
                case .cancelled, .expired, .rejected: Self.add(change, &writer)
                case .new, .open, .partial, .filled, .pendingTrigger: break
                }
            default: break
            }
        }
        return writer.messages
    }

    private static func add(_ order: OrderPlaced, _ writer: inout EventWriter) {
        let instrument = writer.symbol(order.instrument)
        let (price, quantity) = (
            writer.text(order.price, order.instrument),
            writer.text(order.quantity, order.instrument)
        )
        writer.add("order.placed.v1", key: instrument) { json in
            json.add("instrument", instrument)
            json.add("order_id", digits: order.order.rawValue)
            json.add("user_id", digits: order.account.rawValue)
            json.add("side", order.side.word)
            json.add("type", order.type.word)
            json.add("time_in_force", order.timeInForce.word)
            json.add("price", optional: price)
            json.add("quantity", quantity)
        }
    }

    private static func add(_ trade: Trade, _ writer: inout EventWriter) {
        let instrument = writer.symbol(trade.instrument)
        let (price, quantity) = (
            writer.text(trade.price, trade.instrument),
            writer.text(trade.quantity, trade.instrument)
        )
        let isBuyTaker = trade.takerSide == .buy
        writer.add("trade.executed.v1", key: instrument) { json in
            json.add("instrument", instrument)
            json.add("trade_id", digits: trade.trade.rawValue)
            json.add("price", optional: price)
            json.add("quantity", quantity)
            json.add("taker_side", trade.takerSide.word)
            json.add("buy_order_id", digits: (isBuyTaker ? trade.taker : trade.maker).rawValue)
            json.add("sell_order_id", digits: (isBuyTaker ? trade.maker : trade.taker).rawValue)
            json.add("buyer_user_id", digits: trade.buyer.rawValue)
            json.add("seller_user_id", digits: trade.seller.rawValue)
        }
    }

    private static func add(_ change: OrderChanged, _ writer: inout EventWriter) {
        let instrument = writer.symbol(change.instrument)
        let (open, filled) = (
            writer.text(change.open, change.instrument),
            writer.text(change.filled, change.instrument)
        )
        writer.add("order.canceled.v1", key: instrument) { json in
            json.add("instrument", instrument)
            json.add("order_id", digits: change.order.rawValue)
            json.add("user_id", digits: change.account.rawValue)
            json.add("state", change.state.word)
            json.add("reason", change.reason.word)
            json.add("remaining_quantity", open)
            json.add("filled_quantity", filled)
        }
    }
}
