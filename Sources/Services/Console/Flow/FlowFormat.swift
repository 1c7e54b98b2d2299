import Primitives
import Venue

/// The text form of an order flow: comma-separated values, one command a line, after one header.
///
///     timestamp_ns,op,order_id,side,tif,quantity,price
///
/// - `timestamp_ns`: nanoseconds, a whole number.
/// - `op`: `new`, `amend` or `cancel`.
/// - `order_id`: the flow's name for the order, from 1.
/// - `side`: `buy` or `sell`; `tif`: `GTC`, `IOC`, `FOK` or `DAY`; both empty unless `op` is `new`.
/// - `quantity`: lots; of an amended order what it keeps open, less than before; empty for `cancel`.
/// - `price`: ticks; empty unless `op` is `new`.
///
/// Lines end with a line feed, after an optional carriage return; the last may lack it.
public enum FlowFormat {
    /// The first line of every flow.
    public static let header = "timestamp_ns,op,order_id,side,tif,quantity,price"

    /// Most bytes of a line; the longest row that makes sense has fewer than half as many.
    public static let lineBytesMax = 256

    /// What a flow calls the times in force that it can express.
    static let timesInForce: [(name: StaticString, value: TimeInForce)] = [
        ("GTC", .goodTillCancel), ("IOC", .immediateOrCancel), ("FOK", .fillOrKill), ("DAY", .day),
    ]

    /// The text of one command, without the end of the line.
    public static func row(of command: FlowCommand) -> String {
        let start = "\(command.time.nanoseconds),\(command.operation),\(command.order)"
        switch command.operation {
        case .cancel: return start + ",,,,"
        case .amend: return start + ",,,\(command.quantity.lots),"
        case .new:
            let name = timesInForce.first { $0.value == command.timeInForce }?.name ?? "GTC"
            return start
                + ",\(command.side),\(name),\(command.quantity.lots),\(command.price.ticks)"
        }
    }

    /// The whole text of a flow.
    ///
    /// - Complexity: O(n).
    public static func text(of commands: [FlowCommand]) -> String {
        var text = header + "\n"
        for command in commands { text += row(of: command) + "\n" }
        return text
    }

    /// The commands of a flow.
    ///
    /// - Parameters:
    ///   - bytes: The whole text.
    ///   - file: What to call it in errors.
    /// - Returns: The commands, in order.
    /// - Throws: `malformed` at the first line that is wrong, saying what and what to do.
    /// - Complexity: O(n).
    public static func parse(
        _ bytes: [UInt8],
        file: String
    ) throws(ConsoleError) -> [FlowCommand] {
        var parser = FlowParser(bytes)
        var commands: [FlowCommand] = []
        commands.reserveCapacity(bytes.count / 32)
        do {
            try parser.takeHeader()
            while let command = try parser.takeCommand() { commands.append(command) }
        } catch {
            throw .malformed(file: file, line: parser.line, error.message)
        }
        return commands
    }
}
