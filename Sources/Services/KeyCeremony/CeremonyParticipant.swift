public import Cryptography
public import MessageBus
import Platform
public import Statements
internal import Synchronization
public import ThresholdKeys

/// What happens to a seat in ceremonies, for whoever looks on.
public enum ParticipantProgress: Equatable, Sendable {
    /// A phase of a ceremony began in which the seat takes part.
    case phase(Phase, epoch: UInt64)
    /// The seat has a share of this epoch, and removed those before.
    case activated(epoch: UInt64)
    /// The committee goes on without the seat, which removed its shares.
    case left(epoch: UInt64)
    /// The attempt failed; the seat waits for the next one.
    case failed(CeremonyFailure)
    /// The seat takes no part, or could not keep what it must.
    case refused(KeyCeremonyError)
}

extension ParticipantProgress: CustomStringConvertible {
    /// One line without a full stop.
    public var description: String {
        switch self {
        case .phase(let phase, let epoch): "keys of epoch \(epoch): \(phase)"
        case .activated(let epoch): "holds a share of epoch \(epoch)"
        case .left(let epoch): "has no seat in epoch \(epoch) any more and removed its shares"
        case .failed(let failure): "the key ceremony failed: \(failure)"
        case .refused(let error): error.description
        }
    }
}

/// A seat's side of key ceremonies: follows what the venue filed, and says what there is to say.
///
/// It works on a thread of its own. Whatever was missed, on the way or because the seat was away, it asks for.
public final class CeremonyParticipant: Sendable {
    private struct Inbox {
        var documents: [[UInt8]] = []
        var isStopping = false
    }

    /// Most documents that wait; beyond that they are asked for again.
    private static let inboxCountMax = 64
    /// How often it asks whether it missed something.
    private static let pollNanoseconds: UInt64 = 1_000_000_000
    private static let answerMilliseconds = 2_000

    private let bus: any MessageBus
    private let report: @Sendable (ParticipantProgress) -> Void
    private let inbox = Mutex(Inbox())
    private let wake = Signal()
    private let session: Mutex<ParticipantSession>
    private let thread = Mutex<PlatformThread?>(nil)
    private let subscription = Mutex<BusSubscription?>(nil)

    /// Makes the seat's side.
    ///
    /// - Parameters:
    ///   - venue: The venue.
    ///   - bus: Where the venue is heard.
    ///   - store: What the seat must not lose.
    ///   - identityKey: The key that verifies what the seat says.
    ///   - verifier: Verifies signatures of identity keys.
    ///   - sign: Signs bytes with the identity key.
    ///   - report: Called on the participant's thread.
    public init(
        venue: VenueName,
        bus: any MessageBus,
        store: SeatStore,
        identityKey: Ed25519.PublicKey,
        verifier: @escaping Ed25519Verifier,
        sign: @escaping @Sendable ([UInt8]) -> [UInt8],
        report: @escaping @Sendable (ParticipantProgress) -> Void
    ) {
        self.bus = bus
        self.report = report
        session = Mutex(
            ParticipantSession(
                venue: venue,
                store: store,
                identityKey: identityKey,
                verifier: verifier,
                sign: sign
            )
        )
    }

    /// Starts to follow.
    ///
    /// - Throws: `BusError` when the bus takes no subscription; `PlatformError` when there is no thread.
    public func start() throws {
        let subscribed = try bus.subscribe(CeremonySubject.block) { [weak self] message in
            self?.receive(message.payload)
        }
        subscription.withLock { subscription in subscription = subscribed }
        let started = try PlatformThread.start(name: "key-ceremony") { self.run() }
        thread.withLock { thread in thread = started }
    }

    /// Ends the thread; what is said and kept so far counts.
    public func stop() {
        subscription.withLock { subscription in
            subscription?.cancel()
            subscription = nil
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

    private func receive(_ document: [UInt8]) {
        inbox.withLock { inbox in
            if inbox.documents.count < Self.inboxCountMax { inbox.documents.append(document) }
        }
        wake.notify()
    }

    private func run() {
        while true {
            let (documents, isStopping) = inbox.withLock { inbox in
                let taken = inbox.documents
                inbox.documents = []
                return (taken, inbox.isStopping)
            }
            if isStopping { return }
            let isComplete = documents.isEmpty ? false : take(documents)
            if !isComplete { catchUp() }
            say()
            wake.wait(timeoutNanoseconds: Self.pollNanoseconds)
        }
    }

    /// Takes documents; false if one of them did not follow on what is there.
    private func take(_ documents: [[UInt8]]) -> Bool {
        var isComplete = true
        for document in documents {
            let (fits, progress) = session.withLock { session in session.take(document) }
            if !fits { isComplete = false }
            for entry in progress { report(entry) }
        }
        return isComplete
    }

    /// Asks for what is missing.
    private func catchUp() {
        guard bus.isConnected else { return }
        let request = session.withLock { session in session.missing }
        do {
            let answer = try bus.request(
                CeremonySubject.fetch,
                request.encoded,
                timeoutMilliseconds: Self.answerMilliseconds
            )
            _ = take(try CeremonyFetch.documents(answer: answer))
        } catch let error as KeyCeremonyError {
            report(.refused(error))
        } catch {
            // The venue is away or busy; the next poll asks again.
            return
        }
    }

    /// Says what there is to say at this height, again and again until the venue has filed it.
    private func say() {
        guard let bytes = session.withLock({ session in session.submission }) else { return }
        do throws(BusError) {
            try bus.publish(CeremonySubject.submit, bytes, replyTo: nil)
        } catch {
            // It is said again at the next poll.
            return
        }
    }
}
