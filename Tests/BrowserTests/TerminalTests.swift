import Foundation
import Testing
import TestSupport

/// A person at the terminal of a real venue, in a real browser with a passkey.
@Suite(
    "the terminal of a venue",
    .serialized,
    .timeLimit(.minutes(5)),
    .enabled(if: Browser.isInstalled, "Chromium is not installed"),
    .enabled(if: TerminalPlaces.areThere, "set-up and the build have not put the terminal's files")
)
struct TerminalTests {
    private let venue: RunningVenue
    private let trader: Trader
    private var browser: Browser { trader.browser }

    init() throws {
        venue = try RunningVenue()
        trader = try Trader(Browser(), at: venue.address)
    }

    @Test("a person registers, takes funds, trades, sees the fill, and everything move")
    func trade() throws {
        try trader.register("ada")
        try trader.fund("USD", "100000")
        #expect(try trader.available("USD") == "100,000.00")
        try trader.counterparty("bob", [("SELL", "100.50", "2"), ("BUY", "99.50", "3")])
        try browser.wait("the book", "document.querySelectorAll('.book tr.sell').length === 1")
        try trader.order("BUY", "LIMIT", ["price": "100.50", "quantity": "0.5"])
        try trader.hear("good", "filled")
        try trader.show("fills")
        try browser.wait(for: "[data-test=fill]")
        #expect(try browser.text("[data-test=fill] [data-name=Price]") == "100.50")
        #expect(try browser.text("[data-test=fill] [data-name=Side]") == "Buy")
        #expect(try browser.text("[data-test=fill] [data-name=Value]") == "50.25")
        try browser.wait("the tape", "document.querySelectorAll('.tape tr').length === 1")
        try browser.wait(
            "the book with less",
            "document.querySelector('.book tr.sell td:nth-child(2)')?.textContent === '1.5000'"
        )
        try browser.wait(for: "[data-candles='1']")
        try browser.wait(
            "the last price",
            "document.querySelector('[data-test=last-price]').textContent === '100.50'"
        )
        try trader.show("contracts")
        try browser.wait(for: "[data-test=contract] .state.settled")
        try trader.show("balances")
        try browser.wait(for: "[data-asset=BTC]")
        #expect(try trader.available("BTC") == "0.50")
        #expect(browser.complaints == [])
    }

    @Test("an order rests, is changed, is cancelled; all are cancelled by a key")
    func orders() throws {
        try trader.register("ada")
        try trader.fund("USD", "1000")
        try trader.show("orders")
        try trader.order("BUY", "LIMIT", ["price": "90", "quantity": "2"])
        try trader.hear("good", "in the book")
        try browser.wait(for: "[data-test=order][data-status=open]")
        try browser.wait(for: ".book tr.buy.own")
        try browser.click("[data-test=amend]")
        try browser.fill("#amend-quantity", with: "1.5")
        try browser.fill("#amend-price", with: "91.25")
        try browser.click("[data-test=amend-send]")
        try trader.hear("good", "changed")
        try browser.wait(
            "the changed order",
            "document.querySelector('[data-test=order] [data-name=Price]')?.textContent === '91.25'"
        )
        try browser.click("[data-test=cancel]")
        try browser.wait(without: "[data-test=order]")
        try browser.wait(without: ".book tr.buy")
        for price in ["80", "81", "82"] {
            try trader.order("BUY", "LIMIT", ["price": price, "quantity": "1"])
            try trader.hear("good", "in the book")
        }
        try browser.evaluate("document.activeElement.blur()")
        try browser.press("X")
        try browser.wait(without: "[data-test=order]")
        try trader.show("balances")
        try browser.wait(
            "all money free",
            "document.querySelector('[data-asset=USD] [data-name=Locked]').textContent === '0.00'"
        )
    }

