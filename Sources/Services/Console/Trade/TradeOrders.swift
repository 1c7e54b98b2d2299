import Encoding
import Platform

/// The commands that change something.
enum TradeOrders {
    // MARK: Placing

    @Sendable static func place(_ call: TradeCall) throws(ConsoleError) {
        let arguments = call.arguments
        let instrument = try arguments.requiredText("--instrument", "SYMBOL")
        let side = try arguments.requiredText("--side", "buy")
        let quantity = try arguments.requiredText("--quantity", "N")
        let type = arguments.text("--type") ?? (arguments.has("--price") ? "limit" : "market")
        let key = try idempotencyKey(arguments)
        let request = VenueRequest.post("/api/v1/orders") { writer in
            writer.add("instrument", instrument)
            writer.add("side", word(side))
            writer.add("type", word(type))
            writer.add("quantity", quantity)
            for (option, name) in texts {
                if let text = arguments.text(option) {
                    writer.name(name)
                    writer.string(text)
                }
            }
            for (option, name) in words {
                if let text = arguments.text(option) {
                    writer.name(name)
                    writer.string(word(text))
                }
            }
        }
        try call.show(send(call, request, key: key), lines)
    }

    /// The options whose text goes to the venue as it is.
    private static let texts: KeyValuePairs<String, StaticString> = [
        "--price": "price", "--trigger-price": "trigger_price", "--trail": "trail",
        "--display-quantity": "display_quantity", "--expires-at": "expires_at",
        "--client-id": "client_order_id",
    ]

    /// The options that are words of the venue's.
    private static let words: KeyValuePairs<String, StaticString> = [
        "--time-in-force": "time_in_force", "--post-only": "post_only",
        "--self-trade-prevention": "self_trade_prevention",
    ]

    /// A word as the venue writes it: `stop-limit` is `STOP_LIMIT` there.
    private static func word(_ text: String) -> String {
        String(text.uppercased().map { $0 == "-" ? "_" : $0 })
    }

    /// The name under which something is done once: made here once, and kept over all repetitions.
    private static func idempotencyKey(_ arguments: Arguments) throws(ConsoleError) -> String {
        guard let text = arguments.text("--idempotency-key") else {
            return String(SystemRandom.word(), radix: 16) + String(SystemRandom.word(), radix: 16)
        }
        let isPrintable = text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
        guard isPrintable, (1...255).contains(text.utf8.count) else {
            throw arguments.usage(
                "option --idempotency-key has 1 to 255 printable characters and no blanks"
            )
        }
        return text
    }

    /// Sends what has a name, and says the name if the outcome stays unknown.
    private static func send(
        _ call: TradeCall,
        _ request: VenueRequest,
        key: String
    ) throws(ConsoleError) -> [UInt8] {
        let session = try call.session()
        var request = request
        request.headers.append(("Idempotency-Key", key))
        do throws(ConsoleError) {
            return try session.send(request)
        } catch {
            guard case .environment(let reason) = error else { throw error }
            throw .environment("\(reason); ask again with --idempotency-key \(key)")
        }
    }

    /// What became of an order.
    @Sendable private static func lines(_ order: ExactJSON) -> [String] {
        var lines = [
            "order \(order.cell("order_id").harmless): \(order.cell("status").harmless), "
                + "\(order.cell("filled_qty").harmless) filled, "
                + "\(order.cell("remaining_qty").harmless) open"
        ]
        for trade in order["trades"]?.array ?? [] {
            lines.append(
                "  trade \(trade.cell("trade_id").harmless): \(trade.cell("quantity").harmless) at "
                    + trade.cell("price").harmless
            )
        }
        return lines
    }

    // MARK: Funds

    @Sendable static func fund(_ call: TradeCall) throws(ConsoleError) {
        let asset = try call.arguments.requiredText("--asset", "USD")
        let amount = try call.arguments.requiredText("--amount", "N")
        let key = try idempotencyKey(call.arguments)
        let request = VenueRequest.post("/api/v1/faucet") { writer in
            writer.add("asset", asset)
            writer.add("amount", amount)
        }
        try call.show(send(call, request, key: key)) { balance throws(ConsoleError) in
            [
                "\(balance.cell("asset").harmless): \(balance.cell("available").harmless) "
                    + "available, \(balance.cell("locked").harmless) locked"
            ]
        }
    }

    // MARK: Changing

    /// The path of the order that the options name.
    private static func path(_ arguments: Arguments) throws(ConsoleError) -> String {
        switch (arguments.text("--order"), arguments.text("--client-id")) {
        case (let order?, nil): return "/api/v1/orders/\(PathPart(order))"
        case (nil, let client?): return "/api/v1/orders/client:\(PathPart(client))"
        case (nil, nil): throw arguments.usage("say which order: --order ID or --client-id N")
        case (.some, .some): throw arguments.usage("give --order or --client-id, not both")
        }
    }

    @Sendable static func amend(_ call: TradeCall) throws(ConsoleError) {
        let arguments = call.arguments
        let path = try path(arguments)
        let instrument = try arguments.requiredText("--instrument", "SYMBOL")
        let quantity = try arguments.requiredText("--quantity", "N")
        let body = JSONWriter.object { writer in
            writer.add("instrument", instrument)
            writer.add("quantity", quantity)
            if let price = arguments.text("--price") { writer.add("price", price) }
            if let price = arguments.text("--trigger-price") { writer.add("trigger_price", price) }
            if arguments.has("--keep-priority") { writer.add("keep_priority", true) }
        }
        let request = VenueRequest(
            method: "PATCH",
            path: path,
            body: body,
            repetition: .harmful
        )
        try call.show(call.session().send(request), lines)
    }

    @Sendable static func cancel(_ call: TradeCall) throws(ConsoleError) {
        let arguments = call.arguments
        if arguments.has("--all") {
            guard !arguments.has("--order"), !arguments.has("--client-id") else {
                throw arguments.usage("give --all or an order, not both")
            }
            let part = arguments.text("--instrument").map { "?instrument=\(PathPart($0))" }
            let request = VenueRequest(method: "DELETE", path: "/api/v1/orders" + (part ?? ""))
            return try call.show(call.session().send(request)) { answer throws(ConsoleError) in
                ["cancelled orders: \(answer.cell("cancelled").harmless)"]
            }
        }
        // Cancelling twice leaves what cancelling once leaves.
        let request = VenueRequest(method: "DELETE", path: try path(arguments))
        try call.show(call.session().send(request), lines)
    }
}
