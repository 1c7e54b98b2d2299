/// Named subjects over which the processes of a venue and its observers talk.
///
/// A subject is words of printable ASCII with dots between them, at most 255 bytes; in a pattern `*` stands
/// for one word and `>` at the end for one or more. Subjects that begin with `_` are the bus's own.
///
/// Every message reaches each participant that has subscribed to it at that moment at most once: nothing is
/// kept for those that are not connected, and a connection that breaks may lose what was on its way. What one
/// participant publishes on one subject arrives in its order. Messages of more than 16 KiB travel in parts, and
/// smaller ones of other subjects overtake them.
public protocol MessageBus: AnyObject, Sendable {
    /// Publishes a message to all who have subscribed to its subject, the caller included. It never waits.
    ///
    /// - Parameters:
    ///   - subject: What it is about.
    ///   - payload: At most `BusLimits.payloadBytesMax` bytes.
    ///   - replyTo: Where an answer is expected.
    /// - Throws: `invalidSubject`, `payloadTooLarge`, `full`, `disconnected` or `closed`.
    func publish(_ subject: String, _ payload: [UInt8], replyTo: String?) throws(BusError)

    /// Hears all messages whose subjects match a pattern, until the subscription or the bus is ended. It
    /// survives the loss of a connection.
    ///
    /// - Parameters:
    ///   - pattern: The subjects.
    ///   - handler: Receives them one after the other on the bus's own thread; it should not take long, as the
    ///     other handlers wait for it.
    /// - Returns: What ends it.
    /// - Throws: `invalidSubject`, `tooManySubscriptions` or `closed`.
    @discardableResult
    func subscribe(
        _ pattern: String,
        _ handler: @escaping @Sendable (BusMessage) -> Void
    ) throws(BusError) -> BusSubscription

    /// Publishes a message and waits for the first answer to it.
    ///
    /// - Parameters:
    ///   - subject: What it is about; whoever has subscribed to it may answer.
    ///   - payload: As in `publish`.
    ///   - timeoutMilliseconds: How long to wait.
    /// - Returns: The payload of the answer.
    /// - Throws: As `publish`; `noResponders`, `refused` or `timedOut`.
    func request(
        _ subject: String,
        _ payload: [UInt8],
        timeoutMilliseconds: Int
    ) throws(BusError) -> [UInt8]

    /// Waits until all that was published and subscribed by this participant has reached the hub or server.
    ///
    /// - Throws: `disconnected`, `timedOut` or `closed`.
    func flush(timeoutMilliseconds: Int) throws(BusError)

    /// Whether messages can be published at the moment.
    var isConnected: Bool { get }

    /// Sends what is waiting, for at most `BusLimits.drainMilliseconds`, and ends; no handler runs afterwards.
    /// Calling it again does nothing. Within a handler it does not wait for all that.
    func close()
}

extension MessageBus {
    /// Publishes a message to which no answer is expected.
    ///
    /// - Throws: As the other `publish`.
    public func publish(_ subject: String, _ payload: [UInt8]) throws(BusError) {
        try publish(subject, payload, replyTo: nil)
    }
}

/// What ends a subscription; dropping it ends nothing.
public final class BusSubscription: Sendable {
    private let end: @Sendable () -> Void

    init(_ end: @escaping @Sendable () -> Void) { self.end = end }

    /// Ends the subscription.
    ///
    /// Its handler is not called again, but may be running. Calling this again does nothing.
    public func cancel() { end() }
}
