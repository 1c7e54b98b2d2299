extension String {
    /// The text with spaces behind it, up to a width.
    func padded(to width: Int) -> String {
        self + String(repeating: " ", count: Swift.max(0, width - count))
    }

    /// The text with spaces before it, up to a width.
    func aligned(to width: Int) -> String {
        String(repeating: " ", count: Swift.max(0, width - count)) + self
    }

    /// The text between quotation marks, cut where it is long, and harmless on a terminal.
    var quoted: String {
        var text = "\""
        for scalar in unicodeScalars.prefix(64) {
            let isControl = scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
            text += isControl ? "\\u{\(String(scalar.value, radix: 16))}" : String(scalar)
        }
        return text + (unicodeScalars.count > 64 ? "…\"" : "\"")
    }

    /// The word that was probably meant: the one with the fewest edits, if they are few.
    func nearest(in words: [String]) -> String? {
        var best: (word: String, edits: Int)?
        for word in words {
            let edits = word.hasPrefix(self) ? 1 : editCount(to: word)
            if edits < best?.edits ?? Int.max { best = (word, edits) }
        }
        guard let best, best.edits <= Swift.max(1, count / 3) else { return nil }
        return best.word
    }

    /// How many characters must be inserted, removed or replaced to get the other word (Levenshtein).
    private func editCount(to other: String) -> Int {
        let target = Array(other.prefix(64))
        var previous = Array(0...target.count)
        for (row, character) in prefix(64).enumerated() {
            var current = [row + 1]
            for column in target.indices {
                let replaced = previous[column] + (character == target[column] ? 0 : 1)
                current.append(Swift.min(replaced, previous[column + 1] + 1, current[column] + 1))
            }
            previous = current
        }
        return previous[target.count]
    }
}

extension BinaryInteger {
    /// The number with a comma between each three digits.
    var grouped: String {
        var text = ""
        for (position, digit) in String(magnitude).reversed().enumerated() {
            if position > 0 && position.isMultiple(of: 3) { text.append(",") }
            text.append(digit)
        }
        return (self < 0 ? "-" : "") + String(text.reversed())
    }
}

extension Double {
    /// The number with some digits after the point.
    func fixed(_ digits: Int) -> String {
        var scale = 1.0
        for _ in 0..<digits { scale *= 10 }
        guard isFinite, magnitude * scale < 1e18 else { return description }
        let whole = Int64((magnitude * scale).rounded())
        let point = Int64(scale)
        let fraction = String(whole % point).reversed()
        let zeros = String(repeating: "0", count: Swift.max(0, digits - fraction.count))
        let sign = self < 0 && whole > 0 ? "-" : ""
        return "\(sign)\(whole / point)"
            + (digits > 0 ? "." + zeros + String(fraction.reversed()) : "")
    }
}

/// Two columns of text, aligned: what is it, how much is it.
struct Table {
    private var rows: [(label: String, value: String)] = []

    mutating func add(_ label: String, _ value: String) { rows.append((label, value)) }

    /// The lines; values are aligned at the right.
    var lines: [String] {
        let left = rows.map(\.label.count).max() ?? 0
        let right = rows.map(\.value.count).max() ?? 0
        return rows.map { "  " + $0.label.padded(to: left) + "  " + $0.value.aligned(to: right) }
    }
}
