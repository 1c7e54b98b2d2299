import LedgerStore
import Primitives
import Venue

extension Console {
    static var ledgerShowSyntax: CommandSyntax {
        CommandSyntax(
            "ledger show",
            operands: "STORE",
            count: 1...1,
            summary: "print how many rows a ledger has and their hashes, or one account's part",
            details: """
                Two ledgers that were made from the same journal have the same hashes, whatever database they are in.

                \(LedgerPlace.help)
                """,
            options: [
                OptionSyntax("--account", "N", "print the account's balances and newest entries"),
                OptionSyntax("--limit", "N", "how many entries, up to 500 (default: 20)"),
            ] + LedgerPlace.options,
            body: ledgerShow
        )
    }

    @Sendable private static func ledgerShow(
        _ arguments: Arguments,
        _ terminal: Terminal
    ) throws(ConsoleError) {
        let store = try LedgerPlace(arguments.operands[0]).open(arguments, command: "ledger show")
        guard arguments.has("--account") else {
            return try showTables(store, arguments, terminal)
        }
        let accountMax = Int(Limits.accountsMax) - 1
        let number = try arguments.number("--account", in: 0...accountMax, standard: 0)
        let limit = try arguments.number("--limit", in: 1...500, standard: 20)
        try showAccount(AccountID(UInt32(number)), limit, store, arguments, terminal)
    }

    /// Prints a ledger's tables.
    static func showTables(
        _ store: any LedgerStore,
        _ arguments: Arguments,
        _ terminal: Terminal
    ) throws(ConsoleError) {
        let digest = try ledger { () throws(LedgerStoreError) in
            try store.withBooks { books throws(LedgerStoreError) in try books.digest() }
        }
        if arguments.has("--json") {
            var json = JSONObject()
            json.add("sequence", digest.sequence)
            for table in digest.tables {
                var object = JSONObject()
                object.add("rows", table.rowCount)
                object.add("digest", table.digest)
                json.add(table.name, object)
            }
            return terminal.line(json.description)
        }
        terminal.line("the ledger after command \(digest.sequence.grouped)")
        var table = Table()
        for it in digest.tables { table.add(it.name, "\(it.rowCount.grouped)  \(it.digest)") }
        for line in table.lines { terminal.line(line) }
    }

    private static func showAccount(
        _ account: AccountID,
        _ limit: Int,
        _ store: any LedgerStore,
        _ arguments: Arguments,
        _ terminal: Terminal
    ) throws(ConsoleError) {
        let (sequence, balances, entries) = try ledger { () throws(LedgerStoreError) in
            try store.withTenant(account) { ledger throws(LedgerStoreError) in
                (
                    ledger.sequence, try ledger.balances(),
                    try ledger.entries(of: nil, LedgerPageRequest(limit: limit)).rows
                )
            }
        }
        let balanceLines = balances.map { balance in
            "asset \(balance.asset.rawValue): available \(balance.available), "
                + "locked \(balance.locked)"
        }
        let entryLines = entries.map { entry in
            "command \(entry.sequence).\(entry.number): asset \(entry.asset.rawValue) "
                + "\(entry.kind) \(entry.amount)"
        }
        if arguments.has("--json") {
            var json = JSONObject()
            json.add("sequence", sequence)
            json.add("account", account.rawValue)
            json.add("balances", balanceLines)
            json.add("entries", entryLines)
            return terminal.line(json.description)
        }
        terminal.line("account \(account.rawValue) after command \(sequence.grouped)")
        for line in balanceLines + entryLines { terminal.line(line) }
    }
}
