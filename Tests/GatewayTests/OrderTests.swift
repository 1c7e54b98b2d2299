import Encoding
import Gateway
import HTTP
import TestSupport
import Testing

@Suite("orders over REST", .serialized)
struct OrderTests {
    @Test("an order is answered in FastEx's shape when it is durable, with its trades")
    func tradesInShape() throws {
        try TestVenue.with { venue in
            let seller = try venue.trader("seller")
            let buyer = try venue.trader("buyer")
            let resting = try venue.json(
                201,
                "POST",
                "/api/orders",
                TestVenue.order("SELL", "50000", "1"),
                as: seller
            )
            #expect(resting["status"] == .string("open"))
            #expect(resting["trades"] == .array([]))
            let taken = try venue.json(
                201,
                "POST",
                "/api/orders",
                #"{"instrument":"BTC-USD","side":"BUY","type":"MARKET","quantity":0.25}"#,
                as: buyer
            )
            #expect(taken["status"] == .string("filled"))
            #expect(taken["filled_qty"] == .string("0.250"))
            let trade = try #require(taken["trades"]?.array?.first)
            #expect(trade["price"] == .string("50000.00"))
            #expect(trade["quantity"] == .string("0.250"))
            #expect(trade["buyer_user_id"] == .string(buyer.userID))
            #expect(trade["seller_user_id"] == .string("clearing-house"))
            #expect(trade["buy_order_id"] == taken["order_id"])
            #expect(trade["sell_order_id"] == .null)
            // What the account was told before its next query is in what the query shows.
            let balances = try venue.json(200, "GET", "/api/balances", as: buyer)
            let dollars = balances["balances"]?.array?.first { $0["asset"] == .string("USD") }
            #expect(dollars?["available"] == .string("987496.875000"))
        }
    }

