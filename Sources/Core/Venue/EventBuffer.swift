public import Primitives

/// The events of one or more commands, in order.
///
/// It is reused, so that applying a command allocates nothing.
public struct EventBuffer: ~Copyable {
    @usableFromInline var events: Pool<Event>

    /// Makes an empty buffer with room for `capacity` events; it grows when needed.
    public init(capacity: UInt32 = 1024) { events = Pool(capacity: capacity) }

    /// How many events there are.
    @inlinable public var count: UInt32 { events.count }

    /// The event at `index`, below `count`.
    @inlinable public subscript(index: UInt32) -> Event { events[index] }

    /// Forgets the events and keeps the memory.
    @inlinable public mutating func removeAll() { events.removeAll() }

    @inline(__always) mutating func append(_ event: Event) { events.append(event) }
}
