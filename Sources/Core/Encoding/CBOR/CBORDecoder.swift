/// Reads items one after the other and refuses what is not in deterministic encoding (RFC 8949 §4.2.1).
///
/// What it accepts, `CBOREncoder` writes with the same bytes, unless a leniency was asked for. Memory grows only
/// with what was read: a length that the bytes cannot hold is refused before anything is allocated. After an
/// error the position is of no use.
public struct CBORDecoder: Sendable {
    /// What is read.
    public let bytes: [UInt8]
    /// How many bytes were read.
    public private(set) var position = 0

    private let limits: DecodingLimits
    private let leniency: CBORLeniency

    /// Makes a decoder that starts at the first of some bytes.
    ///
    /// - Throws: `tooLarge` when there are more than the limit allows.
    public init(
        _ bytes: [UInt8],
        limits: DecodingLimits = .standard,
        accepting leniency: CBORLeniency = []
    ) throws(CBORError) {
        guard bytes.count <= limits.bytesMax else { throw .tooLarge(position: limits.bytesMax) }
        self.bytes = bytes
        self.limits = limits
        self.leniency = leniency
    }

    /// Reads one item with all it contains.
    ///
    /// - Throws: Any error but `tooLarge` and `trailingBytes`, for the first thing that is wrong;
    ///   `unexpectedType` only for a big number (tags 2 and 3) that is no byte string.
    /// - Complexity: O(n log n) in the bytes read, because of the keys when they may be unsorted; else O(n).
    public mutating func readValue() throws(CBORError) -> CBORValue { try readValue(depth: 0) }

    /// Reads one item with all it contains, and returns where its bytes are.
    ///
    /// - Throws: What `readValue` throws.
    /// - Complexity: O(n log n) in the bytes read, because of the keys when they may be unsorted; else O(n).
    public mutating func skipItem() throws(CBORError) -> Range<Int> {
        let start = position
        _ = try readValue()
        return start..<position
    }

    /// Reads the head of an array and returns how many items follow.
    ///
    /// - Throws: `unexpectedType` when there is another item, or one of indefinite length; what heads throw.
    public mutating func readArrayCount() throws(CBORError) -> Int { try readCount(of: .array) }

    /// Reads the head of a map and returns how many keys follow, each with its value.
    ///
    /// The order of keys that are then read one by one is not checked.
    ///
    /// - Throws: `unexpectedType` when there is another item, or one of indefinite length; what heads throw.
    public mutating func readMapCount() throws(CBORError) -> Int { try readCount(of: .map) }

    /// Reads a tag; the item it belongs to follows.
    ///
    /// - Throws: `unexpectedType` when there is another item; what heads throw.
    public mutating func readTag() throws(CBORError) -> UInt64 {
        let head = try readHead()
        guard head.major == .tag else { throw .unexpectedType(position: head.position) }
        return head.argument
    }

    /// Reads a byte string.
    ///
    /// - Throws: `unexpectedType` when there is another item; what items throw.
    /// - Complexity: O(n) in its bytes.
    public mutating func readBytes() throws(CBORError) -> [UInt8] {
        let head = try readHead()
        guard head.major == .bytes else { throw .unexpectedType(position: head.position) }
        return try readString(head)
    }

    /// Reads a number from 0 to 2^64 − 1.
    ///
    /// - Throws: `unexpectedType` when there is another item; what heads throw.
    public mutating func readUnsigned() throws(CBORError) -> UInt64 {
        let head = try readHead()
        guard head.major == .unsigned else { throw .unexpectedType(position: head.position) }
        return head.argument
    }

    /// Checks that everything was read.
    ///
    /// - Throws: `trailingBytes` when something is left.
    public func requireEnd() throws(CBORError) {
        guard position == bytes.count else { throw .trailingBytes(position: position) }
    }
}

// MARK: - Heads

extension CBORDecoder {
    /// The head of an item as it was read.
    private struct Head {
        var position: Int
        var major: CBORHead.Major
        /// The lower five bits of the first byte.
        var information: UInt8
        var argument: UInt64

        var isIndefinite: Bool { information == 31 }
        /// Whether it ends an item of indefinite length instead of beginning one.
        var isBreak: Bool { major == .other && isIndefinite }
    }

