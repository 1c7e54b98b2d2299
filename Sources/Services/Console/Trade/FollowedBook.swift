import Encoding
import MarketData

/// A book as a client keeps it: a snapshot, and the changes since then, checked one by one.
struct FollowedBook {
    /// What a message was.
    enum Step: Equatable {
        /// The book is the venue's again.
        case taken
        /// The message changes another state than this one: some are missing.
        case gap(have: String, needed: String)
        /// The best prices are not the venue's.
        case damaged
        /// It is no message of a book.
        case malformed
    }

    private struct Level {
        let key: Int128
        let price: String
        let quantity: String
    }

    private(set) var sequence = ""
    /// Best first.
    private var bids: [Level] = []
    private var asks: [Level] = []

    /// More decimal places than any price has.
    private static let places = 18

    /// Takes a snapshot or a delta.
    mutating func take(_ message: ExactJSON) -> Step {
        let next = message.cell("sequence")
        if message["type"] == .string("snapshot") {
            bids = []
            asks = []
        } else {
            let previous = message.cell("previous")
            guard previous == sequence else { return .gap(have: sequence, needed: previous) }
        }
        sequence = next
        guard Self.take(message["bids"], into: &bids, isAscending: false),
            Self.take(message["asks"], into: &asks, isAscending: true)
        else { return .malformed }
        return String(checksum) == message.cell("checksum") ? .taken : .damaged
    }

    private static func take(
        _ changes: ExactJSON?,
        into levels: inout [Level],
        isAscending: Bool
    ) -> Bool {
        for change in changes?.array ?? [] {
            guard let parts = change.array, parts.count >= 2, let price = parts[0].string,
                let quantity = parts[1].string,
                let key = ExactDecimal(price)?.scaled(toPlaces: places),
                let lots = ExactDecimal(quantity)
            else { return false }
            let index =
                levels.firstIndex { isAscending ? $0.key >= key : $0.key <= key } ?? levels.count
            if index < levels.count, levels[index].key == key { levels.remove(at: index) }
            if lots.coefficient != 0 {
                levels.insert(Level(key: key, price: price, quantity: quantity), at: index)
            }
        }
        return true
    }

    /// The checksum that docs/api.md describes.
    var checksum: UInt32 {
        let sides = [bids, asks].map { levels in
            levels.prefix(BookChecksum.depth).map { "\($0.price):\($0.quantity)" }
                .joined(separator: "|")
        }
        return BookChecksum.crc32(sides.joined(separator: "#").utf8)
    }

    /// One line with the best prices.
    var line: String {
        func side(_ levels: [Level]) -> String {
            levels.first.map { "\($0.quantity) at \($0.price)" } ?? "nothing"
        }
        return "bid \(side(bids)), ask \(side(asks)), \(bids.count) and \(asks.count) prices"
    }
}
