internal import CNATS
internal import MessageBus
internal import Platform
internal import Synchronization

/// What goes wrong: the stream is looked at then, and what it lacks is sent again.
struct JetStreamTrouble: Error, Equatable {
    var reason: String
    /// Whether trying again does not help.
    var isLasting = false
}

/// The library's connection with one inbox for the acknowledgements.
@safe final class JetStreamConnection: @unchecked Sendable {
    // The library guards its objects with locks of its own; the places are written once, in init.
    private let handle: OpaquePointer
    private let subscription: OpaquePointer
    private let inbox: String
    private let acknowledgements: Acknowledgements

    /// Connects to the first server that answers.
    ///
    /// - Throws: `unavailable` when none answers, `failed` for unusable files or addresses.
    init(_ configuration: JetStreamConfiguration) throws(EventBusError) {
        let options: NATSOptions
        do throws(BusError) {
            options = try NATSOptions(
                servers: configuration.servers,
                security: configuration.security,
                limits: BusLimits()
            )
        } catch {
            throw .failed("\(error)")
        }
        var made: OpaquePointer?
        let status = unsafe natsConnection_Connect(&made, options.handle)
        guard status == NATS_OK, let connection = unsafe made else {
            throw .unavailable("NATS server: \(NATSFailure.text(status))")
        }
        let word = [SystemRandom.word(), SystemRandom.word()].map { String($0, radix: 36) }
        inbox = "_INBOX." + word.joined()
        acknowledgements = Acknowledgements(inbox)
        // The library keeps it until the subscription is complete.
        let context = unsafe Unmanaged.passRetained(acknowledgements)
        var subscribed: OpaquePointer?
        let subscribing = unsafe natsConnection_Subscribe(
            &subscribed,
            connection,
            inbox + ".*.*",
            acknowledgementCame,
            context.toOpaque()
        )
        guard subscribing == NATS_OK, let subscribed = unsafe subscribed else {
            unsafe context.release()
            unsafe natsConnection_Destroy(connection)
            throw .unavailable("NATS server: \(NATSFailure.text(subscribing))")
        }
        unsafe handle = connection
        unsafe subscription = subscribed
        // Should this fail, the table lives as long as the process.
        _ = unsafe natsSubscription_SetOnCompleteCB(subscribed, ended, context.toOpaque())
    }

    deinit {
        unsafe natsSubscription_Destroy(subscription)
        unsafe natsConnection_Close(handle)
        unsafe natsConnection_Destroy(handle)
    }

    /// Begins to count acknowledgements anew; older ones are dropped when they come.
    func beginRound(count: Int) -> UInt64 { acknowledgements.begin(count: count) }

    /// Waits until more messages of the round are acknowledged than `count`, in order.
    ///
    /// - Returns: The stream's sequences of all that are, in order.
    func acknowledged(
        moreThan count: Int,
        timeoutMilliseconds: Int
    ) throws(JetStreamTrouble) -> [UInt64] {
        try acknowledgements.wait(moreThan: count, timeoutMilliseconds: timeoutMilliseconds)
    }

    /// Hands a message to the library; the acknowledgement comes by the inbox.
    func publish(
        _ message: EventMessage,
        round: UInt64,
        number: Int,
        headers: [(String, String)]
    ) throws(JetStreamTrouble) {
        var made: OpaquePointer?
        let status = unsafe message.payload.withUnsafeBytes { bytes in
            unsafe natsMsg_Create(
                &made,
                message.subject,
                "\(inbox).\(round).\(number)",
                bytes.bindMemory(to: CChar.self).baseAddress,
                Int32(bytes.count)
            )
        }
        guard status == NATS_OK, let made = unsafe made else { throw Self.trouble(status) }
        defer { unsafe natsMsg_Destroy(made) }
        for (name, value) in headers {
            let status = unsafe natsMsgHeader_Set(made, name, value)
            guard status == NATS_OK else { throw Self.trouble(status) }
        }
        let sent = unsafe natsConnection_PublishMsg(handle, made)
        guard sent == NATS_OK else { throw Self.trouble(sent) }
    }