    private mutating func readHead() throws(CBORError) -> Head {
        let start = position
        guard start < bytes.count else { throw .truncated(position: start) }
        guard let major = CBORHead.Major(rawValue: bytes[start] >> 5) else {
            throw .reserved(position: start)
        }
        let information = bytes[start] & 31
        position += 1
        var head = Head(position: start, major: major, information: information, argument: 0)
        switch information {
        case 0..<24: head.argument = UInt64(information)
        case 24...27:
            let width = 1 << Int(information - 24)
            guard bytes.count - position >= width else { throw .truncated(position: start) }
            for _ in 0..<width {
                head.argument = head.argument << 8 | UInt64(bytes[position])
                position += 1
            }
            try checkForm(head)
        case 31:
            switch major {
            case .bytes, .text, .array, .map:
                guard leniency.contains(.indefiniteLengths) else {
                    throw .indefiniteLength(position: start)
                }
            case .other: break
            case .unsigned, .negative, .tag: throw .reserved(position: start)
            }
        default: throw .reserved(position: start)
        }
        return head
    }

    /// Checks that a number needs all the bytes it was given.
    private func checkForm(_ head: Head) throws(CBORError) {
        if head.major == .other {
            // Floats are checked by their value. A simple value below 32 in two bytes is not well formed.
            guard head.information > 24 || head.argument >= 32 else {
                throw .reserved(position: head.position)
            }
            return
        }
        guard !leniency.contains(.longForms) else { return }
        let shortest = CBORHead(major: head.major, argument: head.argument)
        guard shortest.initial & 31 == head.information else {
            throw .notShortest(position: head.position)
        }
    }

    private mutating func readCount(of major: CBORHead.Major) throws(CBORError) -> Int {
        let head = try readHead()
        guard head.major == major, !head.isIndefinite else {
            throw .unexpectedType(position: head.position)
        }
        return try count(head)
    }

    /// The number of items or bytes that a head announces; what is left must be able to hold them.
    private func count(_ head: Head) throws(CBORError) -> Int {
        let left = bytes.count - position
        let countMax = head.major == .map ? left / 2 : left
        guard head.argument <= UInt64(countMax) else { throw .truncated(position: head.position) }
        return Int(head.argument)
    }
}

// MARK: - Items

extension CBORDecoder {
    private mutating func readValue(depth: Int) throws(CBORError) -> CBORValue {
        let head = try readHead()
        guard !head.isBreak else { throw .reserved(position: head.position) }
        return try readValue(head, depth: depth)
    }

    private mutating func readValue(_ head: Head, depth: Int) throws(CBORError) -> CBORValue {
        switch head.major {
        case .unsigned: return .unsigned(head.argument)
        case .negative: return .negative(head.argument)
        case .bytes: return .bytes(try readString(head))
        case .text: return .text(Text(wellFormed: try readString(head)))
        case .other: return try simpleOrFloat(head)
        case .array, .map, .tag: break
        }
        guard depth < limits.depthMax else { throw .tooDeep(position: head.position) }
        switch head.major {
        case .array: return .array(try readItems(head, depth: depth + 1))
        case .map: return .map(try readMap(head, depth: depth + 1))
        default: return try readTagged(head, depth: depth + 1)
        }
    }

    private func simpleOrFloat(_ head: Head) throws(CBORError) -> CBORValue {
        let value: Double
        switch head.information {
        case 20: return .boolean(false)
        case 21: return .boolean(true)
        case 22: return .null
        case 23: return .undefined
        case 25: value = CBORFloat.value(half: UInt16(head.argument))
        case 26: value = Double(Float(bitPattern: UInt32(head.argument)))
        case 27: value = Double(bitPattern: head.argument)
        default: return .simple(UInt8(head.argument))
        }
        if !leniency.contains(.longForms) {
            let shortest = CBORFloat.shortest(value)
            guard shortest == (head.information, head.argument) else {
                throw .notShortestFloat(position: head.position)
            }
        }
        return .float(value)
    }

