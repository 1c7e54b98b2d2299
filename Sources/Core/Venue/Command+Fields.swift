import Cryptography
import Primitives

// The fields of each command, in the order of the table in Command+Coding.swift.

/// What is wrong with a field; where it is follows from the reader's position.
enum FieldError: Error {
    /// There is no such command.
    case type
    /// The payload ends before the field does.
    case truncated
    /// The payload goes on behind the last field.
    case trailing
    /// The byte just read has no meaning.
    case value
}

extension CommandDecodingError {
    init(_ error: FieldError, typeNumber: UInt16, position: Int) {
        switch error {
        case .type: self = .unknownType(typeNumber)
        case .truncated: self = .truncated(offset: position)
        case .trailing: self = .trailingBytes(offset: position)
        case .value: self = .invalidValue(offset: position - 1)
        }
    }
}

extension ByteReader {
    @inline(__always)
    mutating func integer<Value: FixedWidthInteger & BitwiseCopyable>()
        throws(FieldError) -> Value
    {
        do throws(ByteReaderError) { return try read(Value.self) } catch { throw .truncated }
    }

    @inline(__always)
    mutating func enumeration<Value: RawRepresentable>()
        throws(FieldError) -> Value where Value.RawValue == UInt8
    {
        let number: UInt8 = try integer()
        guard let value = Value(rawValue: number) else { throw .value }
        return value
    }

    @inline(__always) mutating func boolean() throws(FieldError) -> Bool {
        let number: UInt8 = try integer()
        guard number <= 1 else { throw .value }
        return number == 1
    }

    @inline(__always) mutating func price() throws(FieldError) -> Price { Price(try integer()) }

    @inline(__always) mutating func quantity() throws(FieldError) -> Quantity {
        Quantity(try integer())
    }

    /// Three bytes that fill a word.
    @inline(__always) mutating func filler() throws(FieldError) {
        for _ in 0..<3 {
            let byte: UInt8 = try integer()
            guard byte == 0 else { throw .value }
        }
    }

    @inline(__always) func end() throws(FieldError) {
        guard remaining == 0 else { throw .trailing }
    }
}

extension ByteWriter {
    @inline(__always) mutating func appendFiller() {
        append(UInt16(0))
        append(UInt8(0))
    }
}

extension NewOrder {
    @inline(__always) func encode(to writer: inout ByteWriter) {
        writer.append(clientID)
        writer.append(account.rawValue)
        writer.append(instrument.rawValue)
        writer.append(side.rawValue)
        writer.append(type.rawValue)
        writer.append(timeInForce.rawValue)
        writer.append(postOnly.rawValue)
        writer.append(selfTradePrevention.rawValue)
        writer.appendFiller()
        writer.append(price.ticks)
        writer.append(quantity.lots)
        writer.append(display.lots)
        writer.append(trigger.ticks)
        writer.append(trail.ticks)
        writer.append(expiresAt.nanoseconds)
    }

    @inline(__always) init(from reader: inout ByteReader) throws(FieldError) {
        clientID = try reader.integer()
        account = AccountID(try reader.integer())
        instrument = InstrumentID(try reader.integer())
        side = try reader.enumeration()
        type = try reader.enumeration()
        timeInForce = try reader.enumeration()
        postOnly = try reader.enumeration()
        selfTradePrevention = try reader.enumeration()
        try reader.filler()
        price = try reader.price()
        quantity = try reader.quantity()
        display = try reader.quantity()
        trigger = try reader.price()
        trail = try reader.price()
        expiresAt = Timestamp(try reader.integer())
    }
}

extension OrderReference {
    @inline(__always) func encode(to writer: inout ByteWriter) {
        writer.append(account.rawValue)
        writer.append(order.rawValue)
        writer.append(clientID)
    }

    @inline(__always) init(from reader: inout ByteReader) throws(FieldError) {
        account = AccountID(try reader.integer())
        order = OrderID(try reader.integer())
        clientID = try reader.integer()
    }
}

