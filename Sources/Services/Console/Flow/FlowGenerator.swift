import Primitives
import Venue

/// Makes an order flow without end that looks like that of a real session, decided by its seed alone.
///
/// About half of the commands are new orders, a little fewer cancel one, few reduce one, and one in 25 takes
/// what is in the book, so that there are some 21 commands a trade. Prices gather near the best ones and
/// thin out far away; commands come in bursts. The generator keeps a book of its own and never names an
/// order that is gone; that book stays near `restingTarget` orders, so that a flow can be as long as wanted.
public struct FlowGenerator: ~Copyable {
    /// How many orders rest once the flow is under way.
    public static let restingTarget: UInt32 = 4_000

    private var random: SplitMix64
    private var book = FlowBook()
    private var time: UInt64 = 34_200_000_000_000
    private var nextOrder: UInt64 = 1
    /// How many more commands follow each other closely.
    private var burst: UInt64 = 0

    /// Makes a generator.
    public init(seed: UInt64) { random = SplitMix64(seed: seed) }

    /// The first commands of the flow with that seed.
    ///
    /// - Complexity: O(count).
    public static func commands(seed: UInt64, count: Int) -> [FlowCommand] {
        var generator = FlowGenerator(seed: seed)
        var commands: [FlowCommand] = []
        commands.reserveCapacity(count)
        for _ in 0..<count { commands.append(generator.next()) }
        return commands
    }

    /// The next command.
    public mutating func next() -> FlowCommand {
        passTime()
        let draw = random.below(1_000)
        // At the target as many orders come as go; away from it the balance tips a little.
        let cancelShare: UInt64 = book.count < Self.restingTarget ? 400 : 496
        if book.count < Self.restingTarget / 8 { return placeResting() }
        if draw < 38 { return take() }
        if draw < 38 + 8 { return reduce() }
        if draw < 38 + 8 + cancelShare { return cancel() }
        return placeResting()
    }

    private mutating func passTime() {
        if burst > 0 {
            burst -= 1
            time += 200 + random.below(20_000)
            return
        }
        burst = random.heavyTail(digits: 5)
        time += 1_000 + random.heavyTail(digits: 24)
    }

    private mutating func placeResting() -> FlowCommand {
        let side: Side = random.below(2) == 0 ? .buy : .sell
        let tick = restingTick(side)
        // Mostly round lots; some odd ones.
        let lots = 100 * (1 + random.heavyTail(digits: 4))
        let quantity = random.below(8) == 0 ? 1 + random.below(lots) : lots
        let order = nextOrder
        nextOrder += 1
        book.add(order: order, quantity: quantity, tick: tick, side: side)
        return .new(
            order,
            side,
            .goodTillCancel,
            quantity: Quantity(Int64(quantity)),
            price: book.price(tick),
            at: Timestamp(time)
        )
    }

    /// A tick where an order of the side rests without meeting the other side.
    private mutating func restingTick(_ side: Side) -> Int {
        let distance = Int(random.heavyTail(digits: 10))
        let improves = random.below(12) == 0
        return switch side {
        case .buy: book.bidTick(distance: improves ? -1 : distance)
        case .sell: book.askTick(distance: improves ? -1 : distance)
        }
    }

    /// An order that takes a part of the best level, or little more, at once.
    private mutating func take() -> FlowCommand {
        let side: Side = random.below(2) == 0 ? .buy : .sell
        guard let best = book.best(side.opposite) else { return placeResting() }
        let first = UInt64(book.headQuantity(side.opposite))
        let wanted = random.below(4) == 0 ? first * 2 : 1 + random.below(first)
        let order = nextOrder
        nextOrder += 1
        book.take(UInt64(wanted), from: side.opposite, tick: best)
        return .new(
            order,
            side,
            .immediateOrCancel,
            quantity: Quantity(Int64(wanted)),
            price: book.price(best),
            at: Timestamp(time)
        )
    }

    private mutating func reduce() -> FlowCommand {
        let slot = pick()
        let quantity = book.quantity(slot)
        if quantity < 2 { return remove(slot) }
        let rest = 1 + random.below(quantity - 1)
        book.reduce(slot, to: rest)
        return .amend(
            book.order(slot),
            quantity: Quantity(Int64(rest)),
            at: Timestamp(time)
        )
    }

    private mutating func cancel() -> FlowCommand { remove(pick()) }

    private mutating func remove(_ slot: UInt32) -> FlowCommand {
        let order = book.order(slot)
        book.remove(slot)
        return .cancel(order, at: Timestamp(time))
    }

    /// An order in the book: mostly one of the newer ones, as in real sessions.
    private mutating func pick() -> UInt32 {
        let count = UInt64(book.count)
        let age = random.below(4) == 0 ? random.below(count) : random.heavyTail(digits: 11) % count
        return book.slot(age: UInt32(age))
    }
}
