public import Primitives

/// The events of one or more commands, in order.
///
/// It is reused, so that applying a command allocates nothing. The frequent kinds have pools of their own:
/// an event is then written field by field where it stays, while a copy of a freshly built enumeration
/// makes the processor wait for its parts (a tenth of the whole core's time).
public struct EventBuffer: ~Copyable {
    /// Which pool an event is in, and where.
    @usableFromInline struct Place: BitwiseCopyable {
        @usableFromInline var kind: Kind
        @usableFromInline var index: UInt32

        @inlinable init(kind: Kind, index: UInt32) {
            self.kind = kind
            self.index = index
        }
    }

    @usableFromInline enum Kind: UInt32, BitwiseCopyable {
        case placed
        case changed
        case traded
        case rare
    }

    @usableFromInline var places: Pool<Place>
    @usableFromInline var placed: Pool<OrderPlaced>
    @usableFromInline var changed: Pool<OrderChanged>
    @usableFromInline var traded: Pool<Trade>
    @usableFromInline var rare: Pool<Event>

    /// Makes an empty buffer with room for `capacity` events; it grows when needed.
    public init(capacity: UInt32 = 1024) {
        places = Pool(capacity: capacity)
        placed = Pool(capacity: capacity)
        changed = Pool(capacity: capacity)
        traded = Pool(capacity: capacity)
        rare = Pool(capacity: 16)
    }

    /// How many events there are.
    @inlinable public var count: UInt32 { places.count }

    /// The event at `index`, below `count`.
    @inlinable public subscript(index: UInt32) -> Event {
        let place = places[index]
        return switch place.kind {
        case .placed: .orderPlaced(placed[place.index])
        case .changed: .orderChanged(changed[place.index])
        case .traded: .traded(traded[place.index])
        case .rare: rare[place.index]
        }
    }

    /// Forgets the events and keeps the memory.
    @inlinable public mutating func removeAll() {
        places.removeAll()
        placed.removeAll()
        changed.removeAll()
        traded.removeAll()
        rare.removeAll()
    }

    @inline(__always) mutating func append(_ event: OrderPlaced) {
        places.append(Place(kind: .placed, index: placed.append(event)))
    }

    @inline(__always) mutating func append(_ event: OrderChanged) {
        places.append(Place(kind: .changed, index: changed.append(event)))
    }

    @inline(__always) mutating func append(_ event: Trade) {
        places.append(Place(kind: .traded, index: traded.append(event)))
    }

    @inline(never) mutating func append(_ event: Event) {
        places.append(Place(kind: .rare, index: rare.append(event)))
    }
}
