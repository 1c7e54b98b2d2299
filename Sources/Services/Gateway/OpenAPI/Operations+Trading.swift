internal import Follower
internal import Venue

extension Operation {
    private static let newOrder = [
        Member("instrument", .text()), Member("side", .words(["BUY", "SELL"])),
        Member("type", .words(OrderType.words.map(\.key)), required: false),
        Member("quantity", .decimal), Member("price", .decimal, required: false),
        Member("time_in_force", .words(TimeInForce.words.map(\.key)), required: false),
        Member("trigger_price", .decimal, required: false),
        Member("trail", .decimal, required: false),
        Member("display_quantity", .decimal, required: false),
        Member("post_only", .words(["OFF", "REJECT", "REPRICE"]), required: false),
        Member(
            "self_trade_prevention",
            .words(SelfTradePrevention.words.map(\.key)),
            required: false
        ),
        Member("expires_at", .time, required: false),
        Member("client_order_id", .digits, required: false),
    ]
    private static let order = [
        Member("order_id", .digits), Member("client_order_id", .optional(.digits)),
        Member("status", .words(OrderState.allCases.map(\.word))), Member("reason", .text()),
        Member("instrument", .text()), Member("side", .words(["BUY", "SELL"])),
        Member("price", .optional(.decimalText)), Member("filled_qty", .decimalText),
        Member("remaining_qty", .decimalText), Member("trades", .list(.object)),
        Member("sequence", .digits), Member("timestamp", .time),
    ]
    private static let amendment = [
        Member("instrument", .text()), Member("quantity", .decimal),
        Member("price", .decimal, required: false),
        Member("trigger_price", .decimal, required: false),
        Member("keep_priority", .flag, required: false),
    ]
    private static let page = Member("next_cursor", .optional(.text()))

    /// The same operation on FastEx's path and on that of the versioned interface.
    private static func both(_ method: String, _ path: String, _ make: (String) -> Operation)
        -> [Operation]
    {
        ["/api", "/api/v1"].map { base in make("\(method) \(base)\(path)") }
    }

    static let orders =
        both("POST", "/orders") { route in
            Operation(
                route,
                "Place an order",
                body: newOrder,
                statuses: [201],
                answer: order,
                takesKey: true
            )
        }
        + both("GET", "/orders") { route in
            Operation(
                route,
                "The own orders, newest first",
                query: [
                    Parameter("status", .text(), "all, open, ended, or a status"), instrument,
                    limit, cursor,
                ],
                answer: [Member("orders", .list(.object)), page]
            )
        }
        + both("DELETE", "/orders") { route in
            Operation(
                route,
                "Cancel all own orders, or those on an instrument",
                query: [instrument],
                answer: [
                    Member("cancelled", .integer(0...4_194_304)),
                    Member("order_ids", .list(.digits)), Member("sequence", .digits),
                ]
            )
        }
        + both("GET", "/orders/{id}") { route in
            Operation(route, "One of the own orders", answer: [Member("order_id", .digits)])
        }
        + both("PATCH", "/orders/{id}") { route in
            Operation(route, "Amend an order", body: amendment, answer: order)
        }
        + both("DELETE", "/orders/{id}") { route in
            Operation(route, "Cancel an order", query: [instrument], answer: order)
        }

    static let own =
        both("GET", "/balances") { route in
            Operation(
                route,
                "The own balances",
                answer: [Member("balances", .list(.object)), Member("sequence", .digits)]
            )
        }
        + both("GET", "/trades") { route in contracts(route, "The own trades", "trades") }
        + both("GET", "/contracts") { route in
            contracts(route, "The own contracts with the clearing house", "contracts")
        }
        + both("GET", "/trades/{id}/bundle") { route in
            Operation(
                route,
                "The bundle that proves a trade",
                query: [Parameter("side", .text(), "buy or sell, where both are one's own")],
                answer: nil,
                contentType: "application/cose; cose-type=\"cose-sign1\""
            )
        }
        + [
            Operation("GET /api/v1/trades/{id}", "One of the own trades"),
            Operation("GET /api/v1/contracts/{id}", "One of the own contracts"),
            Operation(
                "GET /api/v1/ledger",
                "The own lines of the double-entry ledger",
                query: [Parameter("asset", .text(), "a symbol"), limit, cursor],
                answer: [Member("entries", .list(.object)), page]
            ),
        ]

    private static func contracts(
        _ route: String,
        _ summary: String,
        _ member: String
    ) -> Operation {
        Operation(
            route,
            summary,
            query: [
                instrument, Parameter("order_id", .digits, "the order that made them"),
                Parameter("settlement", .text(), "spot or service"),
                Parameter("state", .text(), "waiting, settled, failed or expired"), limit, cursor,
            ],
            answer: [Member(member, .list(.object)), page]
        )
    }

    private static let amount = [Member("asset", .text()), Member("amount", .decimal)]
    private static let status = Parameter("status", .text(), "the state of the transfer")

    static let transfers =
        ["POST /api/deposits", "POST /api/v1/faucet"].map { route in
            Operation(
                route,
                "Give oneself test funds, where the venue allows that",
                body: amount,
                answer: [
                    Member("user_id", .text()), Member("asset", .text()),
                    Member("available", .decimalText), Member("locked", .decimalText),
                ],
                takesKey: true
            )
        } + [
            Operation(
                "GET /api/v1/deposits",
                "The own deposits",
                query: [status, limit, cursor],
                answer: [Member("deposits", .list(.object)), page]
            ),
            Operation(
                "POST /api/v1/withdrawals",
                "Ask for a withdrawal",
                body: amount + [Member("destination", .text())],
                statuses: [200, 201],
                answer: [Member("id", .digits), Member("status", .text())],
                takesKey: true
            ),
            Operation(
                "GET /api/v1/withdrawals",
                "The own withdrawals",
                query: [status, limit, cursor],
                answer: [Member("withdrawals", .list(.object)), page]
            ),
            Operation("GET /api/v1/withdrawals/{id}", "One of the own withdrawals"),
            Operation("DELETE /api/v1/withdrawals/{id}", "Take back a request"),
            Operation(
                "POST /api/v1/operator/deposits",
                "Credit what has arrived",
                body: amount + [Member("username", .text()), Member("reference", .text())]
            ),
            Operation(
                "GET /api/v1/operator/withdrawals",
                "All withdrawals",
                query: [status, limit, cursor],
                answer: [Member("withdrawals", .list(.object)), page]
            ),
            Operation(
                "POST /api/v1/operator/withdrawals/{id}/approve",
                "The first step of an operator",
                body: []
            ),
            Operation(
                "POST /api/v1/operator/withdrawals/{id}/reject",
                "Reject a withdrawal",
                body: []
            ),
            Operation(
                "POST /api/v1/operator/withdrawals/{id}/execute",
                "The second step, by another operator",
                body: []
            ),
        ]
}
