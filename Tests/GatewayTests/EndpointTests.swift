import Access
import Foundation
import Encoding
import Gateway
import HTTP
import TestSupport
import Testing
import Venue

/// Every route, with what a stranger must not get: the table is the router's own, so none can be forgotten.
@Suite("every endpoint", .serialized)
struct EndpointTests {
    /// Routes that answer everybody.
    static let open = Gateway.routes.filter { $0.action == nil }
    static let guarded = Gateway.routes.filter { $0.action != nil }

    /// The target of a route, with names that exist of another tenant where there are any.
    static func target(_ route: Route, order: String = "1", trade: String = "1") -> String {
        var path = route.pattern
        for (name, value) in [
            ("{instrument}", "BTC-USD"), ("{username}", "owner"), ("{did}", "did:orbit:node:x:1"),
            ("{level}", "0"), ("{a}", "000"), ("{b}", "000"), ("{c}", "000"), ("{d}", "000"),
            ("{e}", "000"),
        ] {
            path = path.replacing(name, with: value)
        }
        return path.replacing("{id}", with: path.contains("orders") ? order : trade)
    }

    @Test("nobody gets anywhere without saying who they are")
    func refusesStrangers() throws {
        try Shared.with { venue, _ in
            for route in Self.guarded {
                let answer = try venue.ask(route.method, Self.target(route))
                #expect(answer.status == 401, "\(route.method) \(route.pattern)")
                let json = try ExactJSON(decoding: answer.body)
                #expect(json["error"]?["code"] == .string("unauthenticated"))
            }
        }
    }

    @Test(
        "a token that was changed, cut, or is of another venue opens nothing",
        arguments: [0, 1, 2, 3]
    )
    func refusesTamperedTokens(kind: Int) throws {
        try Shared.with { venue, member in
            var parts = member.token.split(separator: ".").map(String.init)
            switch kind {
            case 0: parts[2] = String(parts[2].dropLast(4)) + "AAAA"
            case 1: parts[1] = "e" + parts[1].dropFirst(2)
            case 2: parts = [parts[0], parts[1], ""]
            default: parts = ["eyJhbGciOiJub25lIn0", parts[1], ""]
            }
            let token = parts.joined(separator: ".")
            for route in Self.guarded {
                let answer = try venue.ask(
                    route.method,
                    Self.target(route),
                    headers: [("Authorization", "Bearer \(token)")]
                )
                #expect(answer.status == 401, "\(route.method) \(route.pattern)")
            }
        }
    }

