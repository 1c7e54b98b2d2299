import LedgerStore
import Platform

extension Console {
    static var benchLedgerSyntax: CommandSyntax {
        CommandSyntax(
            "bench ledger",
            summary: "measure how fast trades get into a ledger store",
            details: """
                Matches two orders a trade between a thousand accounts, with fees, and stores what they did as a venue's
                follower does: on one thread, with double entries, orders, contracts and balances. Afterwards the
                ledger is reconciled. Without --url, PostgreSQL is a server of its own, which does the same once
                before it is measured.
                """,
            options: [
                OptionSyntax("--store", "KIND", "sqlite or postgres (default: sqlite)"),
                OptionSyntax("--trades", "N", "how many trades (default: 400000)"),
                OptionSyntax("--accounts", "N", "how many accounts trade (default: 1000)"),
                OptionSyntax(
                    "--url",
                    "URL",
                    "a database of PostgreSQL whose schema bench is emptied"
                ),
                OptionSyntax("--json", "", "print one JSON object and nothing else"),
            ],
            body: benchLedger
        )
    }

    @Sendable private static func benchLedger(
        _ arguments: Arguments,
        _ terminal: Terminal
    ) throws(ConsoleError) {
        let trades = try arguments.number("--trades", in: 1...1_000_000_000, standard: 400_000)
        let accounts = try arguments.number("--accounts", in: 2...1_000_000, standard: 1_000)
        let kind = arguments.text("--store") ?? "sqlite"
        func run(_ store: any LedgerStore, isWarmUp: Bool) throws(ConsoleError) {
            try ledger { () throws(LedgerStoreError) in try store.removeAll() }
            var result = try LedgerBench.run(store, trades: trades, accounts: UInt32(accounts)) {
                terminal.progress("bench ledger: " + $0)
            }
            terminal.endProgress()
            if isWarmUp { return }
            if arguments.has("--json") {
                terminal.line(result.json(store: kind, accounts: accounts).description)
            } else {
                terminal.line("ledger in \(kind), \(accounts) accounts, on \(Machine.description)")
                for line in result.table.lines { terminal.line(line) }
            }
        }
        switch kind {
        case "sqlite": try withLedgerFile(run)
        case "postgres": try withLedgerServer(arguments.text("--url"), run)
        default:
            throw .usage(
                "--store is sqlite or postgres, not \(kind.quoted)",
                command: "bench ledger"
            )
        }
    }

    private static func withLedgerFile(
        _ body: (any LedgerStore, Bool) throws(ConsoleError) -> Void
    ) throws(ConsoleError) {
        let folder = try platform { () throws(PlatformError) in try TemporaryFolder.make() }
        let result: Result<Void, ConsoleError>
        do throws(ConsoleError) {
            let store = try ledger { () throws(LedgerStoreError) in
                try SQLiteLedgerStore(path: folder + "/ledger.db")
            }
            result = .success(try body(store, false))
        } catch {
            result = .failure(error)
        }
        try platform { () throws(PlatformError) in try TemporaryFolder.remove(folder) }
        try result.get()
    }

    private static func withLedgerServer(
        _ url: String?,
        _ body: (any LedgerStore, Bool) throws(ConsoleError) -> Void
    ) throws(ConsoleError) {
        func open(_ url: String) throws(ConsoleError) -> any LedgerStore {
            try ledger { () throws(LedgerStoreError) in
                try PostgreSQLLedgerStore(PostgreSQLAddress(url: url, schema: "bench"))
            }
        }
        if let url { return try body(open(url), false) }
        let server = try ledger { () throws(LedgerStoreError) in
            try LocalPostgreSQLServer(folder: LocalPostgreSQLServer.temporaryFolder())
        }
        let result: Result<Void, ConsoleError>
        do throws(ConsoleError) {
            // Files that grow cost several times what files cost that are written again. A server that has run
            // for a while writes its log into old files; a restart gives this one's to it.
            try body(open(server.url), true)
            server.stop()
            try ledger { () throws(LedgerStoreError) in try server.start() }
            result = .success(try body(open(server.url), false))
        } catch {
            result = .failure(error)
        }
        try ledger { () throws(LedgerStoreError) in try server.remove() }
        try result.get()
    }
}

extension LedgerBench.Result {
    private func perSecond(_ count: UInt64, _ nanoseconds: UInt64) -> Double {
        (Double(count) * 1e9 / Double(max(nanoseconds, 1))).rounded()
    }

    mutating func json(store: String, accounts: Int) -> JSONObject {
        var json = JSONObject()
        json.add("store", store)
        json.add("tradesPerSecond", perSecond(trades, wholeNanoseconds))
        json.add("rowsPerSecond", perSecond(rows, wholeNanoseconds))
        json.add("trades", trades)
        json.add("rows", rows)
        json.add("accounts", accounts)
        json.add("flushMaxMicroseconds", waits.maximum() / 1_000)
        json.add("seconds", Double(wholeNanoseconds) / 1e9)
        json.add("entriesDigest", digest)
        json.add("machine", Machine.description)
        return json
    }

    var table: Table {
        mutating get {
            var table = Table()
            table.add("trades", trades.grouped)
            table.add("trades a second", UInt64(perSecond(trades, wholeNanoseconds)).grouped)
            table.add("rows a second", UInt64(perSecond(rows, wholeNanoseconds)).grouped)
            table.add("longest wait of a flush, ms", (waits.maximum() / 1_000_000).grouped)
            return table
        }
    }
}
