/// How many bytes a value takes in memory, and where it may begin (Component Model, Canonical ABI:
/// `alignment`, `elem_size`).
struct Layout {
    var byteCount: Int
    var alignment: Int

    /// A record without fields, and a case without a payload.
    static var empty: Layout { Layout(byteCount: 0, alignment: 1) }

    /// A string or a list: address and count, of 4 bytes each.
    static var list: Layout { Layout(byteCount: 8, alignment: 4) }

    /// A field behind this one, or behind the fields so far.
    func then(_ field: Layout) -> Layout {
        Layout(
            byteCount: Self.aligned(byteCount, to: field.alignment) + field.byteCount,
            alignment: max(alignment, field.alignment)
        )
    }

    /// The record whose last field this is: its elements in a list begin where they may.
    var closed: Layout {
        Layout(byteCount: Self.aligned(byteCount, to: alignment), alignment: alignment)
    }

    /// Room for one of two payloads.
    func or(_ payload: Layout) -> Layout {
        Layout(
            byteCount: max(byteCount, payload.byteCount),
            alignment: max(alignment, payload.alignment)
        )
    }

    /// The variant with these payloads: one byte says which case it is (there are at most 256).
    var variant: Layout { Layout(byteCount: 1, alignment: 1).then(self).closed }

    /// Where the payload of such a variant begins.
    var payloadOffset: Int { alignment }

    static func aligned(_ offset: Int, to alignment: Int) -> Int {
        (offset + alignment - 1) / alignment * alignment
    }
}

/// A type of the interface with its layout in memory.
protocol Canonical {
    static var layout: Layout { get }
}

/// A type that a component receives.
protocol Liftable: Canonical {
    /// Copies a value out of memory that the host wrote; the host has checked it.
    static func lift(_ source: UnsafeRawPointer) -> Self
}

/// A type that a component hands out.
protocol Lowerable: Canonical {
    /// Writes the value to memory of its layout, which is filled with zeros.
    func lower(_ target: UnsafeMutableRawPointer)
}

/// Reads the fields of a record one after the other.
@unsafe struct RecordReader {
    private let address: UnsafeRawPointer
    private var offset = 0

    init(_ address: UnsafeRawPointer) { unsafe self.address = address }

    /// The next field.
    mutating func next<Field: Liftable>(_ type: Field.Type = Field.self) -> Field {
        let layout = Field.layout
        unsafe offset = Layout.aligned(offset, to: layout.alignment)
        defer { unsafe offset += layout.byteCount }
        return unsafe Field.lift(address + offset)
    }
}

/// Writes the fields of a record one after the other.
@unsafe struct RecordWriter {
    private let address: UnsafeMutableRawPointer
    private var offset = 0

    init(_ address: UnsafeMutableRawPointer) { unsafe self.address = address }

    /// Writes the next field.
    mutating func next<Field: Lowerable>(_ field: Field) {
        let layout = Field.layout
        unsafe offset = Layout.aligned(offset, to: layout.alignment)
        unsafe field.lower(address + offset)
        unsafe offset += layout.byteCount
    }
}
