public import ComponentHost

/// What finds out that something happened and hands it to the dispatcher.
public protocol TriggerFeed: Sendable {
    /// Looks for these triggers from now on, and for no others.
    func watch(_ triggers: [Trigger])
    /// How each source is, in a fixed order.
    var statuses: [TriggerFeedStatus] { get }
    /// Ends all sources.
    func stop()
}

/// How a source of triggers is.
public struct TriggerFeedStatus: Equatable, Sendable {
    /// What the source is, such as `evm:31337`.
    public let name: String
    /// Whether it hears what happens.
    public let isGood: Bool
    /// How far it is, and what its last fault was, for people.
    public let detail: String

    /// Makes a status.
    public init(name: String, isGood: Bool, detail: String) {
        self.name = name
        self.isGood = isGood
        self.detail = detail
    }
}
