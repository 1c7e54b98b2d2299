internal import Platform

/// An orbit's element set: two lines of 69 characters (NORAD's TLE).
public struct ElementSet: Equatable, Sendable {
    /// The satellite's catalogue number.
    public var satellite: UInt32
    /// When the elements are of, nanoseconds since 1970.
    public var epochNanoseconds: UInt64
    /// The first line.
    public var line1: String
    /// The second line.
    public var line2: String
}

/// The element sets of an observer, out of its own files.
///
/// A file has sets of two lines, each of exactly 69 characters with its checksum; any other line, such as a
/// satellite's name, stands before the set that it names and is not read. The epoch's two digits of the year
/// mean 1957 to 2056.
public struct ElementSets: Equatable, Sendable {
    /// Most bytes of one file.
    public static let fileBytesMax = 64 << 20

    /// By satellite and then by epoch, both ascending.
    public private(set) var sets: [ElementSet] = []

    /// Has none.
    public init() {}

    /// Reads files.
    ///
    /// - Throws: `files`, or `evidence` with the line of a set that is malformed.
    public init(paths: [String]) throws(AttestorError) {
        for path in paths {
            let bytes: [UInt8]
            do throws(PlatformError) {
                bytes = try WholeFile.read(path)
            } catch {
                throw .files(error)
            }
            guard bytes.count <= Self.fileBytesMax else {
                throw .evidence(path: path, line: 0, "it has more than \(Self.fileBytesMax) bytes")
            }
            sets += try Self.read(bytes, path: path)
        }
        sets.sort { left, right in
            (left.satellite, left.epochNanoseconds) < (right.satellite, right.epochNanoseconds)
        }
    }

    /// The newest set of a satellite from before a moment; none if there is none.
    ///
    /// - Complexity: O(n).
    public func newest(of satellite: UInt32, before nanoseconds: UInt64) -> ElementSet? {
        sets.last { set in set.satellite == satellite && set.epochNanoseconds <= nanoseconds }
    }

    private static func read(_ bytes: [UInt8], path: String) throws(AttestorError) -> [ElementSet] {
        var sets: [ElementSet] = []
        var first: [UInt8]?
        var number = 0
        for row in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            number += 1
            var line = Array(row)
            if line.last == UInt8(ascii: "\r") { line.removeLast() }
            if isLine(line, UInt8(ascii: "1")) {
                first = line
            } else if isLine(line, UInt8(ascii: "2")) {
                guard let line1 = first else {
                    throw .evidence(path: path, line: number, "its first line is missing")
                }
                guard let set = set(line1, line) else {
                    throw .evidence(
                        path: path,
                        line: number,
                        "no element set: check the digits, the checksums and that both name one satellite"
                    )
                }
                sets.append(set)
                first = nil
            } else if first != nil {
                throw .evidence(path: path, line: number, "the second line of a set is missing")
            }
        }
        if first != nil { throw .evidence(path: path, line: number, "the last set is cut off") }
        return sets
    }

    private static func isLine(_ line: [UInt8], _ digit: UInt8) -> Bool {
        line.count == 69 && line[0] == digit && line[1] == UInt8(ascii: " ")
    }

    private static func set(_ line1: [UInt8], _ line2: [UInt8]) -> ElementSet? {
        guard isChecked(line1), isChecked(line2), line1[2..<7] == line2[2..<7],
            let satellite = number(line1[2..<7]), let year = number(line1[18..<20]),
            let day = number(line1[20..<23]), line1[23] == UInt8(ascii: "."),
            let fraction = number(line1[24..<32]), (1...366).contains(day)
        else { return nil }
        let fullYear = year < 57 ? 2_000 + year : 1_900 + year
        let before = fullYear - 1
        let leapDays = before / 4 - before / 100 + before / 400
        let days1970 = Int64(before) * 365 + Int64(leapDays) - 719_162 + Int64(day) - 1
        guard days1970 >= 0 else { return nil }
        // The fraction counts 10^-8 days, which are 864,000 nanoseconds.
        let nanoseconds = UInt64(days1970) * 86_400_000_000_000 + UInt64(fraction) * 864_000
        return ElementSet(
            satellite: UInt32(satellite),
            epochNanoseconds: nanoseconds,
            line1: String(decoding: line1, as: UTF8.self),
            line2: String(decoding: line2, as: UTF8.self)
        )
    }

    /// Whether the last digit is the sum of the others, with one for each minus, modulo 10.
    private static func isChecked(_ line: [UInt8]) -> Bool {
        var sum = 0
        for byte in line[..<68] {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): sum += Int(byte - UInt8(ascii: "0"))
            case UInt8(ascii: "-"): sum += 1
            default: break
            }
        }
        return line[68] == UInt8(ascii: "0") + UInt8(sum % 10)
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
        var value = 0
        var hasDigit = false
        for byte in digits {
            if byte == UInt8(ascii: " "), !hasDigit { continue }
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            value = value * 10 + Int(byte - UInt8(ascii: "0"))
            hasDigit = true
        }
        return hasDigit ? value : nil
    }
}
