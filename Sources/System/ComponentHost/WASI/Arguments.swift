/// The arguments of a host's function, by their places.
struct Arguments {
    private let values: [WITValue]

    init(_ values: [WITValue]) { self.values = values }

    subscript(index: Int) -> WITValue? { index < values.count ? values[index] : nil }

    func text(_ index: Int) throws(HostRefusal) -> String {
        guard let text = self[index]?.text else { throw Self.refusal(index, "a text") }
        return text
    }

    func bytes(_ index: Int) throws(HostRefusal) -> [UInt8] {
        guard let bytes = self[index]?.byteList else { throw Self.refusal(index, "bytes") }
        return bytes
    }

    func number(_ index: Int) throws(HostRefusal) -> UInt64 {
        guard let number = self[index]?.number64 else {
            throw Self.refusal(index, "a number of 64 bits")
        }
        return number
    }

    func items(_ index: Int) throws(HostRefusal) -> [WITValue] {
        guard let items = self[index]?.items else { throw Self.refusal(index, "a list") }
        return items
    }

    func texts(_ index: Int) throws(HostRefusal) -> [String] {
        var texts: [String] = []
        for item in try items(index) {
            guard let text = item.text else { throw Self.refusal(index, "a list of texts") }
            texts.append(text)
        }
        return texts
    }

    func flags(_ index: Int) throws(HostRefusal) -> [String] {
        guard let names = self[index]?.flagNames else { throw Self.refusal(index, "flags") }
        return names
    }

    /// What an option holds; nil when it is empty.
    func option(_ index: Int) throws(HostRefusal) -> WITValue? {
        guard let held = self[index]?.held else { throw Self.refusal(index, "an option") }
        return held
    }

    static func refusal(_ index: Int, _ what: String) -> HostRefusal {
        HostRefusal("argument \(index) is not \(what)")
    }
}

/// Makes a function of the host of one that knows its arguments' places.
func hostFunction(
    _ body: @escaping @Sendable (CallState, Arguments) throws(HostRefusal) -> WITValue?
) -> HostFunction {
    { (state, values) throws(HostRefusal) in try body(state, Arguments(values)) }
}
