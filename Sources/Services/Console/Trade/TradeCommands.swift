import Encoding

/// What a command of `parallax trade` works with.
struct TradeCall {
    let arguments: Arguments
    let client: VenueClient
    let terminal: Terminal

    /// Who asks; the options of the key must be there.
    func session() throws(ConsoleError) -> TradeSession {
        try TradeSession(arguments, client, terminal)
    }

    /// Prints the venue's JSON as it came, or else what `lines` makes of it.
    func show(
        _ bytes: [UInt8],
        _ lines: (ExactJSON) throws(ConsoleError) -> [String]
    ) throws(ConsoleError) {
        let value = try client.read(bytes)
        if arguments.has("--json") {
            terminal.line(String(decoding: bytes, as: UTF8.self).harmless)
        } else {
            for line in try lines(value) { terminal.line(line) }
        }
    }
}

extension Console {
    static var tradeCommands: [CommandSyntax] {
        [
            trade(
                "register",
                "register at a venue with your key",
                isOwn: true,
                run: TradeIdentity.register
            ),
            trade(
                "login",
                "sign in with your key, and keep the tokens beside it",
                isOwn: true,
                run: TradeIdentity.signIn
            ),
            trade(
                "instruments",
                "print what is traded, and in which steps",
                run: TradeLists.instruments
            ),
            trade("balances", "print what you have", isOwn: true, run: TradeLists.balances),
            trade(
                "fund",
                "give yourself test funds, where the venue has them",
                options: [
                    OptionSyntax("--asset", "SYMBOL", "what, such as USD"),
                    OptionSyntax("--amount", "N", "how much"),
                    memberKeyOption,
                ],
                isOwn: true,
                run: TradeOrders.fund
            ),
            placeSyntax,
            amendSyntax,
            trade(
                "cancel",
                "cancel an order, or all of them",
                options: orderOptions + [
                    OptionSyntax("--all", "", "all your orders"),
                    OptionSyntax("--instrument", "SYMBOL", "with --all: only those on it"),
                ],
                isOwn: true,
                run: TradeOrders.cancel
            ),
            trade(
                "orders",
                "print your orders",
                options: [OptionSyntax("--status", "WORD", "open, ended or all (default: open)")]
                    + listOptions,
                isOwn: true,
                run: TradeLists.orders
            ),
            trade(
                "trades",
                "print your trades",
                options: listOptions,
                isOwn: true,
                run: TradeLists.trades
            ),
            trade(
                "book",
                "print the book of an instrument",
                options: [
                    instrumentOption,
                    OptionSyntax("--depth", "N", "how many prices of each side (default: 10)"),
                ],
                run: TradeLists.book
            ),
            watchSyntax,
            trade(
                "bundle",
                "save the bundle that proves a trade, and what it is verified with",
                options: [
                    OptionSyntax("--trade", "ID", "the number of the trade"),
                    OptionSyntax("--side", "SIDE", "if both sides are yours: buy or sell"),
                    OptionSyntax("--out", "FILE", "where to write it (default: trade-ID.bundle)"),
                    OptionSyntax(
                        "--trust",
                        "FILE",
                        "where to write the keys (default: trust.json)"
                    ),
                ],
                isOwn: true,
                run: TradeLists.bundle
            ),
        ]
    }

    static var instrumentOption: OptionSyntax {
        OptionSyntax("--instrument", "SYMBOL", "what is traded, such as BTC-USD")
    }

    private static var memberKeyOption: OptionSyntax {
        OptionSyntax(
            "--idempotency-key",
            "TEXT",
            "the name under which it is done only once (default: a new one)"
        )
    }

    private static var orderOptions: [OptionSyntax] {
        [
            OptionSyntax("--order", "ID", "the venue's number of the order"),
            OptionSyntax("--client-id", "N", "or your own number of it"),
        ]
    }

    private static var listOptions: [OptionSyntax] {
        [
            OptionSyntax("--instrument", "SYMBOL", "only those on it"),
            OptionSyntax("--limit", "N", "how many (default: 50)"),
            OptionSyntax("--cursor", "TEXT", "where to go on, as the last list says"),
        ]
    }

