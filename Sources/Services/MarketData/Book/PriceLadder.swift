/// The prices of one side of a book at which orders wait, best first.
///
/// Levels lie in order in pieces of bounded size, so a change costs a search and a short move, also in the midst of
/// very many prices.
struct PriceLadder {
    /// One price and the queue of orders at it.
    struct Level: BitwiseCopyable {
        /// The price as it sorts: the lowest key is the best price.
        var key: Int64
        /// What its orders show, in lots.
        var quantity: Int64 = 0
        /// How many orders there are.
        var orderCount: UInt32 = 0
        /// The slot of the first order; 0 when there is none.
        var head: UInt32 = 0
        /// The slot of the last order; 0 when there is none.
        var tail: UInt32 = 0
    }

    private static let pieceMax = 128

    /// None is empty.
    private var pieces: [[Level]] = []

    /// How many prices there are.
    private(set) var count = 0

    /// The best level, if there is one.
    var best: Level? { pieces.first?.first }

    /// The levels from the best on.
    ///
    /// - Complexity: O(`depth`).
    func levels(_ depth: Int) -> [Level] {
        var levels: [Level] = []
        levels.reserveCapacity(min(depth, count))
        for piece in pieces {
            if levels.count >= depth { break }
            levels.append(contentsOf: piece.prefix(depth - levels.count))
        }
        return levels
    }

    /// The key of the level at a place, the best one being at place 0; there must be so many.
    ///
    /// - Complexity: O(n), with one step for many levels.
    func key(at place: Int) -> Int64 {
        var rest = place
        for piece in pieces {
            if rest < piece.count { return piece[rest].key }
            rest -= piece.count
        }
        preconditionFailure("there are so many levels")
    }

    /// The levels whose keys are above one and not above another, best first.
    ///
    /// - Complexity: O(their number + log n).
    func levels(above low: Int64, through high: Int64) -> [Level] {
        guard low < high, var (piece, index) = find(low) else { return [] }
        var levels: [Level] = []
        while piece < pieces.count {
            while index < pieces[piece].count {
                let level = pieces[piece][index]
                if level.key > high { return levels }
                if level.key > low { levels.append(level) }
                index += 1
            }
            piece += 1
            index = 0
        }
        return levels
    }

    /// The level at a key, if orders wait there.
    func level(at key: Int64) -> Level? {
        guard let (piece, index) = find(key), index < pieces[piece].count,
            pieces[piece][index].key == key
        else { return nil }
        return pieces[piece][index]
    }

    /// Changes the level at a key, which is made if need be, and removed if it is left without orders.
    ///
    /// - Complexity: O(log n), and a move within one piece.
    mutating func update(_ key: Int64, _ change: (inout Level) -> Void) {
        guard let (piece, index) = find(key) else {
            var level = Level(key: key)
            change(&level)
            if level.orderCount > 0 {
                pieces.append([level])
                count += 1
            }
            return
        }
        if index < pieces[piece].count, pieces[piece][index].key == key {
            change(&pieces[piece][index])
            if pieces[piece][index].orderCount == 0 { remove(piece, index) }
            return
        }
        var level = Level(key: key)
        change(&level)
        if level.orderCount > 0 { insert(level, piece, index) }
    }

    private mutating func insert(_ level: Level, _ piece: Int, _ index: Int) {
        pieces[piece].insert(level, at: index)
        count += 1
        guard pieces[piece].count > Self.pieceMax else { return }
        let upper = Array(pieces[piece][(Self.pieceMax / 2)...])
        pieces[piece].removeLast(upper.count)
        pieces.insert(upper, at: piece + 1)
    }

    private mutating func remove(_ piece: Int, _ index: Int) {
        pieces[piece].remove(at: index)
        count -= 1
        if pieces[piece].isEmpty { pieces.remove(at: piece) }
    }

    /// Where a key is, or where it belongs, in the last piece that does not begin behind it; nil without levels.
    private func find(_ key: Int64) -> (piece: Int, index: Int)? {
        guard !pieces.isEmpty else { return nil }
        var low = 0
        var high = pieces.count - 1
        while low < high {
            let middle = (low + high + 1) / 2
            if pieces[middle][0].key <= key { low = middle } else { high = middle - 1 }
        }
        let piece = low
        low = 0
        high = pieces[piece].count
        while low < high {
            let middle = (low + high) / 2
            if pieces[piece][middle].key < key { low = middle + 1 } else { high = middle }
        }
        return (piece, low)
    }
}
