import Bookkeeping
import Database
import Follower
package import Gateway
package import HTTP
import LedgerStore
import MarketData
import Platform
import Primitives
import Sequencer
import Statements
import Synchronization
import Venue

/// A gateway at work, and what follows the journal for it.
package struct RunningGateway {
    /// The gateway.
    package let gateway: Gateway
    /// Where it listens.
    package let server: HTTPServer
    let gate: CommandGate
    let projections: Projections

    /// Takes no more requests and answers those in work; to be called while the venue still takes commands.
    package func drain() {
        gateway.drain()
        server.stop()
        gateway.stop()
    }

    /// Hands over the last answers and brings the projections up to date; to be called after the sequencer was stopped.
    package func stop() {
        gate.stop()
        projections.stop()
    }
}

/// What follows the journal for a gateway.
struct Projections {
    let market: MarketData
    let store: any LedgerStore
    let keys: OrderKeys
    private let followers: [(name: String, follower: Follower)]

    init(
        _ plan: GatewayPlan,
        _ folder: String,
        _ listing: Listing,
        _ sequencer: Sequencer,
        _ journal: LinuxDirectory,
        _ terminal: Terminal
    ) throws(ConsoleError) {
        do {
            let marketFolder = try Console.makeDirectory(folder + "/market")
            market = try MarketData(listing: listing, directory: marketFolder)
            store = try Self.store(plan.settings.store, folder)
            keys = try OrderKeys(path: folder + "/orders.db")
            let projections: [(String, any Projection)] = [
                ("orders", keys), ("market", market), ("ledger", try Bookkeeping(store)),
            ]
            var followers: [(name: String, follower: Follower)] = []
            for (name, projection) in projections {
                let follower = try Follower(
                    sequencer,
                    journal: journal,
                    projection: projection,
                    name: name,
                    isPrompt: name == "market",
                    warn: { error in terminal.note("parallax: \(name): \(error)") }
                )
                followers.append((name, follower))
            }
            self.followers = followers
        } catch {
            throw .environment("\(error)")
        }
        try awaitStart(sequencer.durableSequence)
        keys.becomeReady()
    }

    private static func store(
        _ kind: GatewaySettings.Store,
        _ folder: String
    ) throws -> any LedgerStore {
        switch kind {
        case .sqlite: try SQLiteLedgerStore(path: folder + "/ledger.db")
        case .postgreSQL(let url, let passwordFile):
            try PostgreSQLLedgerStore(PostgreSQLAddress(url: url, passwordFile: passwordFile))
        }
    }

    /// Waits until the named orders and the market have what was durable at the start.
    private func awaitStart(_ sequence: UInt64) throws(ConsoleError) {
        for (name, follower) in followers where name != "ledger" {
            while follower.progress.sequence < sequence {
                let progress = follower.progress
                if progress.hasEnded, let fault = progress.fault {
                    throw .environment("\(name): \(fault)")
                }
                PlatformThread.nap(nanoseconds: 5_000_000)
            }
        }
    }

    /// How far each is.
    var progress: [(name: String, progress: @Sendable () -> Follower.Progress)] {
        followers.map { item in
            let follower = item.follower
            return (item.name, { follower.progress })
        }
    }

    func stop() {
        for (_, follower) in followers { follower.stop() }
        market.save()
    }
}

/// Sends single commands to the venue and waits for what becomes of them; for threads that may wait.
struct VenueCaller: Sendable {
    let gate: CommandGate
    let sequencer: Sequencer

    /// How often a command that found the venue busy is tried again.
    private static let triesMax = 1_000

    /// What became of a command when it is durable; none if the venue stopped, or stays busy.
    func perform(_ command: Command) -> Reply? {
        wait { completion throws(CommandRejection) in try gate.submit(command, completion) }
    }

    /// The number of a document's filing when it is durable; none if the venue stopped, or stays busy.
    func file(_ kind: FilingKind, _ document: [UInt8]) -> Reply? {
        wait { completion throws(CommandRejection) in
            try gate.file(kind, document, completion)
        }
    }

    private func wait(
        _ submit: (@escaping CommandGate.Completion) throws(CommandRejection) -> Void
    ) -> Reply? {
        let answer = Mutex<CommandEnd?>(nil)
        let isDone = Signal()
        for _ in 0..<Self.triesMax {
            let rejection = Self.rejection(submit) { end in
                answer.withLock { answer in answer = end }
                isDone.notify()
            }
            switch rejection {
            case nil:
                isDone.wait()
                guard case .durable(let outcome) = answer.withLock({ $0 }) else { return nil }
                return outcome.reply
            case .busy: PlatformThread.nap(nanoseconds: 2_000_000)
            case .stopped: return nil
            }
        }
        return nil
    }

    private static func rejection(
        _ submit: (@escaping CommandGate.Completion) throws(CommandRejection) -> Void,
        _ completion: @escaping CommandGate.Completion
    ) -> CommandRejection? {
        do throws(CommandRejection) {
            try submit(completion)
            return nil
        } catch {
            return error
        }
    }

    /// Looks at the venue between two commands; none if it has stopped.
    func read<Value: Sendable>(
        _ body: @escaping @Sendable (inout Venue) -> Value
    ) -> Value? {
        let value = Mutex<Value?>(nil)
        let isDone = Signal()
        sequencer.read { venue in
            let seen = body(&venue)
            value.withLock { value in value = seen }
            isDone.notify()
        }
        while !isDone.wait(timeoutNanoseconds: 100_000_000) {
            if sequencer.fault != nil { return nil }
        }
        return value.withLock { value in value }
    }
}