    private static var placeSyntax: CommandSyntax {
        trade(
            "place",
            "place an order",
            details: """
                Numbers are decimal and go to the venue as they are written. The order has a name under which
                the venue carries it out only once, so it is sent again when the answer is lost. If the
                outcome stays unknown, the same command with the printed --idempotency-key learns it.
                """,
            options: [
                instrumentOption, OptionSyntax("--side", "SIDE", "buy or sell"),
                OptionSyntax("--quantity", "N", "how much"),
                OptionSyntax("--price", "N", "the limit"),
                OptionSyntax(
                    "--type",
                    "TYPE",
                    "limit, market, stop, stop-limit, trailing-stop (default: limit with --price, else market)"
                ),
                OptionSyntax("--trigger-price", "N", "of stops: the price that starts them"),
                OptionSyntax("--trail", "N", "of trailing stops: the distance"),
                OptionSyntax("--display-quantity", "N", "show only so much (iceberg)"),
                OptionSyntax("--time-in-force", "WORD", "GTC, IOC, FOK, GTT or DAY"),
                OptionSyntax("--expires-at", "TIME", "with GTT, such as 2026-12-01T00:00:00Z"),
                OptionSyntax("--post-only", "WORD", "if it would take: reject or reprice"),
                OptionSyntax(
                    "--self-trade-prevention",
                    "WORD",
                    "none, cancel-newest, cancel-oldest, cancel-both or decrement"
                ),
                OptionSyntax("--client-id", "N", "your own number of the order, from 1"),
                memberKeyOption,
            ],
            isOwn: true,
            run: TradeOrders.place
        )
    }

    private static var amendSyntax: CommandSyntax {
        trade(
            "amend",
            "change an order",
            details: """
                It is not sent again when the answer is lost: after a fill in between, it would mean something
                else. "parallax trade orders" shows what became of it.
                """,
            options: orderOptions + [
                instrumentOption,
                OptionSyntax("--quantity", "N", "what is to be open afterwards"),
                OptionSyntax("--price", "N", "the new limit"),
                OptionSyntax("--trigger-price", "N", "the new trigger"),
                OptionSyntax("--keep-priority", "", "refuse what would cost the order its place"),
            ],
            isOwn: true,
            run: TradeOrders.amend
        )
    }

    private static var watchSyntax: CommandSyntax {
        trade(
            "watch",
            "follow what happens, until a signal asks to stop",
            details: """
                It connects again when the connection is lost. A book is checked against the venue's checksum
                with each change, and asked for anew after a gap. With --json it prints the venue's messages,
                one on each line.
                """,
            options: [
                instrumentOption,
                OptionSyntax(
                    "--channel",
                    "NAME",
                    "book, trades, ticker, candles or orders (default: book)"
                ),
                OptionSyntax("--interval", "WORD", "of candles, 1s to 1d (default: 1m)"),
                OptionSyntax("--count", "N", "stop after so many messages (default: 0, never)"),
            ],
            isOwn: true,
            run: TradeWatch.run
        )
    }

    private static func trade(
        _ name: String,
        _ summary: String,
        details: String = "",
        options: [OptionSyntax] = [],
        isOwn: Bool = false,
        run body: @escaping @Sendable (TradeCall) throws(ConsoleError) -> Void
    ) -> CommandSyntax {
        CommandSyntax(
            "trade " + name,
            summary: summary,
            details: details,
            options: options + (isOwn ? TradeSession.options : []) + VenueClient.options
                + [OptionSyntax("--json", "", "print the venue's JSON and nothing else")]
        ) { arguments, terminal throws(ConsoleError) in
            let client = try VenueClient(arguments)
            try body(TradeCall(arguments: arguments, client: client, terminal: terminal))
        }
    }
}

/// The commands that say who one is.
enum TradeIdentity {
    @Sendable static func register(_ call: TradeCall) throws(ConsoleError) {
        let session = try call.session()
        try call.show(session.register()) { user throws(ConsoleError) in
            [
                "\(session.user.harmless) is registered at \(call.client.venue), "
                    + "as user \(user.cell("user_id").harmless)"
            ]
        }
    }

    @Sendable static func signIn(_ call: TradeCall) throws(ConsoleError) {
        let session = try call.session()
        let (_, seconds) = try session.signIn()
        if call.arguments.has("--json") {
            // The token stays in its file: outputs are kept and shown.
            var json = JSONObject()
            json.add("user", session.user)
            json.add("venue", call.client.venue)
            json.add("seconds", seconds)
            call.terminal.line(json.description)
        } else {
            call.terminal.line(
                "\(session.user.harmless) is signed in at \(call.client.venue) "
                    + "for \(seconds / 60) minutes"
            )
        }
    }
}
