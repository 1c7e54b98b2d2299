import Primitives
import Venue

/// What is wrong with a line and what to do about it.
struct RowError: Error {
    let message: String
    init(_ message: String) { self.message = message }
}

/// Reads the lines of a flow one after the other, without copying them.
struct FlowParser: ~Copyable {
    private let bytes: [UInt8]
    private var next = 0
    /// The number of the line read last, from 1.
    private(set) var line = 1
    /// Where each column of the line begins; behind the last one, where the next would begin.
    private var starts = InlineArray<8, Int>(repeating: 0)

    private enum Column: Int {
        case time, operation, order, side, timeInForce, quantity, price
    }

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Takes the first line.
    ///
    /// - Throws: `RowError` when it is not the header.
    mutating func takeHeader() throws(RowError) {
        let header = FlowFormat.header
        if bytes.isEmpty { throw RowError("the file is empty; its first line must be \(header)") }
        let first = try takeLine()
        if !bytes[first].elementsEqual(header.utf8) {
            throw RowError("the header is \(quoted(first)); the first line must be \(header)")
        }
    }

    /// Takes the next line; nil at the end.
    ///
    /// - Throws: `RowError` for the first column that is wrong.
    mutating func takeCommand() throws(RowError) -> FlowCommand? {
        if next >= bytes.count { return nil }
        line += 1
        let text = try takeLine()
        if text.isEmpty {
            // One empty line at the very end is how some programs write files.
            if next >= bytes.count { return nil }
            throw RowError("the line is empty; remove it")
        }
        try divide(text)
        let time = Timestamp(try number(.time, "timestamp_ns", max: UInt64.max))
        let operation = try operation()
        let order = try number(.order, "order_id", max: UInt64.max)
        if order == 0 { throw RowError("order_id is 0; number orders from 1") }
        return switch operation {
        case .new: try new(order, time)
        case .amend: try amend(order, time)
        case .cancel: try cancel(order, time)
        }
    }

    /// The next line without its end.
    private mutating func takeLine() throws(RowError) -> Range<Int> {
        let start = next
        let limit = min(bytes.count, start + FlowFormat.lineBytesMax + 2)
        while next < limit, bytes[next] != UInt8(ascii: "\n") { next += 1 }
        var end = next
        next += 1
        if end > start, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
        if end - start > FlowFormat.lineBytesMax {
            let most = FlowFormat.lineBytesMax
            throw RowError("the line is longer than \(most) bytes; is this an order flow?")
        }
        return start..<end
    }

    private mutating func divide(_ text: Range<Int>) throws(RowError) {
        starts[0] = text.lowerBound
        var columns = 1
        for index in text where bytes[index] == UInt8(ascii: ",") {
            if columns < 8 { starts[columns] = index + 1 }
            columns += 1
        }
        if columns != 7 {
            let found = columns == 1 ? "1 column" : "\(columns) columns"
            throw RowError(
                "the line has \(found) instead of 7 (\(FlowFormat.header)); correct the line"
            )
        }
        starts[7] = text.upperBound + 1
    }

    private func text(_ column: Column) -> Range<Int> {
        starts[column.rawValue]..<(starts[column.rawValue + 1] - 1)
    }

    private func new(_ order: UInt64, _ time: Timestamp) throws(RowError) -> FlowCommand {
        .new(
            order,
            try side(),
            try timeInForce(),
            quantity: Quantity(try amount(.quantity, "quantity")),
            price: Price(try amount(.price, "price")),
            at: time
        )
    }

    private func amend(_ order: UInt64, _ time: Timestamp) throws(RowError) -> FlowCommand {
        try mustBeEmpty(.side, "side", "amend")
        try mustBeEmpty(.timeInForce, "tif", "amend")
        try mustBeEmpty(.price, "price", "amend")
        return .amend(order, quantity: Quantity(try amount(.quantity, "quantity")), at: time)
    }

    private func cancel(_ order: UInt64, _ time: Timestamp) throws(RowError) -> FlowCommand {
        try mustBeEmpty(.side, "side", "cancel")
        try mustBeEmpty(.timeInForce, "tif", "cancel")
        try mustBeEmpty(.quantity, "quantity", "cancel")
        try mustBeEmpty(.price, "price", "cancel")
        return .cancel(order, at: time)
    }

    private func operation() throws(RowError) -> FlowCommand.Operation {
        let text = text(.operation)
        if equals(text, "new") { return .new }
        if equals(text, "cancel") { return .cancel }
        if equals(text, "amend") { return .amend }
        throw RowError("op is \(quoted(text)); it must be new, amend or cancel")
    }

    private func side() throws(RowError) -> Side {
        let text = text(.side)
        if equals(text, "buy") { return .buy }
        if equals(text, "sell") { return .sell }
        throw RowError("side is \(quoted(text)); it must be buy or sell")
    }

    private func timeInForce() throws(RowError) -> TimeInForce {
        let text = text(.timeInForce)
        for (name, value) in FlowFormat.timesInForce where equals(text, name) { return value }
        throw RowError("tif is \(quoted(text)); it must be GTC, IOC, FOK or DAY")
    }

    private func mustBeEmpty(
        _ column: Column,
        _ name: StaticString,
        _ operation: StaticString
    ) throws(RowError) {
        let text = text(column)
        if text.isEmpty { return }
        throw RowError("\(name) is \(quoted(text)); leave it empty for \(operation)")
    }

    /// A number of lots or ticks.
    ///
    /// Whether the venue takes so many is for the venue to say.
    private func amount(_ column: Column, _ name: StaticString) throws(RowError) -> Int64 {
        Int64(try number(column, name, max: UInt64(Int64.max)))
    }

    private func number(
        _ column: Column,
        _ name: StaticString,
        max: UInt64
    ) throws(RowError) -> UInt64 {
        let text = text(column)
        var value: UInt64 = 0
        var isValid = !text.isEmpty
        for index in text {
            let digit = bytes[index] &- UInt8(ascii: "0")
            let (shifted, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = shifted.addingReportingOverflow(UInt64(digit))
            if digit > 9 || overflow || carry { isValid = false }
            value = sum
        }
        if isValid && value <= max { return value }
        if text.isEmpty { throw RowError("\(name) is missing; give a whole number") }
        if bytes[text.lowerBound] == UInt8(ascii: "-") {
            throw RowError("\(name) is negative: \(quoted(text)); give a whole number from 0")
        }
        throw RowError("\(name) is \(quoted(text)); give a whole number from 0 to \(max)")
    }

    private func equals(_ text: Range<Int>, _ word: StaticString) -> Bool {
        if word.utf8CodeUnitCount != text.count { return false }
        for index in text
        where unsafe word.utf8Start[index - text.lowerBound] != bytes[index] { return false }
        return true
    }

    /// The text between quotation marks; what is no printable ASCII is shown as `\xHH`.
    private func quoted(_ text: Range<Int>) -> String {
        var result = "\""
        for byte in bytes[text].prefix(48) {
            if (0x20..<0x7F).contains(byte) {
                result.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                result += "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }
        }
        return result + (text.count > 48 ? "…\"" : "\"")
    }
}
