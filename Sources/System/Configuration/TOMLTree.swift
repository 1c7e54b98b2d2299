/// A table while the document is read.
///
/// A class, because a header leads back to a table from anywhere in the document.
final class TOMLNode {
    /// How a table came to be, which decides what may still be added to it.
    enum Origin {
        /// A longer header named it on its way: a header of its own may come later.
        case implied
        /// A header of its own.
        case header
        /// A dotted key, which lets other dotted keys add to it.
        case dotted
        /// It stands in braces: nothing may be added.
        case closed
    }

    enum Item {
        case value(TOMLValue)
        case table(TOMLNode)
        /// An array of tables, which further headers extend.
        case tables([TOMLNode])
    }

    struct Member {
        var key: String
        var line: Int
        var item: Item
    }

    var origin: Origin
    let line: Int
    private(set) var members: [Member] = []
    private var places: [String: Int] = [:]

    init(_ origin: Origin, line: Int) {
        self.origin = origin
        self.line = line
    }

    subscript(key: String) -> Item? {
        places[key].map { place in members[place].item }
    }

    func add(_ key: String, _ item: Item, line: Int) {
        precondition(places[key] == nil)
        places[key] = members.count
        members.append(Member(key: key, line: line, item: item))
    }

    func replace(_ key: String, _ item: Item) {
        guard let place = places[key] else { preconditionFailure("only what is there is replaced") }
        members[place].item = item
    }

    var table: TOMLTable {
        TOMLTable(
            entries: members.map { member in
                let value: TOMLValue =
                    switch member.item {
                    case .value(let value): value
                    case .table(let node): .table(node.table)
                    case .tables(let nodes): .array(nodes.map { node in .table(node.table) })
                    }
                return TOMLTable.Entry(key: member.key, line: member.line, value: value)
            },
            line: line
        )
    }
}

extension TOMLNode {
    /// The table that a header names, made if it is not there.
    func table(named path: [String], line: Int) throws(TOMLError) -> TOMLNode {
        let parent = try parent(of: path, line)
        let key = path[path.count - 1]
        switch parent[key] {
        case nil:
            let node = TOMLNode(.header, line: line)
            parent.add(key, .table(node), line: line)
            return node
        case .table(let node) where node.origin == .implied:
            node.origin = .header
            return node
        default: throw Self.repeated(path, line)
        }
    }

    /// A new table at the end of the array that a header names.
    func newTable(in path: [String], line: Int) throws(TOMLError) -> TOMLNode {
        let parent = try parent(of: path, line)
        let key = path[path.count - 1]
        let node = TOMLNode(.header, line: line)
        switch parent[key] {
        case nil: parent.add(key, .tables([node]), line: line)
        case .tables(let nodes): parent.replace(key, .tables(nodes + [node]))
        default: throw Self.repeated(path, line)
        }
        return node
    }

    private func parent(of path: [String], _ line: Int) throws(TOMLError) -> TOMLNode {
        var node = self
        for (index, key) in path.dropLast().enumerated() {
            switch node[key] {
            case nil:
                let next = TOMLNode(.implied, line: line)
                node.add(key, .table(next), line: line)
                node = next
            case .table(let next) where next.origin != .closed: node = next
            case .tables(let nodes): node = nodes[nodes.count - 1]
            default: throw Self.repeated(Array(path[...index]), line)
            }
        }
        return node
    }

    /// Sets the value of a key, which may be dotted.
    func set(_ path: [String], _ value: TOMLValue, line: Int) throws(TOMLError) {
        var node = self
        for (index, key) in path.dropLast().enumerated() {
            switch node[key] {
            case nil:
                let next = TOMLNode(.dotted, line: line)
                node.add(key, .table(next), line: line)
                node = next
            case .table(let next) where next.origin == .dotted: node = next
            default: throw Self.repeated(Array(path[...index]), line)
            }
        }
        let key = path[path.count - 1]
        guard node[key] == nil else { throw Self.repeated(path, line) }
        node.add(key, .value(value), line: line)
    }

    private static func repeated(_ path: [String], _ line: Int) -> TOMLError {
        TOMLError(
            line: line,
            reason: "\(path.joined(separator: ".")) is there already; give each key once"
        )
    }
}
