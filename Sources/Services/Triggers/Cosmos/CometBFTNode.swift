internal import ComponentHost
internal import Encoding
internal import Ethereum
internal import HTTP
internal import Platform

/// Questions to one endpoint of a Cosmos chain.
struct CometBFTNode {
    let name: String
    let client: JSONRPCClient

    /// A node gives no more transactions on a page.
    private static let pageCount: UInt64 = 100
    /// Pages of the transactions of one block.
    private static let pageCountMax: UInt64 = 1_000

    func status() throws(TriggerError) -> CometBFTStatus {
        guard let status = CometBFTStatus(try ask("status", [])) else {
            throw malformed("status")
        }
        return status
    }

    /// The events of the transactions of a block, in order.
    func events(_ height: UInt64, _ form: AttributeForm) throws(TriggerError) -> [CosmosEvent] {
        let result: JSONValue
        do throws(JSONRPCError) {
            result = try client.call("block_results", [.string(Text("\(height)"))])
        } catch {
            // A node may keep no results, and say so; then the index of transactions has the same events.
            guard case .refused = error else {
                throw .unreachable(source: name, reason: "\(error)")
            }
            return try search(height, form)
        }
        guard let events = CometBFTAnswers.blockResults(result, height: height, form) else {
            throw malformed("block_results")
        }
        return events
    }

    private func search(
        _ height: UInt64,
        _ form: AttributeForm
    ) throws(TriggerError) -> [CosmosEvent] {
        var all: [(index: UInt64, events: [CosmosEvent])] = []
        for page in 1...Self.pageCountMax {
            let result = try ask(
                "tx_search",
                [
                    .string(Text("tx.height=\(height)")), .boolean(false),
                    .string(Text("\(page)")), .string(Text("\(Self.pageCount)")),
                    .string("asc"),
                ]
            )
            guard let found = CometBFTAnswers.search(result, height: height, form) else {
                throw malformed("tx_search")
            }
            all += found.transactions
            if found.transactions.isEmpty || UInt64(all.count) >= found.total { break }
        }
        return all.sorted { left, right in left.index < right.index }.flatMap(\.events)
    }

    private func ask(
        _ method: String,
        _ parameters: [JSONValue]
    ) throws(TriggerError) -> JSONValue {
        do throws(JSONRPCError) { return try client.call(method, parameters) } catch {
            throw .unreachable(source: name, reason: "\(error)")
        }
    }

    private func malformed(_ method: String) -> TriggerError {
        .unreachable(source: name, reason: "the answer to \(method) is malformed")
    }
}

/// Says when a Cosmos chain has a new block, by a subscription; without one, time does.
final class CometBFTNotices {
    private let interrupt: WebSocketInterrupt?
    private let clock: any Clock
    private var socket: WebSocketConnection?
    /// When to try again after a failure.
    private var triesAgain: UInt64 = 0

    private static let subscription =
        #"{"jsonrpc":"2.0","id":1,"method":"subscribe","params":{"query":"tm.event='NewBlock'"}}"#
    private static let pauseNanoseconds: UInt64 = 60_000_000_000

    init(interrupt: WebSocketInterrupt?, clock: any Clock) {
        self.interrupt = interrupt
        self.clock = clock
    }

    func disconnect() { socket = nil }

    /// Waits for a new block, or until the time is over; false at once if nothing can say so.
    func wait(_ endpoint: String, milliseconds: Int) -> Bool {
        do throws(WebSocketError) {
            guard let socket = try connected(endpoint) else { return false }
            while let message = try socket.receive(timeoutMilliseconds: milliseconds) {
                guard case .text(let text) = message,
                    let notice = CometBFTAnswers.notice(text)
                else { continue }
                switch notice {
                case .block: return true
                case .subscribed: continue
                case .refused: return giveUp()
                }
            }
            return true
        } catch {
            return giveUp()
        }
    }

    private func giveUp() -> Bool {
        socket = nil
        triesAgain = clock.monotonicNanoseconds() &+ Self.pauseNanoseconds
        return false
    }

    private func connected(_ endpoint: String) throws(WebSocketError) -> WebSocketConnection? {
        if let socket { return socket }
        guard clock.monotonicNanoseconds() >= triesAgain else { return nil }
        var url = endpoint.hasSuffix("/") ? String(endpoint.dropLast()) : endpoint
        // `http` becomes `ws` and `https` becomes `wss`.
        url = "ws" + url.dropFirst(4) + "/websocket"
        var limits = WebSocketConnection.Limits()
        limits.messageBytesMax = 8 << 20
        let made = try WebSocketConnection(url, limits: limits, interrupt: interrupt)
        try made.send(text: Self.subscription)
        socket = made
        return made
    }
}