extension OrderAmendment {
    @inline(__always) func encode(to writer: inout ByteWriter) {
        reference.encode(to: &writer)
        writer.append(quantity.lots)
        writer.append(price.ticks)
        writer.append(trigger.ticks)
        writer.append(UInt8(keepsPriority ? 1 : 0))
    }

    @inline(__always) init(from reader: inout ByteReader) throws(FieldError) {
        reference = try OrderReference(from: &reader)
        quantity = try reader.quantity()
        price = try reader.price()
        trigger = try reader.price()
        keepsPriority = try reader.boolean()
    }
}

extension MassCancel {
    func encode(to writer: inout ByteWriter) {
        writer.append(scope.rawValue)
        writer.appendFiller()
        writer.append(account.rawValue)
        writer.append(instrument.rawValue)
    }

    init(from reader: inout ByteReader) throws(FieldError) {
        scope = try reader.enumeration()
        try reader.filler()
        account = AccountID(try reader.integer())
        instrument = InstrumentID(try reader.integer())
    }
}

extension Transfer {
    func encode(to writer: inout ByteWriter) {
        writer.append(account.rawValue)
        writer.append(asset.rawValue)
        writer.append(amount)
    }

    init(from reader: inout ByteReader) throws(FieldError) {
        account = AccountID(try reader.integer())
        asset = AssetID(try reader.integer())
        amount = try reader.integer()
    }
}

extension InstrumentDefinition {
    func encode(to writer: inout ByteWriter) {
        writer.append(instrument.rawValue)
        writer.append(base.rawValue)
        writer.append(quote.rawValue)
        writer.append(settlement.rawValue)
        writer.appendFiller()
        writer.append(lotUnits)
        writer.append(tickUnits)
        writer.append(windowStart.nanoseconds)
        writer.append(windowEnd.nanoseconds)
    }

    init(from reader: inout ByteReader) throws(FieldError) {
        instrument = InstrumentID(try reader.integer())
        base = AssetID(try reader.integer())
        quote = AssetID(try reader.integer())
        settlement = try reader.enumeration()
        try reader.filler()
        lotUnits = try reader.integer()
        tickUnits = try reader.integer()
        windowStart = Timestamp(try reader.integer())
        windowEnd = Timestamp(try reader.integer())
    }
}

extension IncrementRule {
    func encode(to writer: inout ByteWriter) {
        writer.append(instrument.rawValue)
        writer.append(priceIncrement)
        writer.append(quantityIncrement)
        writer.append(quantityMax)
    }

    init(from reader: inout ByteReader) throws(FieldError) {
        instrument = InstrumentID(try reader.integer())
        priceIncrement = try reader.integer()
        quantityIncrement = try reader.integer()
        quantityMax = try reader.integer()
    }
}

extension FeeRule {
    func encode(to writer: inout ByteWriter) {
        writer.append(instrument.rawValue)
        writer.append(makerRate)
        writer.append(takerRate)
    }

    init(from reader: inout ByteReader) throws(FieldError) {
        instrument = InstrumentID(try reader.integer())
        makerRate = try reader.integer()
        takerRate = try reader.integer()
    }
}

extension BandRule {
    func encode(to writer: inout ByteWriter) {
        writer.append(instrument.rawValue)
        writer.append(low.ticks)
        writer.append(high.ticks)
    }

    init(from reader: inout ByteReader) throws(FieldError) {
        instrument = InstrumentID(try reader.integer())
        low = try reader.price()
        high = try reader.price()
    }
}

extension PhaseChange {
    func encode(to writer: inout ByteWriter) {
        writer.append(instrument.rawValue)
        writer.append(phase.rawValue)
    }

    init(from reader: inout ByteReader) throws(FieldError) {
        instrument = InstrumentID(try reader.integer())
        phase = try reader.enumeration()
    }
}

extension Filing {
    func encode(to writer: inout ByteWriter) {
        writer.append(kind.rawValue)
        writer.append(digest)
    }

    init(from reader: inout ByteReader) throws(FieldError) {
        kind = try reader.enumeration()
        digest = try reader.digest()
    }
}