    /// Reads the content of a byte or text string.
    private mutating func readString(_ head: Head) throws(CBORError) -> [UInt8] {
        guard head.isIndefinite else { return try readChunk(head) }
        var content: [UInt8] = []
        while true {
            let chunk = try readHead()
            if chunk.isBreak { return content }
            guard chunk.major == head.major, !chunk.isIndefinite else {
                throw .reserved(position: chunk.position)
            }
            content.append(contentsOf: try readChunk(chunk))
        }
    }

    private mutating func readChunk(_ head: Head) throws(CBORError) -> [UInt8] {
        let range = position..<position + (try count(head))
        if head.major == .text, let fault = WellFormedUTF8.firstFault(in: bytes, range) {
            throw .invalidUTF8(position: fault)
        }
        position = range.upperBound
        return [UInt8](bytes[range])
    }

    private mutating func readItems(_ head: Head, depth: Int) throws(CBORError) -> [CBORValue] {
        var items: [CBORValue] = []
        if !head.isIndefinite {
            for _ in 0..<(try count(head)) { items.append(try readValue(depth: depth)) }
            return items
        }
        while true {
            let item = try readHead()
            if item.isBreak { return items }
            items.append(try readValue(item, depth: depth))
        }
    }

    private mutating func readTagged(_ head: Head, depth: Int) throws(CBORError) -> CBORValue {
        let item = try readValue(depth: depth)
        // A number that fits the types of integers has its form there, and a larger one no leading zero
        // (RFC 8949 §3.4.3). No leniency helps: as a value it would not encode to what is accepted.
        if head.argument == 2 || head.argument == 3 {
            guard case .bytes(let digits) = item else {
                throw .unexpectedType(position: head.position)
            }
            guard digits.count > 8, digits[0] != 0 else {
                throw .notShortest(position: head.position)
            }
        }
        return .tagged(head.argument, item)
    }
}

// MARK: - Maps

extension CBORDecoder {
    /// An entry and where its key is.
    private struct Located {
        var entry: CBORMap.Entry
        var position: Int
    }

    private mutating func readMap(_ head: Head, depth: Int) throws(CBORError) -> CBORMap {
        var located: [Located] = []
        if head.isIndefinite {
            while true {
                let key = try readHead()
                if key.isBreak { break }
                try readEntry(key, into: &located, depth: depth)
            }
        } else {
            let count = try count(head)
            for _ in 0..<count {
                let key = try readHead()
                guard !key.isBreak else { throw .reserved(position: key.position) }
                try readEntry(key, into: &located, depth: depth)
            }
        }
        if leniency.contains(.unsortedKeys) { try sort(&located) }
        return CBORMap(ascending: located.map { item in item.entry })
    }

    /// Reads an entry whose key begins with `head`, and checks that the key comes after the one before.
    private mutating func readEntry(
        _ head: Head,
        into located: inout [Located],
        depth: Int
    ) throws(CBORError) {
        let key = try readValue(head, depth: depth)
        if !leniency.contains(.unsortedKeys), let last = located.last {
            let order = last.entry.key.order(before: key)
            if order == 0 { throw .duplicateKey(position: head.position) }
            if order > 0 { throw .unsortedKey(position: head.position) }
        }
        let value = try readValue(depth: depth)
        located.append(Located(entry: CBORMap.Entry(key, value), position: head.position))
    }

    /// Sorts the entries and checks that no key occurs twice.
    private func sort(_ located: inout [Located]) throws(CBORError) {
        located.sort { left, right in
            let order = left.entry.key.order(before: right.entry.key)
            return order != 0 ? order < 0 : left.position < right.position
        }
        for index in located.indices.dropFirst() {
            guard located[index - 1].entry.key != located[index].entry.key else {
                throw .duplicateKey(position: located[index].position)
            }
        }
    }
}

extension CBORValue {
    /// Reads the one item that some bytes are the encoding of.
    ///
    /// - Throws: Any error, for the first thing that is wrong; `unexpectedType` only for a big number (tags 2
    ///   and 3) that is no byte string.
    /// - Complexity: O(n log n), because of the keys when they may be unsorted; else O(n).
    public init(
        decoding bytes: [UInt8],
        limits: DecodingLimits = .standard,
        accepting leniency: CBORLeniency = []
    ) throws(CBORError) {
        var decoder = try CBORDecoder(bytes, limits: limits, accepting: leniency)
        self = try decoder.readValue()
        try decoder.requireEnd()
    }
}