    @Test(
        "a repeated name gives the same answer and no second order, another order with it is refused",
        arguments: [
            ("", [("Idempotency-Key", "7ac3-first")]), (#","client_order_id":"42""#, []),
        ]
    )
    func repeatsSafely(more: String, headers: [(String, String)]) throws {
        try TestVenue.with { venue in
            let member = try venue.trader("member")
            let body = TestVenue.order("BUY", "1000", "1", more)
            let first = try venue.ask("POST", "/api/orders", body, as: member, headers: headers)
            let second = try venue.ask("POST", "/api/orders", body, as: member, headers: headers)
            #expect(first.status == 201)
            #expect(first.headers["Idempotency-Replayed"] == nil)
            #expect(second.status == 201)
            #expect(second.headers["Idempotency-Replayed"] == "true")
            #expect(first.body == second.body)
            let other = try venue.json(
                409,
                "POST",
                "/api/orders",
                TestVenue.order("BUY", "1001", "1", more),
                as: member,
                headers: headers
            )
            #expect(other["error"]?["code"] == .string("idempotency_key_reused"))
            let list = try venue.json(200, "GET", "/api/orders?status=open", as: member)
            #expect(list["orders"]?.array?.count == 1)
            // The same name of another account is another name.
            let stranger = try venue.trader("stranger")
            let theirs = try venue.ask("POST", "/api/orders", body, as: stranger, headers: headers)
            #expect(theirs.headers["Idempotency-Replayed"] == nil)
        }
    }

    @Test("a name keeps its answer over a restart of the venue, also that of a refused order")
    func remembersOverRestarts() throws {
        let folder = try TemporaryDirectory()
        let body = TestVenue.order("BUY", "1000", "1")
        let refused = TestVenue.order("BUY", "1000", "99999")
        var running: TestVenue? = try TestVenue(folder.path)
        let member = try #require(running).trader("member")
        let placed = try #require(running).ask(
            "POST",
            "/api/orders",
            body,
            as: member,
            headers: [("Idempotency-Key", "a")]
        )
        let failed = try #require(running).ask(
            "POST",
            "/api/orders",
            refused,
            as: member,
            headers: [("Idempotency-Key", "b")]
        )
        #expect(failed.status == 422)
        for _ in 0..<2 {
            running?.stop()
            running = nil
            let venue = try TestVenue(folder.path)
            running = venue
            let again = try venue.ask(
                "POST",
                "/api/orders",
                body,
                as: member,
                headers: [("Idempotency-Key", "a")]
            )
            #expect(again.body == placed.body)
            let failedAgain = try venue.ask(
                "POST",
                "/api/orders",
                refused,
                as: member,
                headers: [("Idempotency-Key", "b")]
            )
            #expect(failedAgain.body == failed.body)
        }
        let list = try #require(running).json(200, "GET", "/api/orders", as: member)
        #expect(list["orders"]?.array?.count == 1)
        running?.stop()
    }

    @Test("an order is amended and cancelled by either name, and only by its owner")
    func changes() throws {
        try TestVenue.with { venue in
            let owner = try venue.trader("owner")
            let stranger = try venue.trader("stranger")
            let placed = try venue.json(
                201,
                "POST",
                "/api/orders",
                TestVenue.order("BUY", "1010", "2", #","client_order_id":"9""#),
                as: owner
            )
            let id = try #require(placed["order_id"]?.string)
            for target in ["/api/orders/\(id)", "/api/orders/client:9"] {
                let answer = try venue.json(404, "DELETE", target, as: stranger)
                #expect(answer["error"]?["code"] == .string("unknown_order"))
            }
            let amended = try venue.json(
                200,
                "PATCH",
                "/api/orders/client:9",
                #"{"instrument":"BTC-USD","quantity":"1.5","price":"1009.95"}"#,
                as: owner
            )
            #expect(amended["order_id"] == .string(id))
            #expect(amended["price"] == .string("1009.95"))
            #expect(amended["remaining_qty"] == .string("1.500"))
            let cancelled = try venue.json(
                200,
                "DELETE",
                "/api/orders/\(id)?instrument=BTC-USD",
                as: owner
            )
            #expect(cancelled["order_id"] == .string(id))
            #expect(cancelled["status"] == .string("cancelled"))
        }
    }

    @Test("a mass cancel ends the own orders and nobody else's")
    func cancelsMany() throws {
        try TestVenue.with { venue in
            let one = try venue.trader("one")
            let two = try venue.trader("two")
            for member in [one, two] {
                for price in ["1000", "1001"] {
                    _ = try venue.json(
                        201,
                        "POST",
                        "/api/orders",
                        TestVenue.order("BUY", price, "1"),
                        as: member
                    )
                }
            }
            let answer = try venue.json(200, "DELETE", "/api/orders?instrument=BTC-USD", as: one)
            #expect(answer["order_ids"]?.array?.count == 2)
            let rest = try venue.json(200, "GET", "/api/orders?status=open", as: two)
            #expect(rest["orders"]?.array?.count == 2)
        }
    }

    @Test("every order type of the core is taken")
    func takesEveryType() throws {
        try TestVenue.with { venue in
            let maker = try venue.trader("maker")
            let taker = try venue.trader("taker")
            let bodies = [
                TestVenue.order("SELL", "50000", "1"),
                TestVenue.order("SELL", "50000", "1", #","time_in_force":"DAY""#),
                TestVenue.order("SELL", "50000", "1", #","post_only":"REPRICE""#),
                TestVenue.order("SELL", "50000", "1", #","display_quantity":"0.5""#),
                TestVenue.order(
                    "SELL",
                    "50000",
                    "1",
                    #","time_in_force":"GTT","expires_at":"2100-01-01T00:00:00Z""#
                ),
                TestVenue.order("SELL", "50000", "1", #","self_trade_prevention":"DECREMENT""#),
            ]
            for body in bodies {
                _ = try venue.json(201, "POST", "/api/orders", body, as: maker)
            }
            let takers = [
                TestVenue.order("BUY", "50000", "0.1", #","time_in_force":"IOC""#),
                TestVenue.order("BUY", "50000", "0.1", #","time_in_force":"FOK""#),
                #"{"instrument":"BTC-USD","side":"BUY","type":"MARKET","quantity":"0.1"}"#,
                """
                {"instrument":"BTC-USD","side":"SELL","type":"STOP","quantity":"0.1",\
                "trigger_price":"40000"}
                """,
                """
                {"instrument":"BTC-USD","side":"SELL","type":"STOP_LIMIT","quantity":"0.1",\
                "trigger_price":"40000","price":"39000"}
                """,
                """
                {"instrument":"BTC-USD","side":"SELL","type":"TRAILING_STOP","quantity":"0.1",\
                "trail":"100"}
                """,
            ]
            let states = try takers.map { body in
                try venue.json(201, "POST", "/api/orders", body, as: taker)["status"]?.string
            }
            let pending = "pending_trigger"
            #expect(states == ["filled", "filled", "filled", pending, pending, pending])
        }
    }

    @Test(
        "a body that two readers could take in two ways, or that is not exact, is refused",
        arguments: [
            ("{", "invalid_json"), ("[]", "invalid_json"), (#"{"a":1,"a":1}"#, "invalid_json"),
            (#"{"instrument":"BTC-USD","prise":"1"}"#, "invalid_request"),
            (TestVenue.order("BUY", "1000", "1", #","prise":"1""#), "unknown_field"),
            (TestVenue.order("BUY", "1000.01", "1"), "price_off_tick"),
            (TestVenue.order("BUY", "1000", "0.0001"), "quantity_off_lot"),
            (TestVenue.order("BUY", "-1000", "1"), "price_off_tick"),
            (TestVenue.order("BUY", "1e3", "1"), "invalid_request"),
            (TestVenue.order("BOTH", "1000", "1"), "invalid_request"),
            (TestVenue.order("BUY", "1000", "1", #","client_order_id":"0""#), "invalid_request"),
            (
                TestVenue.order("BUY", "1000", "1", #","client_order_id":"9223372036854775808""#),
                "invalid_request"
            ),
            (TestVenue.order("BUY", "1000", "1", #","expires_at":"soon""#), "invalid_request"),
            (
                #"{"instrument":"ETH-USD","side":"BUY","price":"1","quantity":"1"}"#,
                "unknown_instrument"
            ),
            (String(repeating: "[", count: 99), "invalid_json"),
        ]
    )
    func refusesInexact(body: String, code: String) throws {
        try Shared.with { venue, member in
            let answer = try venue.ask("POST", "/api/orders", body, as: member)
            #expect(answer.status == 400 || code == "unknown_instrument")
            let json = try ExactJSON(decoding: answer.body)
            #expect(json["error"]?["code"] == .string(code))
            #expect(json["error"]?["details"] != nil)
        }
    }

    @Test("numbers of JSON count as they are written, never as floating point")
    func readsNumbersExactly() throws {
        try Shared.with { venue, member in
            // 0.1 + 0.2 in a double is not 0.3, and this price not even near it.
            let body = """
                {"instrument":"BTC-USD","side":"BUY","price":1000.3000000000000000001,\
                "quantity":0.3}
                """
            let refused = try venue.json(400, "POST", "/api/orders", body, as: member)
            #expect(refused["error"]?["code"] == .string("price_off_tick"))
            let good = """
                {"instrument":"BTC-USD","side":"BUY","price":1.0003E+3,"quantity":3e-1}
                """
            let placed = try venue.json(201, "POST", "/api/orders", good, as: member)
            #expect(placed["price"] == .string("1000.30"))
            #expect(placed["remaining_qty"] == .string("0.300"))
        }
    }
}
