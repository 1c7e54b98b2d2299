internal import ComponentHost

/// What a source found.
struct SourceBatch {
    /// What happened, in order.
    var occurrences: [TriggerOccurrence] = []
    /// Whether the source has come further, so that its cursor is to be written.
    var hasProgress = false
    /// Whether there is more to be found at once.
    var isMore = false
    /// How far the source has come, for people.
    var position = ""
}

/// Where triggers come from; one thread uses it.
protocol TriggerSource: AnyObject {
    /// Looks for what happened behind the cursor; it may wait a little for it.
    func poll(_ watched: [Trigger]) throws(TriggerError) -> SourceBatch

    /// Writes the cursor: what the last `poll` found is in the dispatcher.
    func commit() throws(TriggerError)
}

/// The triggers that are looked for, which change while sources run.
struct WatchList: Sendable {
    /// It grows with each change; 0 before it was set for the first time.
    var version = 0
    var triggers: [Trigger] = []
}
