/// What a part of a large message says about itself in its headers.
struct NATSPart: Equatable {
    static let messageHeader = "Parallax-Message"
    static let numberHeader = "Parallax-Part"
    static let lengthHeader = "Parallax-Length"

    /// A word that the parts of one message share.
    var message = ""
    /// Its place, from 1.
    var number = 0
    /// The length of the whole payload, in bytes.
    var byteCount = 0
    /// Whether it is known to be the last one.
    var isLast = false

    init() {}

    /// What stands before the first part of a message.
    init(of message: BusMessage, _ random: () -> UInt64) {
        self.message = String(random(), radix: 16) + String(random(), radix: 16)
        byteCount = message.payload.count
    }

    /// Reads the headers; none if they are not well formed.
    init?(message: String, number: String, byteCount: String) {
        guard 1...64 ~= message.utf8.count, let number = Int(number), number > 0,
            let byteCount = Int(byteCount), byteCount > 0
        else { return nil }
        self.message = message
        self.number = number
        self.byteCount = byteCount
    }
}

/// The large messages of one subscription whose parts are coming.
struct NATSAssembly {
    private struct Unfinished {
        let part: NATSPart
        let subject: String
        var payload: [UInt8]
    }

    /// So many messages may be unfinished at once; a further one ends the oldest.
    static let unfinishedCountMax = 16
    private let payloadBytesMax: Int
    private var unfinished: [Unfinished] = []

    init(payloadBytesMax: Int) { self.payloadBytesMax = payloadBytesMax }

    /// What came of a part.
    enum Outcome: Equatable {
        /// The message is whole.
        case whole([UInt8])
        /// More parts must come.
        case unfinished
        /// So many messages were given up because of it.
        case dropped(Int)
    }

    /// Takes a part.
    mutating func take(_ part: NATSPart, _ payload: [UInt8], subject: String) -> Outcome {
        let index = unfinished.firstIndex { other in
            other.part.message == part.message && other.subject == subject
        }
        guard let index else {
            // The beginning of such a message was dropped, and counted, before.
            guard part.number == 1 else { return .unfinished }
            guard part.byteCount <= payloadBytesMax, payload.count < part.byteCount,
                !payload.isEmpty
            else { return .dropped(1) }
            unfinished.append(Unfinished(part: part, subject: subject, payload: payload))
            return evict()
        }
        var message = unfinished.remove(at: index)
        let rest = message.part.byteCount - message.payload.count
        guard part.number == message.part.number + 1, part.byteCount == message.part.byteCount,
            1...rest ~= payload.count
        else { return .dropped(1) }
        message.payload += payload
        if message.payload.count == part.byteCount { return .whole(message.payload) }
        unfinished.append(Unfinished(part: part, subject: subject, payload: message.payload))
        return evict()
    }

    /// Gives up the messages whose last parts came longest ago, where there are too many or they are too large.
    private mutating func evict() -> Outcome {
        let before = unfinished.count
        while unfinished.count > Self.unfinishedCountMax
            || unfinished.reduce(0, { $0 + $1.payload.count }) > 4 * payloadBytesMax
        {
            unfinished.removeFirst()
        }
        return before == unfinished.count ? .unfinished : .dropped(before - unfinished.count)
    }
}
