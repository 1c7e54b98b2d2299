extension Tile {
    /// Where the tile is below the log's prefix: `tile/<L>/<N>[.p/<W>]`, with `entries` for the level of a bundle.
    ///
    /// N is written in groups of three digits, all but the last after an `x`: 1234067 is `x001/x234/067`.
    public var path: String {
        var text = "tile/"
        switch content {
        case .hashes(let level): text += String(level)
        case .entries: text += "entries"
        }
        text += "/" + Self.groups(of: index)
        if isPartial { text += ".p/" + String(width) }
        return text
    }

    /// The tile that a path names.
    ///
    /// - Returns: None for any text that `path` does not give for some tile: leading zeros, empty groups, a
    ///   width of 0 or 256, a level above 63, an index above 2^63 − 1.
    /// - Complexity: O(n).
    public init?(path: String) {
        var parts = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            .map { part in [UInt8](part) }[...]
        guard let first = parts.popFirst(), first == [UInt8]("tile".utf8) else { return nil }
        guard let second = parts.popFirst() else { return nil }
        let content: Content
        if second == [UInt8]("entries".utf8) {
            content = .entries
        } else {
            guard let level = Self.decimal(second, max: UInt64(Self.levelMax)) else { return nil }
            content = .hashes(level: Int(level))
        }
        var width = Self.widthMax
        let suffix = [UInt8](".p".utf8)
        if parts.count >= 2, let name = parts.dropLast().last, name.count > suffix.count,
            [UInt8](name.suffix(suffix.count)) == suffix
        {
            guard let text = parts.popLast(), let partial = parts.popLast(),
                let found = Self.decimal(text, max: UInt64(Self.widthMax - 1)), found > 0
            else { return nil }
            width = Int(found)
            parts.append([UInt8](partial.dropLast(suffix.count)))
        }
        guard let index = Self.index([[UInt8]](parts)) else { return nil }
        self.init(content, index: index, width: width)
    }

    private static func groups(of index: UInt64) -> String {
        var text = threeDigits(index % 1_000)
        var rest = index / 1_000
        while rest > 0 {
            text = "x" + threeDigits(rest % 1_000) + "/" + text
            rest /= 1_000
        }
        return text
    }

    private static func threeDigits(_ number: UInt64) -> String {
        let text = String(number)
        return String(repeating: "0", count: 3 - text.utf8.count) + text
    }

    /// The index that the groups of three digits stand for.
    private static func index(_ groups: [[UInt8]]) -> UInt64? {
        // Seven groups hold every number that is allowed.
        guard let last = groups.last, groups.count <= 7 else { return nil }
        var index: UInt64 = 0
        for (place, group) in groups.enumerated() {
            let isLast = place == groups.count - 1
            var digits = group[...]
            if !isLast, digits.popFirst() != UInt8(ascii: "x") { return nil }
            guard digits.count == 3 else { return nil }
            var value: UInt64 = 0
            for digit in digits {
                guard let digit = digitValue(digit) else { return nil }
                value = value * 10 + digit
            }
            // A first group of zeros would be a second path of the same tile.
            if place == 0, !isLast, value == 0 { return nil }
            let (product, overflow) = index.multipliedReportingOverflow(by: 1_000)
            let (sum, carry) = product.addingReportingOverflow(value)
            guard !overflow, !carry, sum <= MerkleTree.sizeMax else { return nil }
            index = sum
        }
        precondition(last.count == 3)
        return index
    }

    private static func decimal(_ text: [UInt8], max: UInt64) -> UInt64? {
        guard !text.isEmpty, text.count <= 3 else { return nil }
        if text.count > 1, text[0] == UInt8(ascii: "0") { return nil }
        var value: UInt64 = 0
        for digit in text {
            guard let digit = digitValue(digit) else { return nil }
            value = value * 10 + digit
        }
        return value <= max ? value : nil
    }

    private static func digitValue(_ character: UInt8) -> UInt64? {
        switch character {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt64(character - UInt8(ascii: "0"))
        default: nil
        }
    }
}
