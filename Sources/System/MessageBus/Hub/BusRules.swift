public import Cryptography

/// Who takes part in a hub, and what each participant may do.
///
/// The functions are called on the hub's own thread for every handshake, message and subscription; they must
/// not block. What they refuse is counted. The hub's owner may do everything.
public struct BusRules: Sendable {
    /// Whether the holder of a key is let in.
    public var admits: @Sendable (Ed25519.PublicKey) -> Bool
    /// Whether the holder of a key may publish on a subject.
    public var mayPublish: @Sendable (Ed25519.PublicKey, String) -> Bool
    /// Whether the holder of a key may hear all that a pattern matches.
    public var maySubscribe: @Sendable (Ed25519.PublicKey, String) -> Bool

    /// Makes rules of functions.
    public init(
        admits: @escaping @Sendable (Ed25519.PublicKey) -> Bool,
        mayPublish: @escaping @Sendable (Ed25519.PublicKey, String) -> Bool,
        maySubscribe: @escaping @Sendable (Ed25519.PublicKey, String) -> Bool
    ) {
        self.admits = admits
        self.mayPublish = mayPublish
        self.maySubscribe = maySubscribe
    }

    /// Makes rules that are the same for all who are let in.
    ///
    /// - Parameters:
    ///   - publish: Patterns of the subjects on which they may publish.
    ///   - subscribe: Patterns of what they may hear: a subscription must lie within one of them.
    ///   - admits: Whether the holder of a key is let in.
    /// - Throws: `invalidSubject`.
    public init(
        publish: [String],
        subscribe: [String],
        admits: @escaping @Sendable (Ed25519.PublicKey) -> Bool
    ) throws(BusError) {
        let publish = try Self.patterns(publish)
        let subscribe = try Self.patterns(subscribe)
        self.init(
            admits: admits,
            mayPublish: { _, subject in publish.contains { $0.matches(subject) } },
            maySubscribe: { _, pattern in subscribe.contains { $0.matches(pattern) } }
        )
    }

    private static func patterns(_ texts: [String]) throws(BusError) -> [SubjectPattern] {
        var patterns: [SubjectPattern] = []
        for text in texts {
            guard let pattern = SubjectPattern(text) else { throw .invalidSubject(text) }
            patterns.append(pattern)
        }
        return patterns
    }
}
