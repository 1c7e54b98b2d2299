import Foundation
import Testing
import TestSupport

/// A person at the terminal, as a test plays them: what they click and type, and what they see.
struct Trader {
    let browser: Browser

    /// Opens the terminal of a venue.
    init(_ browser: Browser, at address: String) throws {
        self.browser = browser
        try browser.size(1_440, 900)
        try browser.prefer(colours: "dark")
        try browser.open(address)
        try browser.wait(for: "[data-state=open]")
        try browser.wait(for: "[data-test=ticket]")
    }

    /// Registers a name with a passkey.
    func register(_ name: String) throws {
        try browser.click("[data-test=open-login]")
        try browser.fill("#login-name", with: name)
        try browser.click("[data-test=register]")
        try browser.wait(for: "[data-test=user][aria-label='Account of \(name)']")
    }

    /// Logs in with a passkey; without a name the browser finds the passkey itself.
    func logIn(_ name: String? = nil) throws {
        try browser.click("[data-test=open-login]")
        try browser.wait(for: "#login-name")
        if let name {
            try browser.fill("#login-name", with: name)
        } else {
            try browser.evaluate("document.querySelector('#login-name').select()")
            try browser.press("Backspace")
        }
        try browser.click("[data-test=login]")
        try browser.wait(for: "[data-test=user]")
    }

    /// Logs out.
    func logOut() throws {
        try browser.click("[data-test=user]")
        try browser.click("[data-test=logout]")
        try browser.wait(for: "[data-test=open-login]")
    }

    /// Takes test funds, and waits until they are there.
    func fund(_ asset: String, _ amount: String) throws {
        try show("balances")
        try browser.choose("[data-test=funds] [name=asset]", option: asset)
        try browser.fill("[data-test=funds] [name=amount]", with: amount)
        try browser.click("[data-test=get-funds]")
        try browser.wait(for: "[data-test=balance][data-asset=\(asset)]")
    }

    /// What the list of balances says is available of an asset.
    func available(_ asset: String) throws -> String {
        try browser.text("[data-test=balance][data-asset=\(asset)] [data-name=Available]")
    }

    /// Shows one of the lists of the account.
    func show(_ tab: String) throws {
        try browser.click("[data-tab=\(tab)]")
        try browser.wait(for: "[data-tab=\(tab)][aria-selected=true]")
    }

    /// Fills the ticket and sends it.
    func order(_ side: String, _ type: String, _ fields: KeyValuePairs<String, String>) throws {
        try browser.click("[data-choice=\(side)]")
        try browser.click("[data-choice=\(type)]")
        try browser.wait(for: "[data-choice=\(type)][aria-pressed=true]")
        for (name, text) in fields {
            switch name {
            case "time_in_force", "post_only", "self_trade":
                try browser.choose("#ticket-\(name)", option: text)
            default: try browser.fill("#ticket-\(name)", with: text)
            }
        }
        try browser.click("[data-test=send]")
    }

    /// Waits for the message that something went well or badly, whose words are given, and dismisses all.
    func hear(
        _ kind: String,
        _ words: String,
        location: SourceLocation = #_sourceLocation
    ) throws {
        let toasts = "[...document.querySelectorAll('[data-test=toast-\(kind)]')]"
        let text = Browser.literal(words)
        try browser.wait(
            "\(kind): \(words)",
            "\(toasts).some((toast) => toast.textContent.includes(\(text)))",
            location: location
        )
        try browser.evaluate(
            "document.querySelectorAll('.toast button').forEach((button) => button.click())"
        )
        try browser.wait(without: ".toast")
    }

    /// Lets another member place an order.
    func counterparty(_ name: String, _ orders: [(side: String, price: String, quantity: String)])
        throws
    {
        let file = Places.tests().appending(path: "Scripts/counterparty.js")
        try browser.evaluate(String(contentsOf: file, encoding: .utf8))
        let calls = orders.map { order in
            "await other.order('\(order.side)', '\(order.price)', '\(order.quantity)');"
        }
        try browser.evaluate(
            """
            (async () => {
              window.others ??= {};
              const other = window.others["\(name)"] ??= await counterparty("\(name)");
              \(calls.joined(separator: "\n"))
            })()
            """
        )
    }
}
