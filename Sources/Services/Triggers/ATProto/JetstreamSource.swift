internal import ComponentHost
internal import HTTP
internal import Platform

/// A Jetstream of ATProto: all public changes of records as JSON over a WebSocket.
///
/// Compression is never asked for: Jetstream compresses with zstd and a dictionary of its own. An endpoint that asks for
/// it is refused, and what comes compressed all the same is counted as unreadable.
public struct Jetstream: Equatable, Sendable {
    /// Its name in health and logs.
    public var name = "atproto"
    /// Where, such as `wss://jetstream.example.org/subscribe`.
    public var endpoint: String
    /// How far before the last event a new connection begins, in microseconds: events do not come strictly in order.
    public var rewindMicroseconds: Int64 = 5_000_000
    /// A file of certificates to trust instead of the system's roots.
    public var trustedRootsPath: String?

    /// Makes a Jetstream with the standard settings.
    public init(endpoint: String) { self.endpoint = endpoint }
}

/// Follows a Jetstream.
///
/// The cursor is the time of the newest event that was handed on. After a break the connection begins a little before
/// it, and what comes twice is passed over. A line that cannot be read is counted and passed over: it would come again
/// for ever.
final class JetstreamSource: TriggerSource {
    private let jetstream: Jetstream
    private let store: TriggerStore
    private let interrupt: WebSocketInterrupt?
    private let clock: any Clock
    private var cursor: Int64?
    private var reached: Int64?
    private var connection: (socket: WebSocketConnection, interest: JetstreamInterest)?
    /// How the connection ended, if that is still to be told.
    private var failure: WebSocketError?
    private var recent = RecentIdentities(countMax: 16_384)
    private var unreadable = 0
    private var savedAt: UInt64 = 0

    private static let messageBytesMax = 2 << 20
    private static let batchCountMax = 512
    /// How long a look waits for the first event.
    private static let waitMilliseconds = 1_000
    /// How often the cursor is written when nothing that is wanted comes.
    private static let savePauseNanoseconds: UInt64 = 5_000_000_000

    init(
        _ jetstream: Jetstream,
        store: TriggerStore,
        interrupt: WebSocketInterrupt?,
        clock: any Clock
    ) throws(TriggerError) {
        self.jetstream = jetstream
        self.store = store
        self.interrupt = interrupt
        self.clock = clock
        cursor = try store.cursor(jetstream.name)["time"]
        reached = cursor
    }

    func poll(_ watched: [Trigger]) throws(TriggerError) -> SourceBatch {
        let interest = JetstreamInterest(watched)
        guard !interest.isEmpty else {
            connection = nil
            return SourceBatch()
        }
        if let failure { throw failed(failure) }
        do throws(WebSocketError) { return try receive(interest) } catch { throw failed(error) }
    }

    private func failed(_ error: WebSocketError) -> TriggerError {
        connection = nil
        failure = nil
        return .unreachable(source: jetstream.name, reason: "\(error)")
    }

    func commit() throws(TriggerError) {
        guard let reached else { return }
        try store.setCursor(jetstream.name, [("time", reached)])
        cursor = reached
        savedAt = clock.monotonicNanoseconds()
    }

    private func receive(_ interest: JetstreamInterest) throws(WebSocketError) -> SourceBatch {
        let socket = try connected(interest)
        var batch = SourceBatch()
        var received = 0
        while received < Self.batchCountMax, let message = try next(socket, isFirst: received == 0)
        {
            received += 1
            guard case .text(let line) = message,
                let event = JetstreamEvent(line, bytesMax: Self.messageBytesMax)
            else {
                unreadable += 1
                continue
            }
            // A time that is yet to come must not become the cursor: nothing would come before it.
            let now = Int64(clamping: clock.wallNanoseconds() / 1_000)
            reached = max(reached ?? 0, min(event.timeMicroseconds, now))
            if let change = event.commit { take(change, interest, &batch) }
        }
        // Without a pause: the wait for the next event is the pause.
        batch.isMore = true
        let isDue = clock.monotonicNanoseconds() &- savedAt > Self.savePauseNanoseconds
        batch.hasProgress = reached != cursor && (isDue || !batch.occurrences.isEmpty)
        batch.position = "time \(reached ?? 0) µs"
        if unreadable > 0 { batch.position += ", \(unreadable) unreadable" }
        return batch
    }

