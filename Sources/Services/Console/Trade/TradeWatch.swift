import Encoding
import HTTP
import Platform

/// Follows a channel of a venue over its WebSocket, over as many connections as it takes.
struct TradeWatch {
    /// Why a connection was left.
    private enum Fault: Error {
        /// It was lost, or the venue asks to come again.
        case connection(String)
        /// There is no point in another one.
        case command(ConsoleError)
    }

    private let call: TradeCall
    private let channel: String
    private let instrument: String
    private let interval: String
    private let countMax: Int
    private let session: TradeSession?
    private let stop = StopSignals()
    private var count = 0
    private var isKnown = false
    private var book = FollowedBook()
    /// Whether only a snapshot helps.
    private var needsSnapshot = true
    /// The last public trade that was printed.
    private var lastTrade: UInt64 = 0

    @Sendable static func run(_ call: TradeCall) throws(ConsoleError) {
        var watch = try TradeWatch(call)
        try watch.follow()
    }

    private init(_ call: TradeCall) throws(ConsoleError) {
        let arguments = call.arguments
        self.call = call
        channel = try arguments.choice(
            "--channel",
            of: ["book", "trades", "ticker", "candles", "orders"]
        )
        let isOwn = channel == "orders"
        instrument = isOwn ? "" : try arguments.requiredText("--instrument", "SYMBOL")
        interval = channel == "candles" ? arguments.text("--interval") ?? "1m" : ""
        countMax = try arguments.number("--count", in: 0...1_000_000_000, standard: 0)
        session = isOwn ? try call.session() : nil
    }

    /// Follows until it is done; the first subscription must come about, later ones are tried again.
    private mutating func follow() throws(ConsoleError) {
        var pauseMilliseconds: Int32 = 250
        while !stop.isRequested {
            let countBefore = count
            do throws(Fault) {
                return try converse()
            } catch {
                switch error {
                case .command(let error): throw error
                case .connection(let reason):
                    guard isKnown else { throw .environment(reason) }
                    call.terminal.note("parallax: \(reason); connecting again")
                }
            }
            if count > countBefore { pauseMilliseconds = 250 }
            if stop.wait(milliseconds: pauseMilliseconds) { return }
            pauseMilliseconds = min(pauseMilliseconds * 2, 5_000)
        }
    }

    // MARK: One connection

    /// Opens a connection and reads what comes, until it is done.
    private mutating func converse() throws(Fault) {
        var limits = WebSocketConnection.Limits()
        limits.messageBytesMax = 8 << 20
        let connection: WebSocketConnection
        do throws(WebSocketError) {
            connection = try WebSocketConnection(call.client.socketURL, limits: limits)
        } catch {
            throw .connection("\(error)".harmless)
        }
        if let session { try signIn(session, connection) }
        try subscribe(connection)
        while !stop.isRequested, countMax == 0 || count < countMax {
            guard let (text, message) = try next(connection) else { continue }
            if let error = message["error"] { try fail(VenueRefusal(message: error)) }
            switch message["type"]?.string {
            case "ack", "pong": continue
            case "resubscribe": try subscribe(connection)
            default: try show(text, message, connection)
            }
        }
    }

    private func fail(_ refusal: VenueRefusal) throws(Fault) {
        // The venue knows the channel, and cannot serve it yet, such as just after its start.
        if refusal.isPassing { throw .connection(refusal.text.harmless) }
        throw .command(refusal.error)
    }

    private func signIn(
        _ session: TradeSession,
        _ connection: WebSocketConnection
    ) throws(Fault) {
        var token = try Self.run { () throws(ConsoleError) in try session.token() }
        for isLast in [false, true] {
            try send(connection) { writer in
                writer.add("type", "auth")
                writer.add("token", token)
            }
            guard let refusal = try awaitAnswer(connection) else { return }
            // The token may have been revoked; another one of the same user may do.
            guard !isLast, refusal.code.hasPrefix("token_") else { return try fail(refusal) }
            token = try Self.run { () throws(ConsoleError) in try session.signIn().token }
        }
    }

    private mutating func subscribe(_ connection: WebSocketConnection) throws(Fault) {
        needsSnapshot = true
        for word in ["unsubscribe", "subscribe"] {
            // What was never subscribed to need not be left.
            if word == "unsubscribe", !isKnown { continue }
            try send(connection) { writer in
                writer.add("type", word)
                writer.add("channel", channel)
                if !instrument.isEmpty { writer.add("instrument", instrument) }
                if !interval.isEmpty { writer.add("interval", interval) }
            }
        }
        guard !isKnown else { return }
        if let refusal = try awaitAnswer(connection) { try fail(refusal) }
        isKnown = true
    }

    /// Waits for the answer to the only message so far: a refusal, or none.
    private func awaitAnswer(_ connection: WebSocketConnection) throws(Fault) -> VenueRefusal? {
        for _ in 0..<20 {
            guard let (_, message) = try next(connection) else {
                if stop.isRequested { return nil }
                continue
            }
            return message["error"].map { VenueRefusal(message: $0) }
        }
        throw .connection("\(call.client.venue): no answer in time")
    }

