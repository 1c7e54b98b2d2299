public import Synchronization

/// A queue of fixed size from any number of threads to one, without locks (Vyukov's bounded queue, 2010).
///
/// It never blocks: a full queue refuses.
@safe public final class BoundedQueue<Element: BitwiseCopyable & Sendable>: @unchecked Sendable {
    // A cell belongs to the thread whose turn its `turn` says; the compiler cannot see that.
    @usableFromInline struct Cell: ~Copyable {
        /// The position of the element that may be put here next, or one more when it was put and may be taken.
        @usableFromInline let turn: Atomic<Int>
        @usableFromInline var element: Element?

        @inlinable init(turn: Int) {
            self.turn = Atomic(turn)
            element = nil
        }
    }

    @usableFromInline let cells: UnsafeMutablePointer<Cell>
    @usableFromInline let mask: Int
    @usableFromInline let head = Atomic<Int>(0)
    // Producers write the tail and the consumer writes the head; on one cache line they would slow each other.
    @usableFromInline let padding: (Int, Int, Int, Int, Int, Int, Int, Int) = (
        0, 0, 0, 0, 0, 0, 0, 0
    )
    @usableFromInline let tail = Atomic<Int>(0)

    /// How many elements fit.
    public var capacity: Int { mask + 1 }

    /// About how many elements there are: others may be adding and taking.
    public var count: Int {
        Swift.max(0, tail.load(ordering: .relaxed) - head.load(ordering: .relaxed))
    }

    /// Makes an empty queue for `capacity` elements, a power of two.
    public init(capacity: Int) {
        precondition(capacity >= 2)
        precondition(capacity.nonzeroBitCount == 1, "the capacity is a power of two")
        mask = capacity - 1
        unsafe cells = .allocate(capacity: capacity)
        for index in 0..<capacity { unsafe (cells + index).initialize(to: Cell(turn: index)) }
    }

    deinit {
        unsafe cells.deinitialize(count: mask + 1)
        unsafe cells.deallocate()
    }

    /// Adds an element; false if the queue is full.
    @inlinable public func push(_ element: Element) -> Bool {
        var position = tail.load(ordering: .relaxed)
        while true {
            let cell = unsafe cells + (position & mask)
            let turn = unsafe cell.pointee.turn.load(ordering: .acquiring)
            if turn == position {
                let (exchanged, original) = tail.weakCompareExchange(
                    expected: position,
                    desired: position &+ 1,
                    ordering: .relaxed
                )
                if exchanged {
                    unsafe cell.pointee.element = element
                    unsafe cell.pointee.turn.store(position &+ 1, ordering: .releasing)
                    return true
                }
                position = original
            } else if turn < position {
                return false
            } else {
                position = tail.load(ordering: .relaxed)
            }
        }
    }

    /// Takes the oldest element; only one thread may do so.
    @inlinable public func pop() -> Element? {
        let position = head.load(ordering: .relaxed)
        let cell = unsafe cells + (position & mask)
        guard unsafe cell.pointee.turn.load(ordering: .acquiring) == position &+ 1 else {
            return nil
        }
        let element = unsafe cell.pointee.element
        unsafe cell.pointee.turn.store(position &+ mask &+ 1, ordering: .releasing)
        head.store(position &+ 1, ordering: .relaxed)
        return element
    }
}
