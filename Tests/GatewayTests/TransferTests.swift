import Encoding
import Gateway
import TestSupport
import Testing

@Suite("deposits and withdrawals", .serialized)
struct TransferTests {
    @Test("test funds exist only where the venue says so")
    func hidesTestFunds() throws {
        let file = TestVenue.file.replacing("test_funds = true", with: "test_funds = false")
        try TestVenue.with(file: file) { venue in
            let member = try venue.member("member")
            for path in ["/api/deposits", "/api/v1/faucet"] {
                let body = #"{"asset":"USD","amount":"1"}"#
                let answer = try venue.json(403, "POST", path, body, as: member)
                #expect(answer["error"]?["code"] == .string("disabled"))
            }
        }
    }

    @Test("a deposit with a key is credited once, also over a restart")
    func depositsOnce() throws {
        let folder = try TemporaryDirectory()
        var running: TestVenue? = try TestVenue(folder.path)
        let member = try #require(running).member("member")
        let body = #"{"asset":"USD","amount":"250.5"}"#
        for round in 0..<4 {
            if round == 2 {
                running?.stop()
                running = nil
                running = try TestVenue(folder.path)
            }
            let answer = try #require(running).json(
                200,
                "POST",
                "/api/deposits",
                body,
                as: member,
                headers: [("Idempotency-Key", "salary")]
            )
            #expect(answer["available"] == .string("250.500000"))
        }
        let other = try #require(running).json(
            409,
            "POST",
            "/api/deposits",
            #"{"asset":"USD","amount":"251"}"#,
            as: member,
            headers: [("Idempotency-Key", "salary")]
        )
        #expect(other["error"]?["code"] == .string("idempotency_key_reused"))
        running?.stop()
    }

    @Test("a withdrawal needs two different operators, and the venue's funds check")
    func needsTwoOperators() throws {
        let officers = OfficerKeys()
        try TestVenue.with(file: TestVenue.file + officers.file) { venue in
            let first = try officers.signIn("first", venue)
            let second = try officers.signIn("second", venue)
            let member = try venue.trader("member")
            let request = #"{"asset":"USD","amount":"1000","destination":"bank"}"#
            let asked = try venue.json(201, "POST", "/api/v1/withdrawals", request, as: member)
            let path = "/api/v1/operator/withdrawals/" + (asked["id"]?.string ?? "")
            let early = try venue.json(409, "POST", path + "/execute", as: first)
            #expect(early["error"]?["code"] == .string("conflict"))
            let approved = try venue.json(200, "POST", path + "/approve", as: first)
            #expect(approved["status"] == .string("approved"))
            let same = try venue.json(403, "POST", path + "/execute", as: first)
            #expect(same["error"]?["code"] == .string("second_operator_needed"))
            let done = try venue.json(200, "POST", path + "/execute", as: second)
            #expect(done["status"] == .string("executed"))
            let again = try venue.json(409, "POST", path + "/execute", as: second)
            #expect(again["error"]?["code"] == .string("conflict"))
            let balances = try venue.json(200, "GET", "/api/balances", as: member)
            let dollars = balances["balances"]?.array?.first { $0["asset"] == .string("USD") }
            #expect(dollars?["available"] == .string("999000.000000"))

            let large = #"{"asset":"USD","amount":"5000000","destination":"bank"}"#
            let second2 = try venue.json(201, "POST", "/api/v1/withdrawals", large, as: member)
            let other = "/api/v1/operator/withdrawals/" + (second2["id"]?.string ?? "")
            _ = try venue.json(200, "POST", other + "/approve", as: first)
            let poor = try venue.json(422, "POST", other + "/execute", as: second)
            #expect(poor["error"]?["code"] == .string("insufficient_funds"))
        }
    }

    @Test("an operator credits what has arrived once, whoever says so")
    func creditsOnce() throws {
        let officers = OfficerKeys()
        try TestVenue.with(file: TestVenue.file + officers.file) { venue in
            let first = try officers.signIn("first", venue)
            let second = try officers.signIn("second", venue)
            _ = try venue.member("member")
            let body = """
                {"username":"member","asset":"USD","amount":"70","reference":"wire 4711"}
                """
            for officer in [first, second] {
                let answer = try venue.json(
                    200,
                    "POST",
                    "/api/v1/operator/deposits",
                    body,
                    as: officer
                )
                #expect(answer["available"] == .string("70.000000"))
            }
        }
    }

    @Test("a regulator reads across tenants only with a reason")
    func readsAcross() throws {
        let officers = OfficerKeys()
        try TestVenue.with(file: TestVenue.file + officers.file) { venue in
            let regulator = try officers.signIn("regulator", venue)
            let member = try venue.trader("member")
            _ = try venue.json(
                201,
                "POST",
                "/api/orders",
                TestVenue.order("BUY", "1000", "1"),
                as: member
            )
            let path = "/api/v1/regulator/users/member/orders"
            let silent = try venue.json(400, "GET", path, as: regulator)
            #expect(silent["error"]?["details"]?["field"] == .string("reason"))
            try eventually("the projection has the order") {
                let target = path + "?reason=inquiry%2012"
                let orders = try venue.json(200, "GET", target, as: regulator)
                return orders["orders"]?.array?.count == 1
            }
            let balances = "/api/v1/regulator/balances?reason=audit&limit=2"
            let page = try venue.json(200, "GET", balances, as: regulator)
            #expect(page["balances"]?.array?.count == 2)
            let cursor = try #require(page["next_cursor"]?.string)
            _ = try venue.json(200, "GET", balances + "&cursor=\(cursor)", as: regulator)
            // A regulator reads and does nothing else.
            let body = TestVenue.order("BUY", "1000", "1")
            _ = try venue.json(403, "POST", "/api/orders", body, as: regulator)
        }
    }
}