    // MARK: Messages

    /// The next message as it came, and read; none if there is none for half a second.
    private func next(
        _ connection: WebSocketConnection
    ) throws(Fault) -> (text: String, message: ExactJSON)? {
        let received: WebSocketCodec.Message?
        do throws(WebSocketError) {
            received = try connection.receive(timeoutMilliseconds: 500)
        } catch {
            throw .connection("\(error)".harmless)
        }
        guard case .text(let text) = received else { return nil }
        return (
            text, try Self.run { () throws(ConsoleError) in try call.client.read(Array(text.utf8)) }
        )
    }

    private func send(
        _ connection: WebSocketConnection,
        _ members: (inout JSONWriter) -> Void
    ) throws(Fault) {
        let text = String(decoding: JSONWriter.object(members), as: UTF8.self)
        do throws(WebSocketError) {
            try connection.send(text: text)
        } catch {
            throw .connection("\(error)".harmless)
        }
    }

    private static func run<Result>(
        _ body: () throws(ConsoleError) -> Result
    ) throws(Fault) -> Result {
        do throws(ConsoleError) { return try body() } catch { throw .command(error) }
    }

    /// Prints a message of the channel, if it follows on what was there.
    private mutating func show(
        _ text: String,
        _ message: ExactJSON,
        _ connection: WebSocketConnection
    ) throws(Fault) {
        let isSnapshot = message["type"] == .string("snapshot")
        // What was under way when a snapshot was asked for is older than it.
        if needsSnapshot, !isSnapshot { return }
        needsSnapshot = false
        if channel == "book" {
            let step = book.take(message)
            guard step == .taken else {
                call.terminal.note("parallax: \(step.reason.harmless); asking for the book anew")
                return try subscribe(connection)
            }
        }
        count += 1
        if call.arguments.has("--json") { return call.terminal.line(text.harmless) }
        for line in lines(message, isSnapshot) { call.terminal.line(line.harmless) }
    }

    private mutating func lines(_ message: ExactJSON, _ isSnapshot: Bool) -> [String] {
        switch channel {
        case "book": return ["\(message.cell("time"))  \(book.sequence)  \(book.line)"]
        case "trades": return lines(ofTrades: message["trades"]?.array ?? [], isSnapshot)
        case "ticker":
            return [
                "\(message.cell("time"))  last \(message.cell("last_price")), "
                    + "bid \(message.cell("best_bid")), ask \(message.cell("best_ask")), "
                    + "volume \(message.cell("volume"))"
            ]
        case "candles":
            return (message["candles"]?.array ?? []).map { candle in
                let names = ["open", "high", "low", "close", "volume"]
                return candle.cell("bucket_start") + "  "
                    + names.map { "\($0) \(candle.cell($0))" }.joined(separator: ", ")
            }
        default:
            if isSnapshot { return (message["orders"]?.array ?? []).map(Self.line(ofOrder:)) }
            if message["type"] == .string("fill") {
                return [
                    "\(message.cell("time"))  order \(message.cell("order_id")): trade "
                        + "\(message.cell("trade_id")), \(message.cell("quantity")) at "
                        + "\(message.cell("price")), fee \(message.cell("fee"))"
                ]
            }
            return [Self.line(ofOrder: message)]
        }
    }

    /// The trades that were not printed yet, oldest first.
    private mutating func lines(ofTrades trades: [ExactJSON], _ isSnapshot: Bool) -> [String] {
        let numbered = trades.compactMap { trade in
            UInt64(trade.cell("trade_id")).map { number in (number, trade) }
        }
        let news = (isSnapshot ? numbered.reversed() : numbered).filter { $0.0 > lastTrade }
        var lines: [String] = []
        if isSnapshot, lastTrade > 0, !news.isEmpty, news.count == numbered.count {
            lines.append("trades may be missing here; \"parallax trade trades\" has your own")
        }
        lastTrade = max(lastTrade, news.last?.0 ?? 0)
        return lines
            + news.map { number, trade in
                "\(trade.cell("time"))  trade \(number): \(trade.cell("quantity")) at "
                    + "\(trade.cell("price")), taker \(trade.cell("taker_side"))"
            }
    }

    private static func line(ofOrder order: ExactJSON) -> String {
        "\(order.cell("time"))  order \(order.cell("order_id")): \(order.cell("instrument")) "
            + "\(order.cell("side")) \(order.cell("status")), \(order.cell("filled_qty")) filled, "
            + "\(order.cell("remaining_qty")) open"
    }
}

extension FollowedBook.Step {
    /// What happened, in words.
    fileprivate var reason: String {
        switch self {
        case .taken: "the book is whole"
        case .gap(let have, let needed): "changes are missing from \(have) to \(needed)"
        case .damaged: "the book is not the venue's by its checksum"
        case .malformed: "a message of the book makes no sense"
        }
    }
}
