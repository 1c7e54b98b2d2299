/// An event on its way to whoever listens outside.
public struct EventMessage: Equatable, Sendable {
    /// Which command of the journal it comes from, and which of that command's messages it is.
    ///
    /// The same event has the same identifier however often it is published, and later events have greater ones, so
    /// who remembers the last one that it took in can drop repetitions.
    public struct Identifier: Equatable, Comparable, Sendable {
        /// The command's sequence, from 1.
        public var sequence: UInt64
        /// The number of the message among those of its command, from 0.
        public var index: UInt32

        /// Names a message.
        public init(sequence: UInt64, index: UInt32) {
            self.sequence = sequence
            self.index = index
        }

        /// Whether the one comes before the other in the journal.
        public static func < (left: Self, right: Self) -> Bool {
            (left.sequence, left.index) < (right.sequence, right.index)
        }

        /// Its text, such as `81-0`.
        public var text: String { "\(sequence)-\(index)" }

        /// Reads its text; none if it is of another form.
        public init?(_ text: some StringProtocol) {
            let parts = text.split(separator: "-", omittingEmptySubsequences: false)
            guard parts.count == 2, let sequence = UInt64(parts[0]), let index = UInt32(parts[1])
            else { return nil }
            self.init(sequence: sequence, index: index)
            guard self.text == text else { return nil }
        }
    }

    /// Which event it is.
    public var identifier: Identifier
    /// What it is about: a subject of NATS or a topic of Kafka.
    public var subject: String
    /// What messages must keep their order among each other for: the instrument, where there is one.
    public var key: String
    /// What it says.
    public var payload: [UInt8]

    /// Makes a message.
    public init(identifier: Identifier, subject: String, key: String, payload: [UInt8]) {
        self.identifier = identifier
        self.subject = subject
        self.key = key
        self.payload = payload
    }
}

/// Where events are published for others: at least once, and in order.
public protocol EventBus: AnyObject, Sendable {
    /// Publishes messages, and waits until the bus keeps them safe.
    ///
    /// - Parameter messages: Messages in ascending order of their identifiers, all after those of the last call that
    ///   succeeded.
    /// - Throws: `unavailable` when the bus did not take all of them in time: to be called again with the same
    ///   messages, or with those and more. `failed` when trying again does not help.
    func publish(_ messages: [EventMessage]) throws(EventBusError)

    /// Ends the connection; to be called by the publishing thread, or after it.
    func close()
}

/// Why events cannot be published.
public enum EventBusError: Error, Equatable, Sendable {
    /// The bus cannot be reached, or does not answer, for now.
    case unavailable(String)
    /// The bus does not take these events: its configuration must be changed.
    case failed(String)
}

extension EventBusError: CustomStringConvertible {
    /// One line.
    public var description: String {
        switch self {
        case .unavailable(let reason), .failed(let reason): reason
        }
    }
}
