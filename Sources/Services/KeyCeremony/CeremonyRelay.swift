public import Cryptography
public import MessageBus
public import Platform
public import Primitives
public import Statements
internal import Synchronization
public import Venue

/// The venue's side of key ceremonies: puts what members say in order, by filing it in the journal.
///
/// It works on a thread of its own. It holds no secret and decides nothing but when a phase ends: everybody who
/// reads the journal finds the same keys, faults and evidence.
public final class CeremonyRelay: Sendable {
    private enum Item: Sendable {
        case filed(FilingKind, [UInt8])
        case said([UInt8])
        case asked(CeremonyFetch, replyTo: String)
        case begin(CommitteeFile)
    }

    private struct Inbox {
        var items: [Item] = []
        var messageCount = 0
        var isStopping = false
    }

    /// Most messages of members that wait; they repeat what was not heard.
    private static let messageCountMax = 256
    private static let pauseNanoseconds: UInt64 = 200_000_000

    private let bus: any MessageBus
    private let clock: any Clock
    private let validFrom: @Sendable (_ epoch: UInt64) -> Timestamp
    private let file: @Sendable (FilingKind, [UInt8]) -> Bool
    private let report: @Sendable (CeremonyProgress) -> Void
    private let inbox = Mutex(Inbox())
    private let wake = Signal()
    private let state: Mutex<RelayState>
    private let thread = Mutex<PlatformThread?>(nil)
    private let subscriptions = Mutex<[BusSubscription]>([])

    /// Makes the venue's side.
    ///
    /// - Parameters:
    ///   - venue: The venue.
    ///   - bus: Where the members are heard.
    ///   - clock: When phases end.
    ///   - limits: How long to wait for members.
    ///   - verifier: Verifies signatures of identity keys.
    ///   - validFrom: From when on the roster of an epoch holds: where the attestations of the one before end.
    ///   - file: Puts a document into the journal; false if the venue is too busy, and it is tried again.
    ///   - report: Called on the relay's thread.
    public init(
        venue: VenueName,
        bus: any MessageBus,
        clock: any Clock,
        limits: CeremonyLimits = CeremonyLimits(),
        verifier: @escaping Ed25519Verifier,
        validFrom: @escaping @Sendable (_ epoch: UInt64) -> Timestamp,
        file: @escaping @Sendable (FilingKind, [UInt8]) -> Bool,
        report: @escaping @Sendable (CeremonyProgress) -> Void
    ) {
        self.bus = bus
        self.clock = clock
        self.validFrom = validFrom
        self.file = file
        self.report = report
        state = Mutex(RelayState(venue: venue, limits: limits, verifier: verifier))
    }

    /// The roster in force; none before the first ceremony has ended.
    public var roster: EpochStatement? { state.withLock { state in state.roster } }

    /// Whether a key has a seat, or may get one in the ceremony that runs.
    public func admits(_ key: Ed25519.PublicKey) -> Bool {
        state.withLock { state in state.admitted.contains(key) }
    }

    /// Takes a filing that has become durable; every one of the kinds `ceremony` and `epoch`, in the order of the
    /// journal, from its first command on.
    public func filed(_ kind: FilingKind, _ document: [UInt8]) {
        guard kind == .ceremony || kind == .epoch else { return }
        inbox.withLock { inbox in inbox.items.append(.filed(kind, document)) }
        wake.notify()
    }

    /// Announces a ceremony of the next epoch: key generation if there is no roster, else resharing.
    public func begin(_ committee: CommitteeFile) {
        inbox.withLock { inbox in inbox.items.append(.begin(committee)) }
        wake.notify()
    }

    /// Starts to listen to members, after the journal's past was given to `filed`.
    ///
    /// - Throws: `BusError` when the bus takes no subscription; `PlatformError` when there is no thread.
    public func start() throws {
        let submitted = try bus.subscribe(CeremonySubject.submit) { [weak self] message in
            self?.receive(.said(message.payload))
        }
        let asked = try bus.subscribe(CeremonySubject.fetch) { [weak self] message in
            guard let replyTo = message.replyTo else { return }
            do throws(KeyCeremonyError) {
                let fetch = try CeremonyFetch(decoding: message.payload)
                self?.receive(.asked(fetch, replyTo: replyTo))
            } catch {
                self?.report(.skipped(error))
            }
        }
        subscriptions.withLock { subscriptions in subscriptions = [submitted, asked] }
        let started = try PlatformThread.start(name: "key-relay") { self.run() }
        thread.withLock { thread in thread = started }
    }

    /// Ends the thread; the journal holds all that counts.
    public func stop() {
        subscriptions.withLock { subscriptions in
            for subscription in subscriptions { subscription.cancel() }
            subscriptions = []
        }
        inbox.withLock { inbox in inbox.isStopping = true }
        wake.notify()
        let running = thread.withLock { thread in
            let running = thread
            thread = nil
            return running
        }
        running?.join()
    }

    private func receive(_ item: Item) {
        inbox.withLock { inbox in
            guard inbox.messageCount < Self.messageCountMax else { return }
            inbox.messageCount += 1
            inbox.items.append(item)
        }
        wake.notify()
    }

    private func run() {
        /// What could not be filed yet, the oldest first.
        var unfiled: [(kind: FilingKind, document: [UInt8])] = []
        while true {
            let (items, isStopping) = inbox.withLock { inbox in
                let taken = inbox.items
                inbox.items = []
                inbox.messageCount = 0
                return (taken, inbox.isStopping)
            }
            if isStopping { return }
            for item in items { perform(take(item), &unfiled) }
            let now = clock.monotonicNanoseconds()
            perform(
                state.withLock { state in state.tick(now, validFrom: validFrom) },
                &unfiled
            )
            while let next = unfiled.first, file(next.kind, next.document) {
                unfiled.removeFirst()
            }
            wake.wait(timeoutNanoseconds: Self.pauseNanoseconds)
        }
    }

    private func take(_ item: Item) -> [RelayState.Action] {
        let now = clock.monotonicNanoseconds()
        switch item {
        case .filed(.epoch, let document):
            return state.withLock { state in state.filed(epoch: document) }
        case .filed(_, let document):
            return state.withLock { state in state.filed(ceremony: document, time: now) }
        case .said(let bytes): return state.withLock { state in state.receive(bytes) }
        case .asked(let fetch, let replyTo):
            answer(fetch, replyTo)
            return []
        case .begin(let committee):
            do throws(KeyCeremonyError) {
                return try state.withLock { (state) throws(KeyCeremonyError) in
                    try state.begin(committee)
                }
            } catch {
                return [.report(.skipped(error))]
            }
        }
    }

    private func perform(
        _ actions: [RelayState.Action],
        _ unfiled: inout [(kind: FilingKind, document: [UInt8])]
    ) {
        for action in actions {
            switch action {
            case .file(let kind, let document): unfiled.append((kind, document))
            case .publish(let document): publish(document)
            case .report(let progress): report(progress)
            }
        }
    }

    private func publish(_ document: [UInt8]) {
        do throws(BusError) {
            try bus.publish(CeremonySubject.block, document, replyTo: nil)
        } catch {
            // Members ask for what they did not get.
            return
        }
    }

    private func answer(_ fetch: CeremonyFetch, _ replyTo: String) {
        let documents = state.withLock { state in
            state.documents(after: fetch.identifier, count: fetch.count)
        }
        do throws(BusError) {
            try bus.publish(replyTo, CeremonyFetch.answer(documents), replyTo: nil)
        } catch {
            // The member asks again.
            return
        }
    }
}
