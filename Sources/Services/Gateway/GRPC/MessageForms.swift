// The messages of proto/parallax/v1 that have the members of the REST interface; fields are counted from 1 in this
// order. Those that must be fast or are no objects of REST are written by hand beside them.
extension MessageForm {
    // MARK: trading.proto

    static let placeOrder = MessageForm([
        "instrument": .text, "side": .text, "type": .text, "quantity": .text, "price": .text,
        "time_in_force": .text, "expires_at": .text, "trigger_price": .text, "trail": .text,
        "display_quantity": .text, "post_only": .text, "self_trade_prevention": .text,
        "client_order_id": .number, "idempotency_key": .text,
    ])

    static let amendOrder = MessageForm([
        "order_id": .number, "client_order_id": .number, "instrument": .text, "quantity": .text,
        "price": .text, "trigger_price": .text, "keep_priority": .flag,
    ])

    static let cancelOrder = MessageForm(["order_id": .number, "client_order_id": .number])

    static let massCancel = MessageForm(["instrument": .text])

    static let listOrders = MessageForm([
        "status": .text, "instrument": .text, "limit": .number, "cursor": .text,
    ])

    static let orders = MessageForm(["orders": .messages(order), "next_cursor": .text])

    static let order = MessageForm([
        "order_id": .number, "client_order_id": .number, "instrument": .text, "side": .text,
        "order_type": .text, "time_in_force": .text, "status": .text, "reason": .text,
        "price": .text, "trigger_price": .text, "quantity": .text, "filled_qty": .text,
        "remaining_qty": .text, "placed_at": .text, "time": .text, "sequence": .number,
    ])

    // MARK: market_data.proto

    static let nothing = MessageForm([:])

    static let instruments = MessageForm(["instruments": .messages(instrument)])

    static let instrument = MessageForm([
        "symbol": .text, "base": .text, "quote": .text, "price_decimals": .number,
        "quantity_decimals": .number, "tick": .text, "lot": .text, "quantity_max": .text,
        "maker_fee_rate": .signed, "taker_fee_rate": .signed, "settlement": .text,
        "window_start": .text, "window_end": .text, "price_low": .text, "price_high": .text,
        "phase": .text,
    ])

    static let getBook = MessageForm(["instrument": .text, "depth": .number])

    static let book = MessageForm([
        "instrument": .text, "sequence": .number, "time": .text, "bids": .messages(level),
        "asks": .messages(level), "checksum": .number,
    ])

    static let level = MessageForm([
        "price": .text, "quantity": .text, "order_count": .number,
    ])

    static let subscribe = MessageForm(["channels": .messages(channel)])

    static let channel = MessageForm(["channel": .text, "instrument": .text, "interval": .text])

    // MARK: accounts.proto

    static let balances = MessageForm(["balances": .messages(balance), "sequence": .number])

    static let balance = MessageForm(["asset": .text, "available": .text, "locked": .text])

    static let listTrades = MessageForm([
        "instrument": .text, "order_id": .number, "settlement": .text, "state": .text,
        "limit": .number, "cursor": .text,
    ])

    static let trades = MessageForm(["trades": .messages(trade), "next_cursor": .text])

    static let trade = MessageForm([
        "trade_id": .number, "contract_id": .number, "order_id": .number,
        "client_order_id": .number, "instrument": .text, "side": .text, "liquidity": .text,
        "price": .text, "quantity": .text, "notional": .text, "fee": .text, "delivery": .text,
        "counterparty": .text, "settlement": .text, "state": .text, "time": .text,
        "ended_at": .text, "certificate": .text, "sequence": .number,
    ])

    static let getBundle = MessageForm(["trade_id": .number, "side": .text])
}
