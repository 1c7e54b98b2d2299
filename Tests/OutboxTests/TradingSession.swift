import Encoding
import EventBus
import Follower
import Foundation
import Journal
import Outbox
import Platform
import Primitives
import Sequencer
import Synchronization
import Testing
import TestSupport
import Venue

/// A venue with one instrument and two accounts that trade with each other, and its outboxes.
final class TradingSession {
    let listing: Listing
    private(set) var sequencer: Sequencer
    private let directory: TemporaryDirectory
    private var followers: [Follower] = []
    private var outboxes: [Outbox] = []

    init() throws {
        listing = try Self.listing()
        directory = try TemporaryDirectory()
        sequencer = try Self.sequencer(directory)
        for command in try listing.missingCommands(in: Venue()) {
            submit(command)
        }
        for (account, asset) in [(16, 0), (17, 1)] as [(UInt32, UInt32)] {
            submit(.openAccount(AccountID(account)))
            submit(
                .deposit(
                    Transfer(
                        account: AccountID(account),
                        asset: AssetID(asset),
                        amount: Amount(1_000_000_000_000)
                    )
                )
            )
        }
    }

    static func listing() throws -> Listing {
        let bitcoin = try ListedAsset(id: AssetID(0), symbol: "BTC", name: "Bitcoin", decimals: 8)
        let dollar = try ListedAsset(id: AssetID(1), symbol: "USD", name: "US dollar", decimals: 6)
        let instrument = try ListedInstrument(
            id: InstrumentID(0),
            symbol: "BTC-USD",
            base: bitcoin,
            quote: dollar,
            tick: #require(ExactDecimal("0.01")),
            lot: #require(ExactDecimal("0.0001"))
        )
        return try Listing(assets: [bitcoin, dollar], instruments: [instrument])
    }

    private static func sequencer(_ directory: TemporaryDirectory) throws -> Sequencer {
        try Sequencer(
            LinuxDirectory.open(directory.path(of: "journal"), create: true),
            sink: Nobody()
        )
    }

    /// Starts the venue again.
    func start() throws { sequencer = try Self.sequencer(directory) }

    /// Begins to publish, with an outbox of that name.
    @discardableResult
    func publish(
        on bus: any EventBus,
        _ format: any EventFormat,
        _ name: String
    ) throws -> Follower {
        let outbox = try Outbox(
            LinuxDirectory.open(directory.path(of: name), create: true),
            bus: bus,
            format: format
        )
        let follower = try Follower(
            sequencer,
            journal: LinuxDirectory.open(directory.path(of: "journal")),
            projection: outbox,
            name: name
        )
        outboxes.append(outbox)
        followers.append(follower)
        return follower
    }

    /// The outbox of that name begins anew at its next start.
    func forgetCursor(_ name: String) throws {
        try FileManager.default.removeItem(atPath: directory.path(of: name + "/cursor"))
    }

    /// In each round one sells and the other buys half a bitcoin, and half a one is cancelled.
    func trade(rounds: Int) {
        for _ in 0..<rounds {
            submit(order(16, .sell))
            submit(order(17, .buy))
            submit(order(17, .buy))
            submit(.massCancel(MassCancel(account: AccountID(17))))
        }
    }

    private func order(_ account: UInt32, _ side: Side) -> Command {
        .placeOrder(
            NewOrder(
                account: AccountID(account),
                instrument: InstrumentID(0),
                side: side,
                price: Price(10_000),
                quantity: Quantity(5_000)
            )
        )
    }

    private func submit(_ command: Command) {
        while sequencer.submit(command) == .busy {}
    }

    /// Ends the venue after everything is published.
    func end() throws {
        eventually("everything is published") {
            let sequence = sequencer.durableSequence
            return sequencer.queueCount == 0
                && followers.allSatisfy { $0.progress.sequence == sequence }
        }
        sequencer.stop()
        for follower in followers { follower.stop() }
        for outbox in outboxes { try outbox.close() }
        followers = []
        outboxes = []
    }

    /// The messages of the whole journal.
    func rebuilt(_ format: any EventFormat) throws -> [EventMessage] {
        let journal = try LinuxDirectory.open(directory.path(of: "journal"))
        var replay = try JournalReplay(directory: journal, usesSnapshots: false)
        var messages: [EventMessage] = []
        while let record = try replay.next() { messages += format.messages(record, replay.events) }
        return messages
    }
}

/// Keeps what is published; it can refuse for the moment.
final class RecordingBus: EventBus {
    private struct State {
        var messages: [EventMessage] = []
        var refusal: EventBusError?
        var refusedCount = 0
    }

    private let state = Mutex(State())

    var messages: [EventMessage] { state.withLock { $0.messages } }
    var refusedCount: Int { state.withLock { $0.refusedCount } }

    func fail(with error: EventBusError?) { state.withLock { $0.refusal = error } }

    func publish(_ messages: [EventMessage]) throws(EventBusError) {
        let refusal = state.withLock { state in
            if state.refusal == nil { state.messages += messages } else { state.refusedCount += 1 }
            return state.refusal
        }
        if let refusal { throw refusal }
    }

    func close() {}
}

/// Nobody waits for replies here.
private final class Nobody: ReplySink {
    func deliver(_ batch: borrowing DurableBatch) {}
    func stopped(_ reason: JournalError) {}
}
