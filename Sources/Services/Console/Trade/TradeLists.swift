import Encoding

/// The commands that only read.
enum TradeLists {
    @Sendable static func instruments(_ call: TradeCall) throws(ConsoleError) {
        let columns = ["symbol", "phase", "#tick", "#lot", "#quantity_max", "settlement"]
        try list(call, call.client.send(.get("/api/v1/instruments")), "instruments", columns)
    }

    @Sendable static func balances(_ call: TradeCall) throws(ConsoleError) {
        let columns = ["asset", "#available", "#locked"]
        try list(call, call.session().send(.get("/api/v1/balances")), "balances", columns)
    }

    @Sendable static func orders(_ call: TradeCall) throws(ConsoleError) {
        let status = PathPart(call.arguments.text("--status") ?? "open")
        let path = try "/api/v1/orders?status=\(status)" + query(call.arguments)
        let columns = [
            "#order_id", "#client_order_id", "instrument", "side", "order_type", "#price",
            "#quantity", "#remaining_qty", "status",
        ]
        try list(call, call.session().send(.get(path)), "orders", columns)
    }

    @Sendable static func trades(_ call: TradeCall) throws(ConsoleError) {
        let path = try "/api/v1/trades?" + query(call.arguments).dropFirst()
        let columns = [
            "#trade_id", "instrument", "side", "#price", "#quantity", "#fee", "liquidity", "state",
            "time",
        ]
        try list(call, call.session().send(.get(path)), "trades", columns)
    }

    /// Which part of a list the options ask for.
    private static func query(_ arguments: Arguments) throws(ConsoleError) -> String {
        var query = "&limit=" + String(try arguments.number("--limit", in: 1...500, standard: 50))
        if let symbol = arguments.text("--instrument") {
            query += "&instrument=\(PathPart(symbol))"
        }
        if let cursor = arguments.text("--cursor") { query += "&cursor=\(PathPart(cursor))" }
        return query
    }

    /// Prints a list as a table, and how to go on.
    private static func list(
        _ call: TradeCall,
        _ bytes: [UInt8],
        _ name: String,
        _ columns: [String]
    ) throws(ConsoleError) {
        try call.show(bytes) { answer throws(ConsoleError) in
            var table = TradeTable(columns)
            for row in answer[name]?.array ?? [] {
                table.add(columns.map { row.cell($0.hasPrefix("#") ? String($0.dropFirst()) : $0) })
            }
            let next = answer.cell("next_cursor")
            return table.lines + (next.isEmpty ? [] : ["there are more: --cursor \(next.harmless)"])
        }
    }

    @Sendable static func book(_ call: TradeCall) throws(ConsoleError) {
        let symbol = try call.arguments.requiredText("--instrument", "SYMBOL")
        let depth = try call.arguments.number("--depth", in: 1...1_000, standard: 10)
        let path = "/market/book/\(PathPart(symbol))?depth=\(depth)"
        try call.show(call.client.send(.get(path))) { book throws(ConsoleError) in
            var table = TradeTable(["side", "#price", "#quantity", "#orders"])
            func add(_ side: String, _ levels: [ExactJSON]) {
                for level in levels {
                    let cells = ["price", "quantity", "order_count"].map { level.cell($0) }
                    table.add([side] + cells)
                }
            }
            // The best prices meet in the middle.
            add("ask", (book["asks"]?.array ?? []).reversed())
            add("bid", book["bids"]?.array ?? [])
            return table.lines
        }
    }

    @Sendable static func bundle(_ call: TradeCall) throws(ConsoleError) {
        let arguments = call.arguments
        let trade = try arguments.requiredText("--trade", "ID")
        let part = PathPart(trade).description
        let path = arguments.text("--out") ?? "trade-\(part).bundle"
        let trust = arguments.text("--trust") ?? "trust.json"
        let side = arguments.text("--side").map { "?side=\(PathPart($0))" } ?? ""
        let session = try call.session()
        // A trade of the last second has no proof yet; the venue says so, and is asked again.
        let bundle = try session.send(.get("/api/v1/trades/\(part)/bundle" + side))
        let keys = try call.client.send(.get("/api/v1/trust"))
        try Console.writeFile(path, bundle)
        try Console.writeFile(trust, keys)
        let command = "parallax verify \(path) --trust \(trust)"
        if arguments.has("--json") {
            var json = JSONObject()
            json.add("trade", trade)
            json.add("file", path)
            json.add("bytes", bundle.count)
            json.add("trust", trust)
            json.add("verify", command)
            return call.terminal.line(json.description)
        }
        call.terminal.line("\(path): \(bundle.count.grouped) bytes, the proof of trade \(part)")
        call.terminal.line(
            "\(trust): the keys that this venue says it has; compare them with others"
        )
        call.terminal.line("verify it: \(command)")
    }
}
