public import Cryptography

/// What one participant of a bus tells others.
public struct BusMessage: Sendable {
    /// What it is about, such as `attest.request.interval`.
    public var subject: String
    /// Where to publish an answer; none if no answer is expected.
    public var replyTo: String?
    /// What is told.
    public var payload: [UInt8]
    /// Who published it, proved to the hub by TLS; none over NATS, whose server does not tell.
    ///
    /// A client has the hub's word for it; where that is not enough, the payload must be signed.
    public var sender: Ed25519.PublicKey?

    /// Makes a message.
    public init(
        subject: String,
        replyTo: String? = nil,
        payload: [UInt8],
        sender: Ed25519.PublicKey? = nil
    ) {
        self.subject = subject
        self.replyTo = replyTo
        self.payload = payload
        self.sender = sender
    }

    /// About how much memory it takes in a queue, in bytes.
    var cost: Int { payload.count + subject.utf8.count + 128 }
}
