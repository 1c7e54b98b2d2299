import Encoding

/// Columns of text under their names.
struct TradeTable {
    private var rows: [[String]]
    /// Which columns hold numbers, which stand at the right.
    private let numbers: Set<Int>

    /// Makes a table; a column whose name begins with `#` holds numbers.
    init(_ columns: [String]) {
        numbers = Set(columns.indices.filter { columns[$0].hasPrefix("#") })
        rows = [columns.map { $0.hasPrefix("#") ? String($0.dropFirst()) : $0 }]
    }

    mutating func add(_ cells: [String]) { rows.append(cells.map(\.harmless)) }

    var lines: [String] {
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            let cells = row.indices.map { column in
                numbers.contains(column)
                    ? row[column].aligned(to: widths[column])
                    : row[column].padded(to: widths[column])
            }
            let line = cells.joined(separator: "  ")
            return String(line.reversed().drop { $0 == " " }.reversed())
        }
    }
}

extension ExactJSON {
    /// A member as it is shown: a text or number as it is, nothing for null.
    func cell(_ name: String) -> String {
        switch self[name] {
        case .string(let text): text
        case .number(let number): String(decoding: number.text, as: UTF8.self)
        case .boolean(let value): value ? "yes" : "no"
        default: ""
        }
    }
}
