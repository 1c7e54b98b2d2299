internal import Synchronization

/// What waits for one connection.
///
/// Messages of up to 16 KiB and the bus's own frames go before the larger ones, and between the parts of one;
/// but a small message waits behind larger ones of its own subject, so that each subject keeps its order. When
/// the queue is full it refuses.
final class OutgoingQueue: Sendable {
    private enum Item {
        case message(BusMessage)
        case frame(Frame)
    }

    private struct State {
        var urgent = Queue<Item>()
        var bulk = Queue<Item>()
        /// How many messages of each subject are in `bulk`.
        var bulkSubjects: [String: Int] = [:]
        /// How many bytes of the first message of `bulk` were taken.
        var taken = 0
        var byteCount = 0
        var messageCount = 0
        var isClosed = false

        /// A message of a subject has left `bulk`.
        mutating func forget(_ subject: String) {
            let rest = (bulkSubjects[subject] ?? 1) - 1
            bulkSubjects[subject] = rest == 0 ? nil : rest
        }

        /// A message no longer waits.
        mutating func release(_ message: BusMessage) {
            byteCount -= message.cost
            messageCount -= 1
        }
    }

    /// Frames of the bus itself that wait at most, besides the messages.
    private static let controlCountMax = 4_096
    private let state = Mutex(State())
    private let byteCountMax: Int
    private let messageCountMax: Int

    init(_ limits: BusLimits) {
        byteCountMax = limits.queueBytesMax
        messageCountMax = limits.queueMessageCountMax
    }

    /// Adds a message; false if there is no room.
    ///
    /// A closed queue takes it and forgets it.
    func push(_ message: BusMessage) -> Bool {
        state.withLock { state in
            if state.isClosed { return true }
            guard state.byteCount + message.cost <= byteCountMax,
                state.messageCount < messageCountMax
            else { return false }
            state.byteCount += message.cost
            state.messageCount += 1
            let isBulk =
                message.payload.count > BusLimits.pieceBytesMax
                || state.bulkSubjects[message.subject] != nil
            if isBulk {
                state.bulkSubjects[message.subject, default: 0] += 1
                state.bulk.append(.message(message))
            } else {
                state.urgent.append(.message(message))
            }
            return true
        }
    }

    /// Adds a frame of the bus; false if there is no room.
    ///
    /// With `isLast` it goes behind everything that waits now.
    func push(_ frame: Frame, isLast: Bool = false) -> Bool {
        state.withLock { state in
            if state.isClosed { return true }
            if isLast, !state.bulk.isEmpty {
                guard state.bulk.count < messageCountMax + Self.controlCountMax else {
                    return false
                }
                state.bulk.append(.frame(frame))
            } else {
                guard state.urgent.count < messageCountMax + Self.controlCountMax else {
                    return false
                }
                state.urgent.append(.frame(frame))
            }
            return true
        }
    }

    /// Forgets everything, now and from now on.
    func close() {
        state.withLock { state in
            state = State()
            state.isClosed = true
        }
    }

    /// Whether nothing waits.
    var isEmpty: Bool { state.withLock { $0.urgent.isEmpty && $0.bulk.isEmpty } }

    /// Something that goes next.
    enum Next {
        /// A frame of the bus.
        case frame(Frame)
        /// A message, whole.
        case whole(BusMessage)
        /// A part of the payload of a large message.
        case part(BusMessage, Range<Int>)
    }

    /// Takes what goes next; none if nothing waits.
    ///
    /// - Parameter partBytesMax: What fits into one part; it may differ from call to call, except while the
    ///   parts of one message are taken.
    /// - Returns: What goes next.
    func next(partBytesMax: Int) -> Next? {
        state.withLock { state in
            if let item = state.urgent.popFirst() { return Self.whole(item, &state) }
            guard let item = state.bulk.first else { return nil }
            guard case .message(let message) = item, message.payload.count > partBytesMax else {
                _ = state.bulk.popFirst()
                if case .message(let message) = item { state.forget(message.subject) }
                return Self.whole(item, &state)
            }
            let end = min(state.taken + partBytesMax, message.payload.count)
            defer { state.taken = end == message.payload.count ? 0 : end }
            if end == message.payload.count {
                _ = state.bulk.popFirst()
                state.forget(message.subject)
                state.release(message)
            }
            return .part(message, state.taken..<end)
        }
    }

    private static func whole(_ item: Item, _ state: inout State) -> Next {
        switch item {
        case .frame(let frame): return .frame(frame)
        case .message(let message):
            state.release(message)
            return .whole(message)
        }
    }

    /// Takes about one record of frames that should go next.
    ///
    /// - Parameter bytes: Receives them behind what it has.
    /// - Returns: Whether there were any.
    func take(into bytes: inout [UInt8]) -> Bool {
        let end = bytes.count + BusLimits.pieceBytesMax
        let before = bytes.count
        while bytes.count < end, let next = next(partBytesMax: BusLimits.pieceBytesMax) {
            switch next {
            case .frame(let frame): frame.append(to: &bytes)
            case .whole(let message):
                Frame.message(message.head, payload: message.payload).append(to: &bytes)
            case .part(let message, let range):
                if range.lowerBound == 0 {
                    Frame.begin(message.head, count: message.payload.count).append(to: &bytes)
                }
                Frame.part(Array(message.payload[range])).append(to: &bytes)
            }
        }
        return bytes.count > before
    }
}

extension BusMessage {
    /// What its frame says about it.
    var head: Frame.Head { Frame.Head(subject: subject, replyTo: replyTo, sender: sender) }
}

/// A queue whose first element is taken in constant time.
struct Queue<Element> {
    private var elements: [Element?] = []
    private var start = 0

    var count: Int { elements.count - start }
    var isEmpty: Bool { count == 0 }
    var first: Element? { isEmpty ? nil : elements[start] }

    mutating func append(_ element: Element) { elements.append(element) }

    mutating func popFirst() -> Element? {
        guard !isEmpty else { return nil }
        let element = elements[start]
        elements[start] = nil
        start += 1
        if start == elements.count {
            elements.removeAll(keepingCapacity: start < 1_024)
            start = 0
        } else if start > 1_024, start > elements.count / 2 {
            elements.removeFirst(start)
            start = 0
        }
        return element
    }
}
