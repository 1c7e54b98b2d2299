// Runs the matching prototype on an order flow and prints its messages a second, one JSON object.
//
// The prototype is compiled together with this file, with NATIVE defined; it brings the book, interface.h the
// structures that it takes and gives, and this file the flow. Each run has a new book that works off the flow once to warm up and
// once to be measured, as `parallax bench matching` does; the result is the median.

import Glibc

struct Failure: Error {
    var text: String
}

/// A row of the flow. The prototype has no reduction in place: an amendment becomes its `modify`, which
/// takes the order's priority, so trades can differ by a few from those of a book that keeps it.
struct Message {
    enum Kind: UInt8 { case new, cancel, modify }

    var kind: Kind
    var side: UInt8
    var immediate: UInt8
    var quantity: UInt32
    var order: UInt64
    var price: Int64
}

func nanoseconds() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}

func readText(_ path: String) throws -> String {
    guard let file = fopen(path, "r") else { throw Failure(text: "cannot open \(path)") }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
        let count = fread(&buffer, 1, buffer.count, file)
        if count == 0 { break }
        bytes.append(contentsOf: buffer[..<count])
    }
    return String(decoding: bytes, as: UTF8.self)
}

func readFlow(_ path: String) throws -> [Message] {
    var prices: [UInt64: Int64] = [:]
    return try readText(path).split(separator: "\n").dropFirst().map { line in
        let columns = line.split(separator: ",", omittingEmptySubsequences: false)
        guard columns.count == 7, let order = UInt64(columns[2]) else {
            throw Failure(text: "no order flow: \(line)")
        }
        let quantity = UInt32(columns[5]) ?? 0
        if columns[1] == "new" { prices[order] = Int64(columns[6]) ?? 0 }
        let kind: Message.Kind =
            columns[1] == "new" ? .new : columns[1] == "cancel" ? .cancel : .modify
        guard order < MAXID, prices[order, default: 0] < DOM else {
            throw Failure(text: "outside what the prototype can hold: \(line)")
        }
        return Message(
            kind: kind,
            side: columns[3] == "sell" ? 1 : 0,
            immediate: columns[4] == "IOC" ? 1 : 0,
            quantity: quantity,
            order: order,
            price: prices[order, default: 0]
        )
    }
}

@inline(__always)
func run(_ messages: [Message], _ book: inout Book) {
    var sequence: UInt64 = 0
    for message in messages {
        sequence &+= 1
        switch message.kind {
        case .new:
            var order = new_order_t(
                sequence_number: sequence,
                order_id: message.order,
                price_ticks: message.price,
                quantity: message.quantity,
                side: message.side,
                ioc: message.immediate
            )
            book.onNew(&order)
        case .cancel:
            var cancel = cancel_t(sequence_number: sequence, order_id: message.order)
            book.onCancel(&cancel)
        case .modify:
            var change = modify_t(
                sequence_number: sequence,
                order_id: message.order,
                new_price_ticks: message.price,
                new_quantity: message.quantity
            )
            book.onModify(&change)
        }
    }
}

@main enum Driver {
    static func main() throws {
        guard CommandLine.arguments.count >= 2 else {
            throw Failure(text: "usage: driver FLOW [RUNS]")
        }
        let messages = try readFlow(CommandLine.arguments[1])
        let runs = CommandLine.arguments.count > 2 ? Int(CommandLine.arguments[2]) ?? 15 : 15
        var book = Book(maxLive: 1 << 20, maxId: MAXID)
        run(messages, &book)
        // What is left would meet the second pass.
        let rest = messages.filter { $0.kind == .new }.map { message in
            var cancel = message
            cancel.kind = .cancel
            return cancel
        }
        var rates: [Double] = []
        var trades: UInt64 = 0
        for _ in 0..<max(runs, 1) {
            run(rest, &book)
            let before = book.trades
            let start = nanoseconds()
            run(messages, &book)
            rates.append(Double(messages.count) / Double(nanoseconds() - start) * 1e9)
            trades = book.trades - before
        }
        let median = rates.sorted()[rates.count / 2]
        print(
            "{\"prototypeMessagesPerSecond\": \(Int(median)), \"messages\": \(messages.count), "
                + "\"trades\": \(trades), \"runs\": \(rates.count)}"
        )
    }
}
