package import Cryptography

/// What travels between a client and its hub inside TLS, protocol `parallax-bus/1`.
///
/// All numbers are unsigned, highest byte first. A frame is
///
/// | offset | bytes | what |
/// |---|---|---|
/// | 0 | 4 | how many bytes follow, 1 … 16,930 |
/// | 4 | 1 | kind |
/// | 5 | | what belongs to the kind |
///
/// | kind | name | from | what belongs to it |
/// |---|---|---|---|
/// | 1 | message | both | head, then the payload, at most 16,384 bytes |
/// | 2 | begin | both | 4 bytes: length of the payload, then the head; the payload comes in parts |
/// | 3 | part | both | the next 1 … 16,384 bytes of the payload that was begun |
/// | 4 | subscribe | client | 4 bytes: a number that the client chose, then the pattern |
/// | 5 | unsubscribe | client | 4 bytes: the number |
/// | 6 | ping | both | 8 bytes, which come back in a pong |
/// | 7 | pong | both | 8 bytes |
/// | 8 | unanswered | hub | 1 byte: 1 nobody has subscribed, 2 the rules refuse it; then the head of the message |
/// | 9 | denied | hub | 4 bytes: the number of a subscription that the rules refuse |
///
/// A head is 1 byte and so many bytes of subject, 1 byte (0 for none) and so many bytes of the subject for the
/// answer, 1 byte (0 or 32) and so many bytes of the publisher's key, which only a hub sends: it knows it from
/// the handshake, and refuses frames that name one. Between a begin and its last part there is no second begin;
/// any other frame may come in between. A frame that breaks these rules ends the connection.
package enum Frame: Equatable {
    case message(Head, payload: [UInt8])
    case begin(Head, count: Int)
    case part([UInt8])
    case subscribe(number: UInt32, pattern: String)
    case unsubscribe(number: UInt32)
    case ping(UInt64)
    case pong(UInt64)
    case unanswered(Unanswered, Head)
    case denied(number: UInt32)

    /// What a message says about itself.
    package struct Head: Equatable {
        package var subject: String
        package var replyTo: String?
        package var sender: Ed25519.PublicKey?

        package init(subject: String, replyTo: String? = nil, sender: Ed25519.PublicKey? = nil) {
            self.subject = subject
            self.replyTo = replyTo
            self.sender = sender
        }
    }

    /// Why a message did not go anywhere.
    package enum Unanswered: UInt8 {
        /// Nobody has subscribed to it.
        case noResponders = 1
        /// The hub's rules do not let the publisher publish it.
        case refused = 2
    }

    /// What is wrong with bytes that are no frame.
    package enum Fault: Error, Equatable {
        /// The length is zero or larger than any frame's.
        case badLength
        /// The kind is unknown.
        case badKind
        /// What belongs to the kind has another form.
        case badBody
    }

    /// What follows the length.
    package static let bytesMax = 1 + headBytesMax + BusLimits.pieceBytesMax
    private static let headBytesMax = 3 + 2 * Subject.byteCountMax + Ed25519.PublicKey.byteCount
    static let lengthBytes = 4
}
