import Access
import Primitives
import Testing

@Suite("Permissions") struct PermissionTests {
    /// Who may do what, written once more, by hand.
    static let expected: [(AccessAction, Set<String>, String)] = [
        (.readMarket, ["trader", "observer", "regulator", "operator"], "read"),
        (.readOwn, ["trader", "observer", "regulator", "operator"], "read"),
        (.placeOrder, ["trader"], "trade"),
        (.cancelOrder, ["trader"], "trade"),
        (.deposit, ["trader"], "trade"),
        (.requestWithdrawal, ["trader"], "withdraw"),
        (.manageKeys, ["trader", "observer", "regulator", "operator"], "session"),
        (.manageAPIKeys, ["trader", "observer", "regulator", "operator"], "session"),
        (.approveWithdrawal, ["operator"], "session"),
        (.readCrossTenant, ["regulator", "operator"], "read"),
        (.readAudit, ["regulator", "operator"], "read"),
        (.operateVenue, ["operator"], "session"),
        (.manageUsers, ["operator"], "session"),
    ]

    @Test("every action is in the table once, and no other one")
    func complete() {
        #expect(Permissions.table.map(\.action) == AccessAction.allCases)
        #expect(Self.expected.map(\.0) == AccessAction.allCases)
    }

    private func principal(
        _ roles: Roles,
        _ scopes: Scopes,
        _ method: Principal.Method
    ) throws -> Principal {
        Principal(
            user: try #require(UserID("01234567-89ab-4def-8123-456789abcdef")),
            account: AccountID(16),
            roles: roles,
            scopes: scopes,
            method: method
        )
    }

    @Test("each role, scope and way of proof allows exactly what it should")
    func table() throws {
        let session = Principal.Method.session(
            try #require(SessionID(text: "AAAAAAAAAAAAAAAAAAAAAA"))
        )
        let certificate = Principal.Method.certificate(
            try #require(KeyID(text: "AAAAAAAAAAAAAAAAAAAAAA"))
        )
        for rolesBits in 0..<UInt8(16) {
            for scopesBits in 0..<UInt8(8) {
                let (roles, scopes) = (Roles(rawValue: rolesBits), Scopes(rawValue: scopesBits))
                let who = [
                    try principal(roles, .all, session), try principal(roles, .all, certificate),
                    try principal(roles, scopes, .apiKey("0123456789abcdef")),
                ]
                for (action, words, need) in Self.expected {
                    let hasRole = !words.isDisjoint(with: roles.words)
                    #expect(Self.may(who[0], action) == hasRole)
                    #expect(Self.may(who[1], action) == (hasRole && need != "session"))
                    #expect(Self.may(who[2], action) == (hasRole && scopes.words.contains(need)))
                }
            }
        }
    }

    private static func may(_ principal: Principal, _ action: AccessAction) -> Bool {
        Result { try principal.require(action) }.isSuccess
    }

    @Test("a regulator changes nothing, and an operator trades nothing")
    func separated() throws {
        let changes: [AccessAction] = [
            .placeOrder, .cancelOrder, .deposit, .requestWithdrawal, .approveWithdrawal,
            .operateVenue, .manageUsers,
        ]
        let method = Principal.Method.session(
            try #require(SessionID(text: "AAAAAAAAAAAAAAAAAAAAAA"))
        )
        for action in changes {
            #expect(Self.may(try principal(.regulator, .all, method), action) == false)
        }
        for action in changes.prefix(4) {
            #expect(Self.may(try principal(.operator, .all, method), action) == false)
        }
    }

    @Test("words of roles and scopes are read as they are written, and no others")
    func words() {
        for bits in 0..<UInt8(16) {
            let roles = Roles(rawValue: bits)
            #expect(Roles(words: roles.words.reversed()) == roles)
        }
        for bits in 0..<UInt8(8) {
            let scopes = Scopes(rawValue: bits)
            #expect(Scopes(words: scopes.words) == scopes)
        }
        for words in [["root"], ["trader", "trader"], ["Trader"], [""], ["read", "read"]] {
            #expect(Roles(words: words) == nil)
            #expect(Scopes(words: words) == nil)
        }
    }

    @Test("every refusal has a code of its own, a sentence and a status")
    func refusals() {
        let all =
            AccessRefusal.allCases.map { AccessError.refused($0) }
            + PasskeyFault.allCases.map { .passkey($0) }
        #expect(Set(all.map(\.code)).count == all.count)
        for error in all {
            #expect(error.code.utf8.allSatisfy { (97...122).contains($0) || $0 == 95 })
            #expect(error.message.utf8.count > 10)
            #expect((400...503).contains(error.httpStatus))
            #expect(error.description == error.message)
        }
        let inner: [AccessError] = [
            .storage("a/b"), .audit("a/b"), .account("a/b"), .misconfigured("a/b"),
        ]
        for error in inner {
            #expect(error.code == "unavailable")
            #expect(error.httpStatus == 503)
            #expect(!error.message.contains("a/b"))
            #expect(error.description.contains("a/b"))
        }
    }

    @Test("settings that make no sense are refused")
    func settings() {
        let wrong: [(inout AccessConfiguration) -> Void] = [
            { $0.venue = "" }, { $0.venue = "a b" }, { $0.venue = "a\nb" },
            { $0.venue = String(repeating: "x", count: 65) }, { $0.firstAccount = AccountID(15) },
            { $0.firstAccount = AccountID(Limits.accountsMax) }, { $0.skewSecondsMax = 0 },
            { $0.skewSecondsMax = 301 }, { $0.sessionSeconds = 899 }, { $0.tokenKeySeconds = 0 },
        ]
        for change in wrong {
            do {
                _ = try Scene(change)
                Issue.record("the settings were taken")
            } catch {
                #expect((error as? AccessError)?.code == "unavailable")
            }
        }
    }
}
