extension Operation {
    private static let depth = Parameter("depth", .integer(1...1_000), "how many prices a side")

    static let market =
        ["GET /api/orderbook/{instrument}", "GET /market/book/{instrument}"].map { route in
            Operation(
                route,
                "The book by its prices",
                query: [depth],
                answer: [
                    Member("instrument", .text()), Member("bids", .list(.object)),
                    Member("asks", .list(.object)), Member("best_bid", .optional(.decimalText)),
                    Member("best_ask", .optional(.decimalText)),
                    Member("spread", .optional(.decimalText)),
                ]
            )
        } + [
            Operation(
                "GET /api/v1/assets",
                "What can be owned",
                answer: [Member("assets", .list(.object))]
            ),
            Operation(
                "GET /api/v1/instruments",
                "What can be traded",
                answer: [Member("instruments", .list(.object))]
            ),
            Operation(
                "GET /market/orders/{instrument}",
                "The book by its orders",
                query: [depth],
                answer: [Member("bids", .list(.object)), Member("asks", .list(.object))]
            ),
            Operation(
                "GET /market/ticker/{instrument}",
                "The ticker",
                answer: [
                    Member("instrument", .text()), Member("last_price", .optional(.decimalText)),
                    Member("volume", .decimalText),
                ]
            ),
            Operation(
                "GET /market/candles/{instrument}",
                "Candles, oldest first",
                query: [
                    Parameter("interval", .text(), "1s, 5s, 15s, 1m, 5m, 15m, 1h, 4h or 1d"), limit,
                    Parameter("before", .time, "only candles that begin before"),
                ],
                answer: [Member("candles", .list(.object))]
            ),
            Operation(
                "GET /market/trades/{instrument}",
                "Trades, newest first",
                query: [limit, Parameter("before", .digits, "only trades before that one")],
                answer: [Member("trades", .list(.object))]
            ),
        ]

    static let venue =
        [
            Operation(
                "GET /healthz",
                "Whether the venue lives",
                statuses: [200, 503],
                answer: [Member("status", .text())]
            ),
            Operation(
                "GET /readyz",
                "Whether it takes orders",
                statuses: [200, 503],
                answer: [Member("status", .text()), Member("obstacles", .list(.text()))]
            ),
            Operation(
                "GET /metrics",
                "Metrics for Prometheus",
                answer: nil,
                contentType: "text/plain; version=0.0.4; charset=utf-8"
            ),
            Operation(
                "GET /openapi.json",
                "This description",
                answer: [Member("openapi", .text())]
            ),
            Operation(
                "GET /api/v1/venue",
                "The venue",
                answer: [
                    Member("venue", .text()), Member("test_funds", .flag), Member("log", .flag),
                    Member("durable_sequence", .digits), Member("server_time", .time),
                ]
            ),
            Operation("GET /api/v1/trust", "What bundles are verified with"),
            Operation(
                "GET /1.0/identifiers/{did}",
                "Resolve a DID",
                statuses: [200, 410],
                answer: [
                    Member("didDocument", .optional(.object)),
                    Member("didResolutionMetadata", .object),
                    Member("didDocumentMetadata", .object),
                ],
                contentType: "application/ld+json;profile=\"https://w3id.org/did-resolution\""
            ),
            Operation(
                "GET /log/checkpoint",
                "The newest checkpoint of the transparency log",
                answer: nil,
                contentType: "text/plain; charset=utf-8"
            ),
        ]
        + ["{a}", "{a}/{b}", "{a}/{b}/{c}", "{a}/{b}/{c}/{d}", "{a}/{b}/{c}/{d}/{e}"].map { path in
            Operation(
                "GET /log/tile/{level}/" + path,
                "A tile of the transparency log",
                answer: nil,
                contentType: "application/octet-stream"
            )
        }

    static let offices = [
        Operation(
            "POST /api/v1/operator/instruments/{instrument}/phase",
            "Move an instrument into another phase",
            body: [
                Member(
                    "phase",
                    .words([
                        "CLOSED", "OPENING_AUCTION", "CONTINUOUS", "HALTED", "CLOSING_AUCTION",
                    ])
                )
            ]
        ),
        Operation(
            "GET /api/v1/regulator/balances",
            "Everybody's balances",
            query: [reason, limit, cursor],
            answer: [Member("balances", .list(.object)), Member("next_cursor", .optional(.text()))]
        ),
        Operation(
            "GET /api/v1/regulator/users/{username}/orders",
            "Somebody's orders",
            query: [reason, limit, cursor],
            answer: [Member("orders", .list(.object)), Member("next_cursor", .optional(.text()))]
        ),
        Operation(
            "GET /api/v1/regulator/users/{username}/trades",
            "Somebody's trades",
            query: [reason, limit, cursor],
            answer: [Member("trades", .list(.object)), Member("next_cursor", .optional(.text()))]
        ),
    ]
}
