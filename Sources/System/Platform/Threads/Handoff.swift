internal import Synchronization

/// A place through which one thread gives another a value, one at a time.
///
/// It never blocks; a `Signal` beside it says when to look.
@safe public final class Handoff<Value: ~Copyable>: @unchecked Sendable {
    // The value is written by the giver while `isFull` is false and read by the taker while it is true, so never
    // by both. The compiler cannot see that.
    private let slot: UnsafeMutablePointer<Value>
    private let isFull = Atomic<Bool>(false)

    /// Makes an empty place.
    public init() { unsafe slot = .allocate(capacity: 1) }

    deinit {
        if isFull.load(ordering: .acquiring) { unsafe slot.deinitialize(count: 1) }
        unsafe slot.deallocate()
    }

    /// Gives a value away, with all that it refers to; only one thread may do so, and only when the last one
    /// was taken.
    public func put(_ value: consuming Value) {
        precondition(!isFull.load(ordering: .acquiring), "the last value was taken")
        unsafe slot.initialize(to: value)
        isFull.store(true, ordering: .releasing)
    }

    /// Takes the value, if there is one; only one thread may do so.
    public func take() -> sending Value? {
        guard isFull.load(ordering: .acquiring) else { return nil }
        let value = unsafe slot.move()
        isFull.store(false, ordering: .releasing)
        return value
    }
}