    /// Asks the server something and waits for the answer.
    func request(
        _ subject: String,
        _ body: [UInt8],
        timeoutMilliseconds: Int
    ) throws(JetStreamTrouble) -> [UInt8] {
        var made: OpaquePointer?
        let status = unsafe body.withUnsafeBytes { bytes in
            unsafe natsConnection_Request(
                &made,
                handle,
                subject,
                bytes.baseAddress,
                Int32(bytes.count),
                Int64(timeoutMilliseconds)
            )
        }
        guard status == NATS_OK, let made = unsafe made else { throw Self.trouble(status) }
        defer { unsafe natsMsg_Destroy(made) }
        return unsafe bytes(of: made)
    }

    private static func trouble(_ status: natsStatus) -> JetStreamTrouble {
        if status == NATS_NO_RESPONDERS {
            return JetStreamTrouble(reason: "NATS server: JetStream is not enabled or not ready")
        }
        return JetStreamTrouble(reason: "NATS server: \(NATSFailure.text(status))")
    }
}

/// The table of messages in flight, as the library of this version never gives up waiting for an acknowledgement.
final class Acknowledgements: Sendable {
    private struct State {
        var round: UInt64 = 0
        var sequences: [UInt64?] = []
        /// How many messages from the first on are acknowledged.
        var prefix = 0
        var failure: String?
    }

    private let prefix: String
    private let state = Mutex(State())
    private let signal = Signal()

    init(_ inbox: String) { prefix = inbox + "." }

    func begin(count: Int) -> UInt64 {
        state.withLock { state in
            state = State(round: state.round + 1, sequences: Array(repeating: nil, count: count))
            return state.round
        }
    }

    func wait(
        moreThan count: Int,
        timeoutMilliseconds: Int
    ) throws(JetStreamTrouble) -> [UInt64] {
        let clock = LinuxClock()
        let end = clock.monotonicNanoseconds() + UInt64(timeoutMilliseconds) * 1_000_000
        while true {
            let (sequences, failure) = state.withLock { state in
                (state.sequences.prefix(state.prefix).compactMap { $0 }, state.failure)
            }
            if let failure { throw JetStreamTrouble(reason: failure) }
            if sequences.count > count { return sequences }
            let now = clock.monotonicNanoseconds()
            guard now < end else {
                throw JetStreamTrouble(reason: "no acknowledgement in \(timeoutMilliseconds) ms")
            }
            signal.wait(timeoutNanoseconds: end - now)
        }
    }

    /// Takes what came to the inbox.
    func take(subject: String, isUnanswered: Bool, _ body: [UInt8]) {
        let numbers = subject.dropFirst(prefix.count).split(separator: ".")
        guard numbers.count == 2, let round = UInt64(numbers[0]), let number = Int(numbers[1])
        else { return }
        let answer =
            isUnanswered
            ? .failure(JetStreamTrouble(reason: "no stream keeps the subject"))
            : JetStreamAnswers.acknowledgement(body)
        state.withLock { state in
            guard state.round == round, state.sequences.indices.contains(number) else { return }
            switch answer {
            case .success(let sequence):
                state.sequences[number] = sequence
                while state.prefix < state.sequences.count, state.sequences[state.prefix] != nil {
                    state.prefix += 1
                }
            case .failure(let trouble):
                // What follows a failed message fails too, for its number no longer fits: the first reason counts.
                if state.failure == nil { state.failure = trouble.reason }
            }
        }
        signal.notify()
    }
}

private func bytes(of message: OpaquePointer) -> [UInt8] {
    unsafe [UInt8](
        UnsafeRawBufferPointer(
            start: natsMsg_GetData(message),
            count: Int(natsMsg_GetDataLength(message))
        )
    )
}

private func acknowledgementCame(
    _ connection: OpaquePointer?,
    _ subscription: OpaquePointer?,
    _ message: OpaquePointer?,
    _ context: UnsafeMutableRawPointer?
) {
    guard let message = unsafe message else { return }
    defer { unsafe natsMsg_Destroy(message) }
    guard let context = unsafe context, let subject = unsafe natsMsg_GetSubject(message) else {
        return
    }
    let table = unsafe Unmanaged<Acknowledgements>.fromOpaque(context).takeUnretainedValue()
    unsafe table.take(
        subject: String(cString: subject),
        isUnanswered: natsMsg_IsNoResponders(message),
        bytes(of: message)
    )
}

/// The last call for the subscription.
private func ended(_ context: UnsafeMutableRawPointer?) {
    if let context = unsafe context {
        unsafe Unmanaged<Acknowledgements>.fromOpaque(context).release()
    }
}