    @Test("another tenant's token never shows, changes or names what is the owner's")
    func keepsTenantsApart() throws {
        try TestVenue.with { venue in
            let owner = try venue.trader("owner")
            let stranger = try venue.trader("stranger")
            let resting = try venue.json(
                201,
                "POST",
                "/api/orders",
                TestVenue.order("BUY", "1777.75", "3"),
                as: owner
            )
            _ = try venue.json(
                201,
                "POST",
                "/api/orders",
                TestVenue.order("SELL", "1777.75", "1", #","self_trade_prevention":"NONE""#),
                as: owner
            )
            let request = #"{"asset":"USD","amount":"12.5","destination":"owner's bank"}"#
            let withdrawal = try venue.json(
                201,
                "POST",
                "/api/v1/withdrawals",
                request,
                as: owner
            )
            let order = try #require(resting["order_id"]?.string)
            let number = try #require(withdrawal["id"]?.string)
            for route in Self.guarded {
                for name in [order, "1", "2", "3", number] {
                    let target = Self.target(route, order: name, trade: name)
                    let answer = try venue.ask(route.method, target, as: stranger)
                    let text = String(decoding: answer.body, as: UTF8.self)
                    let label = Comment(rawValue: "\(route.method) \(target): \(text)")
                    for secret in ["1777.75", owner.userID, "owner's bank", "12.5"] {
                        #expect(!text.contains(secret), label)
                    }
                    if route.pattern.contains("{id}") { #expect(answer.status >= 400, label) }
                }
            }
            let orders = try venue.json(200, "GET", "/api/orders?status=open", as: owner)
            #expect(orders["orders"]?.array?.count == 1)
            let kept = try venue.json(200, "GET", "/api/v1/withdrawals/\(number)", as: owner)
            #expect(kept["status"] == .string("requested"))
        }
    }

    @Test("what only operators and regulators may do is refused to a trader")
    func refusesWrongRoles() throws {
        try Shared.with { venue, member in
            let offices = Self.guarded.filter { route in
                route.pattern.contains("/operator/") || route.pattern.contains("/regulator/")
            }
            #expect(offices.count >= 9)
            for route in offices {
                let answer = try venue.json(403, route.method, Self.target(route), as: member)
                #expect(answer["error"]?["code"] == .string("not_allowed"))
            }
        }
    }

    @Test("no endpoint fails by itself, whatever the body, the query and the names are")
    func neverFails() throws {
        try TestVenue.with { venue in
            let member = try venue.trader("owner")
            let bodies = ["", "{", "{}", "[]", "null", #"{"a":{"b":[1,2,{"c":null}]}}"#, "\u{0}"]
            for route in Gateway.routes {
                for body in bodies {
                    for suffix in ["", "?limit=0", "?cursor=%FF", "?x=1&x=2"] {
                        let target = Self.target(route, order: "abc", trade: "-1") + suffix
                        let answer = try venue.ask(route.method, target, body, as: member)
                        let isHealth = route.pattern == "/healthz" || route.pattern == "/readyz"
                        #expect(
                            answer.status < 500 || answer.status == 501 || isHealth,
                            "\(route.method) \(target) \(body): \(answer.status)"
                        )
                    }
                }
            }
        }
    }

    @Test("other methods and other paths are told so")
    func namesMethods() throws {
        try Shared.with { venue, member in
            let answer = try venue.ask("PUT", "/api/orders", "{}", as: member)
            #expect(answer.status == 405)
            #expect(answer.headers["Allow"]?.contains("POST") == true)
            _ = try venue.json(404, "GET", "/nowhere")
            _ = try venue.json(404, "GET", "/api/../etc/passwd")
        }
    }

    @Test("a trace goes on in the answer, and a malformed one is replaced")
    func continuesTraces() throws {
        try Shared.with { venue, _ in
            let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
            let answer = try venue.ask(
                "GET",
                "/healthz",
                headers: [("traceparent", "00-\(trace)-00f067aa0ba902b7-01")]
            )
            let header = try #require(answer.headers["traceparent"])
            #expect(header.hasPrefix("00-\(trace)-"))
            #expect(header.hasSuffix("-01"))
            #expect(!header.contains("00f067aa0ba902b7"))
            #expect(answer.headers["X-Request-Id"].map { header.contains($0) } == true)
            for bad in ["", "00-\(trace)-0000000000000000-01", "ff-\(trace)-00f067aa0ba902b7-01"] {
                let other = try venue.ask("GET", "/healthz", headers: [("traceparent", bad)])
                #expect(other.headers["traceparent"]?.contains(trace) == false)
            }
        }
    }

    @Test("too many requests of one user, or of one address, are told when to come again")
    func limitsRates() throws {
        let file = TestVenue.file
            .replacing("user_rate = 1000000", with: "user_rate = 1")
            .replacing("user_burst = 1000000", with: "user_burst = 5")
            .replacing("address_rate = 1000000", with: "address_rate = 1")
            .replacing("address_burst = 1000000", with: "address_burst = 20")
        try TestVenue.with(file: file) { venue in
            let member = try venue.member("eager")
            let statuses = try (0..<8).map { _ in
                try venue.ask("GET", "/api/balances", as: member).status
            }
            #expect(statuses.prefix(5).allSatisfy { $0 == 200 })
            let refused = try venue.ask("GET", "/api/balances", as: member)
            #expect(refused.status == 429)
            #expect(refused.headers["Retry-After"] == "1")
            var last = 200
            for _ in 0..<30 where last == 200 {
                last = try venue.ask("GET", "/healthz", from: "192.0.2.7").status
            }
            #expect(last == 429)
            #expect(try venue.ask("GET", "/healthz", from: "192.0.2.8").status == 200)
        }
    }

    @Test("the description has every route, and no other")
    func describesEveryRoute() throws {
        let routes = Gateway.routes.map { "\($0.method) \($0.pattern)" }
        #expect(Set(routes) == Set(OpenAPI.described))
        #expect(Set(routes).count == routes.count)
        #expect(Set(OpenAPI.described).count == OpenAPI.described.count)
        let document = try JSONValue(
            decoding: OpenAPI.document,
            limits: DecodingLimits(bytesMax: 1 << 20, depthMax: 32)
        )
        let paths = try #require(document.object?["paths"]?.object)
        for route in Gateway.routes {
            let item = paths[Text(route.pattern)]?.object?[Text(route.method.lowercased())]?.object
            #expect((item?["security"] != nil) == (route.action != nil), "\(route.pattern)")
        }
    }

    @Test("the document lists every code that can be answered")
    func listsCodes() throws {
        let document = try String(
            contentsOf: Places.root.appending(path: "docs/api.md"),
            encoding: .utf8
        )
        let codes =
            ErrorCode.allCases.map(\.rawValue) + AccessRefusal.allCases.map(\.rawValue)
            + Refusal.allCases.map(\.code)
        for code in codes { #expect(document.contains("`\(code)`"), "\(code)") }
    }
}