    @Test("every type of order and every option goes the way that the rules say")
    func types() throws {
        try trader.register("ada")
        try trader.fund("USD", "100000")
        try trader.fund("BTC", "100")
        try trader.counterparty("bob", [("SELL", "101", "1"), ("BUY", "99", "1")])
        try trader.order("BUY", "MARKET", ["quantity": "0.5"])
        try trader.hear("good", "filled")
        try trader.order("SELL", "STOP", ["trigger": "90", "quantity": "1"])
        try trader.hear("good", "waits for its trigger")
        try trader.order("BUY", "STOP_LIMIT", ["trigger": "120", "price": "121", "quantity": "1"])
        try trader.hear("good", "waits for its trigger")
        try trader.order("SELL", "TRAILING_STOP", ["trail": "5", "quantity": "1"])
        try trader.hear("good", "waits for its trigger")
        try trader.order(
            "BUY",
            "LIMIT",
            ["price": "101", "quantity": "2", "time_in_force": "FOK"]
        )
        try trader.hear("good", "cancelled")
        try trader.order(
            "BUY",
            "LIMIT",
            ["price": "101", "quantity": "2", "time_in_force": "IOC"]
        )
        try trader.hear("good", "cancelled")
        try trader.order(
            "SELL",
            "LIMIT",
            [
                "price": "102", "quantity": "5", "time_in_force": "DAY",
                "post_only": "REJECT", "display": "1",
            ]
        )
        try trader.hear("good", "in the book")
        try browser.wait(
            "the shown part of the iceberg",
            "document.querySelector('.book tr.sell td:nth-child(2)')?.textContent === '1.0000'"
        )
        try trader.order(
            "SELL",
            "LIMIT",
            ["price": "98", "quantity": "1", "post_only": "REJECT"]
        )
        try trader.hear("bad", "post-only order would have traded")
        try trader.show("orders")
        #expect(try browser.count("[data-test=order][data-status=pending_trigger]") == 3)
    }

    @Test("what goes wrong is said in plain words, at its place") func wrong() throws {
        try trader.register("ada")
        try trader.order("BUY", "LIMIT", ["price": "100", "quantity": "1"])
        try trader.hear("bad", "not have enough")
        try trader.order("BUY", "LIMIT", ["price": "100.001", "quantity": "1"])
        try browser.wait(for: "#error-price")
        #expect(try browser.text("#error-price").contains("0.01"))
        try trader.logOut()
        try browser.click("[data-test=open-login]")
        try browser.fill("#login-name", with: "ada")
        try browser.click("[data-test=register]")
        try browser.wait(for: "[data-test=login-problem]")
        #expect(try browser.text("[data-test=login-problem]").contains("taken"))
        try browser.press("Escape")
        try browser.wait(without: "dialog")
        try browser.click("[data-test=send]")
        try browser.wait(for: "dialog[aria-label='Log in to Parallax']")
    }

    @Test("a reload keeps the session of the tab, and a log-in needs no name")
    func sessions() throws {
        try trader.register("ada")
        try browser.call("Page.reload")
        try browser.wait(for: "[data-test=user][aria-label='Account of ada']")
        try browser.click("[data-test=user]")
        try browser.wait(for: "[data-test=key]")
        try browser.click("dialog [aria-label=Close]")
        try trader.logOut()
        try trader.logIn()
        try browser.wait(for: "[data-test=user][aria-label='Account of ada']")
        try trader.logOut()
        try trader.logIn("ADA")
        try browser.wait(for: "[data-test=user][aria-label='Account of ada']")
        try browser.call("Page.reload")
        try trader.logOut()
        try browser.call("Page.reload")
        try browser.wait(for: "[data-test=open-login]")
    }

    @Test("a venue that dies is shown as away, and after its restart everything is there again")
    func restart() throws {
        try trader.register("ada")
        try trader.fund("USD", "1000")
        try trader.order("BUY", "LIMIT", ["price": "90", "quantity": "2"])
        try trader.hear("good", "in the book")
        venue.kill()
        try browser.wait(for: ".connection.bad")
        try browser.wait(for: ".book.stale")
        try venue.start()
        try browser.wait(for: ".connection.good")
        try browser.wait(for: ".book:not(.stale) tr.buy.own")
        try trader.show("orders")
        try browser.click("[data-test=cancel]")
        try browser.wait(without: "[data-test=order]")
    }
}
