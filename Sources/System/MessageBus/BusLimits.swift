/// The bounds of a bus: bytes, counts and times.
public struct BusLimits: Sendable {
    /// The largest payload, in bytes.
    public var payloadBytesMax = 8 << 20
    /// How many bytes wait for one peer at most; a subscriber that lets more wait is cut off, a publisher is
    /// refused.
    public var queueBytesMax = 64 << 20
    /// How many messages wait for one peer at most.
    public var queueMessageCountMax = 65_536
    /// How many bytes wait for the handlers of this participant at most.
    ///
    /// What comes after that is dropped and counted by a hub; a client stops reading until there is room.
    public var deliveryBytesMax = 64 << 20
    /// How many messages wait for the handlers of this participant at most.
    public var deliveryMessageCountMax = 65_536
    /// How many connections a hub has at most.
    public var connectionCountMax = 128
    /// How many connections the holder of one key may have at once; a further one ends the oldest.
    public var connectionsPerKeyMax = 4
    /// How many subscriptions one participant may have.
    public var subscriptionCountMax = 256
    /// How long connecting and proving the keys may take, in milliseconds.
    public var handshakeMilliseconds = 5_000
    /// After how long a silence the other side is asked whether it is there, in milliseconds.
    public var pingMilliseconds = 2_000
    /// After how long a silence the other side is taken for dead, in milliseconds.
    public var silenceMilliseconds = 6_000
    /// How long a client waits before it connects again, in milliseconds; doubled with every failure.
    ///
    /// Each wait is between half of it and all of it, by chance.
    public var reconnectMillisecondsMin = 50
    /// The longest such wait, in milliseconds.
    public var reconnectMillisecondsMax = 2_000
    /// How long closing waits for what is still to be sent, in milliseconds.
    public var drainMilliseconds = 500

    /// The bounds that fit a venue and its observers.
    public init() {}

    /// The largest message that is sent in one piece, in bytes of its payload.
    static let pieceBytesMax = 16 << 10

    /// How long to wait before connecting again, in milliseconds.
    ///
    /// - Parameters:
    ///   - failureCount: How many attempts have failed since the last success.
    ///   - random: Any number.
    /// - Returns: Between half of the longest wait and all of it.
    func reconnectMilliseconds(failureCount: Int, _ random: UInt64) -> Int {
        let doubled = reconnectMillisecondsMin << min(max(failureCount, 0), 20)
        let longest = min(doubled, reconnectMillisecondsMax)
        return longest / 2 + Int(random % UInt64(longest / 2 + 1))
    }
}