    /// The next message; an end of the connection is told only once what came before it is handed over.
    private func next(
        _ socket: WebSocketConnection,
        isFirst: Bool
    ) throws(WebSocketError) -> WebSocketCodec.Message? {
        if isFirst { return try socket.receive(timeoutMilliseconds: Self.waitMilliseconds) }
        do throws(WebSocketError) { return try socket.receive(timeoutMilliseconds: 0) } catch {
            failure = error
            return nil
        }
    }

    private func take(
        _ change: ATProtoEvent,
        _ interest: JetstreamInterest,
        _ batch: inout SourceBatch
    ) {
        for trigger in interest.triggers(change) {
            // A Jetstream gives each event a time of its own, so that is no part of what it is.
            let parts = [
                change.repository, change.collection, change.recordKey, change.action,
                change.revision ?? "", change.cid ?? "",
            ]
            let occurrence = TriggerOccurrence(
                .watchers(of: trigger),
                .atprotoEvent(change),
                name: [Array("atproto".utf8), TriggerCoding.key(trigger)]
                    + parts.map { Array($0.utf8) }
            )
            if recent.insert(occurrence.identity) { batch.occurrences.append(occurrence) }
        }
    }

    private func connected(
        _ interest: JetstreamInterest
    ) throws(WebSocketError) -> WebSocketConnection {
        if let connection, connection.interest == interest { return connection.socket }
        connection = nil
        var limits = WebSocketConnection.Limits()
        limits.messageBytesMax = Self.messageBytesMax
        limits.trustedRootsPath = jetstream.trustedRootsPath
        let socket = try WebSocketConnection(
            url(interest),
            limits: limits,
            interrupt: interrupt
        )
        connection = (socket, interest)
        return socket
    }

    private func url(_ interest: JetstreamInterest) -> String {
        var items = interest.collections.map { "wantedCollections=" + Self.escaped($0) }
        items += interest.repositories.map { "wantedDids=" + Self.escaped($0) }
        items.append("maxMessageSizeBytes=\(Self.messageBytesMax)")
        if let reached {
            items.append("cursor=\(max(0, reached - jetstream.rewindMicroseconds))")
        }
        let separator = jetstream.endpoint.contains("?") ? "&" : "?"
        return jetstream.endpoint + separator + items.joined(separator: "&")
    }

    private static let unreserved = Set(
        "GHIJKLMNOPQRSTUVWXYZghijklmnopqrstuvwxyz-._~".unicodeScalars
    )

    /// A text as a part of a query (RFC 3986 §2.3): all but unreserved characters are escaped.
    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for byte in text.utf8 {
            let scalar = Unicode.Scalar(byte)
            if scalar.properties.isASCIIHexDigit || unreserved.contains(scalar) {
                escaped.unicodeScalars.append(scalar)
            } else {
                escaped += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
        return escaped
    }
}

/// The identities of what was seen lately; the oldest are forgotten.
struct RecentIdentities {
    private let countMax: Int
    private var known: Set<[UInt8]> = []
    private var order: [[UInt8]] = []
    private var oldest = 0

    init(countMax: Int) { self.countMax = countMax }

    /// Adds an identity; false if it was there.
    mutating func insert(_ identity: [UInt8]) -> Bool {
        guard known.insert(identity).inserted else { return false }
        if order.count < countMax {
            order.append(identity)
        } else {
            known.remove(order[oldest])
            order[oldest] = identity
            oldest = (oldest + 1) % countMax
        }
        return true
    }
}
