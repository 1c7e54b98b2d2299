internal import CNATS
internal import Synchronization

/// What gets the messages of one subscription from the library's thread.
final class NATSReceiver: Sendable {
    private let core: NATSCore
    /// Whose they are; none for answers to requests.
    private let subscription: Subscription?
    private let assembly: Mutex<NATSAssembly>

    init(_ core: NATSCore, _ subscription: Subscription?) {
        self.core = core
        self.subscription = subscription
        assembly = Mutex(NATSAssembly(payloadBytesMax: core.limits.payloadBytesMax))
    }

    /// Takes a message, which is the library's.
    func receive(_ message: OpaquePointer) {
        guard let subject = unsafe Self.text(natsMsg_GetSubject(message)) else { return }
        if unsafe natsMsg_IsNoResponders(message) { return core.unanswered(subject) }
        let payload = unsafe UnsafeRawBufferPointer(
            start: natsMsg_GetData(message),
            count: Int(natsMsg_GetDataLength(message))
        )
        var bytes = unsafe [UInt8](payload)
        if let word = unsafe Self.header(NATSPart.messageHeader, of: message) {
            let part = unsafe NATSPart(
                message: word,
                number: Self.header(NATSPart.numberHeader, of: message) ?? "",
                byteCount: Self.header(NATSPart.lengthHeader, of: message) ?? ""
            )
            guard let part else { return core.dropped() }
            switch assembly.withLock({ $0.take(part, bytes, subject: subject) }) {
            case .whole(let whole): bytes = whole
            case .unfinished: return
            case .dropped(let count): return core.dropped(count)
            }
        }
        guard bytes.count <= core.limits.payloadBytesMax else { return core.dropped() }
        let replyTo = unsafe Self.text(natsMsg_GetReply(message))
        core.receive(BusMessage(subject: subject, replyTo: replyTo, payload: bytes), subscription)
    }

    private static func text(_ place: UnsafePointer<CChar>?) -> String? {
        unsafe place.map { place in unsafe String(cString: place) }
    }

    private static func header(_ name: String, of message: OpaquePointer) -> String? {
        var value: UnsafePointer<CChar>?
        guard unsafe natsMsgHeader_Get(message, name, &value) == NATS_OK else { return nil }
        return unsafe text(value)
    }
}

func received(
    _ connection: OpaquePointer?,
    _ subscription: OpaquePointer?,
    _ message: OpaquePointer?,
    _ context: UnsafeMutableRawPointer?
) {
    guard let message = unsafe message else { return }
    defer { unsafe natsMsg_Destroy(message) }
    guard let context = unsafe context else { return }
    let receiver = unsafe Unmanaged<NATSReceiver>.fromOpaque(context).takeUnretainedValue()
    unsafe receiver.receive(message)
}

/// The last call for a subscription.
func completed(_ context: UnsafeMutableRawPointer?) {
    if let context = unsafe context {
        unsafe Unmanaged<NATSReceiver>.fromOpaque(context).release()
    }
}

func connected(_ connection: OpaquePointer?, _ context: UnsafeMutableRawPointer?) {
    unsafe core(context)?.changed(true)
}

func disconnected(_ connection: OpaquePointer?, _ context: UnsafeMutableRawPointer?) {
    unsafe core(context)?.changed(false)
}

/// The last call for a connection.
func closed(_ connection: OpaquePointer?, _ context: UnsafeMutableRawPointer?) {
    unsafe core(context)?.gaveUp()
    if let context = unsafe context { unsafe Unmanaged<NATSCore>.fromOpaque(context).release() }
}

func failed(
    _ connection: OpaquePointer?,
    _ subscription: OpaquePointer?,
    _ status: natsStatus,
    _ context: UnsafeMutableRawPointer?
) {
    var place: UnsafePointer<CChar>?
    // The words that the server has sent say more than the status, where there are any.
    _ = unsafe natsConnection_GetLastError(connection, &place)
    let words = unsafe place.map { place in unsafe String(cString: place) } ?? ""
    let text = words.isEmpty ? NATSFailure.text(status) : words
    unsafe core(context)?.failed(
        text,
        isRefusal: status == NATS_NOT_PERMITTED,
        isLoss: status == NATS_SLOW_CONSUMER
    )
}

/// How long to wait before an attempt to connect, in milliseconds.
func reconnectDelay(
    _ connection: OpaquePointer?,
    _ attempts: Int32,
    _ context: UnsafeMutableRawPointer?
) -> Int64 {
    guard let core = unsafe core(context) else { return 0 }
    return Int64(
        core.limits.reconnectMilliseconds(failureCount: Int(attempts) - 1, core.nextRandom())
    )
}

private func core(_ context: UnsafeMutableRawPointer?) -> NATSCore? {
    unsafe context.map { context in
        unsafe Unmanaged<NATSCore>.fromOpaque(context).takeUnretainedValue()
    }
}
