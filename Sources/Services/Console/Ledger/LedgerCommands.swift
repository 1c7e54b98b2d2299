import Bookkeeping
import Follower
import Journal
import LedgerStore
import Platform
import Venue

extension Console {
    static var ledgerReconcileSyntax: CommandSyntax {
        CommandSyntax(
            "ledger reconcile",
            operands: "JOURNAL STORE",
            count: 2...2,
            summary: "compare every row of a ledger with the venue that the journal makes",
            details: """
                Compares all balances, what all entries add up to, custody, bonds, and the numbers of orders,
                contracts and trades; and checks that the entries of each command add up to zero. Exit code 1 means
                that something differs; each difference is a line. The venue may be running.

                \(LedgerPlace.help)
                """,
            options: LedgerPlace.options,
            body: ledgerReconcile
        )
    }

    static var ledgerRebuildSyntax: CommandSyntax {
        CommandSyntax(
            "ledger rebuild",
            operands: "JOURNAL STORE",
            count: 2...2,
            summary: "make a ledger again from the whole journal",
            details: """
                Removes all of its rows first. Nothing else may write to it meanwhile: stop the venue.

                \(LedgerPlace.help)
                """,
            options: LedgerPlace.options,
            body: ledgerRebuild
        )
    }

    @Sendable private static func ledgerReconcile(
        _ arguments: Arguments,
        _ terminal: Terminal
    ) throws(ConsoleError) {
        let directory = try openJournal(arguments.operands[0])
        let store = try LedgerPlace(arguments.operands[1])
            .open(arguments, command: "ledger reconcile")
        var replay = try journal { () throws(JournalError) in
            try JournalReplay(following: directory, after: store.cursor)
        }
        terminal.progress("replaying up to command \(store.cursor.grouped)")
        var fault: JournalError?
        let found = try ledger { () throws(LedgerStoreError) in
            try store.withBooks { books throws(LedgerStoreError) -> Reconciliation? in
                do throws(JournalError) {
                    try replay.advance(through: books.sequence)
                } catch {
                    fault = error
                    return nil
                }
                guard replay.venue.sequence == books.sequence else { return nil }
                return try Reconciliation(books, replay.venue)
            }
        }
        terminal.endProgress()
        if let fault { try journal { () throws(JournalError) in throw fault } }
        guard let found else {
            throw .disagreement(
                "the ledger has commands up to \(store.cursor), and the journal ends with "
                    + "\(replay.venue.sequence): it was made from another journal; rebuild it"
            )
        }
        try report(found, arguments, terminal)
    }

    private static func report(
        _ found: Reconciliation,
        _ arguments: Arguments,
        _ terminal: Terminal
    ) throws(ConsoleError) {
        if arguments.has("--json") {
            var json = JSONObject()
            json.add("sequence", found.sequence)
            json.add("balances", found.balanceCount)
            json.add("sums", found.sumCount)
            json.add("differences", found.differences.map(\.description))
            terminal.line(json.description)
        } else {
            terminal.line("the ledger after command \(found.sequence.grouped)")
            var table = Table()
            table.add("balances compared", found.balanceCount.grouped)
            table.add("sums of entries compared", found.sumCount.grouped)
            table.add("differences", found.differences.count.grouped)
            for line in table.lines { terminal.line(line) }
            for difference in found.differences { terminal.line(difference.description) }
        }
        if !found.differences.isEmpty {
            throw .disagreement(
                "\(found.differences.count) differences; rebuild the ledger from the journal "
                    + "(parallax ledger rebuild)"
            )
        }
    }

    @Sendable private static func ledgerRebuild(
        _ arguments: Arguments,
        _ terminal: Terminal
    ) throws(ConsoleError) {
        let directory = try openJournal(arguments.operands[0])
        let store = try LedgerPlace(arguments.operands[1])
            .open(arguments, command: "ledger rebuild", makes: true)
        var replay = try journal { () throws(JournalError) in
            try JournalReplay(directory: directory, usesSnapshots: false)
        }
        do throws(FollowerError) {
            _ = try Bookkeeping.rebuild(store, from: &replay) { sequence in
                terminal.progress("\(sequence.grouped) commands")
            }
        } catch {
            terminal.endProgress()
            throw .environment(error.description)
        }
        terminal.endProgress()
        try showTables(store, arguments, terminal)
    }
}
