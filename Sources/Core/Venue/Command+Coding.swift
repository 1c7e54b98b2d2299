public import Primitives

// The binary form of a command.
//
// A command is a type number, which whoever stores it keeps beside it, and a payload of fixed size.
// Integers are little-endian without padding, signed ones in two's complement. An enumeration is one byte,
// its raw value; so is a truth value, 0 or 1. Bytes marked 0 are zero. A payload is valid when it has exactly its type's size, every
// enumeration has a defined value and every byte marked 0 is zero; then encoding what was decoded gives the
// same bytes. Whether the values make sense is for the venue to say, not for the decoder.
//
// Type numbers are stable: they are never reused and never change their meaning.
//
//  number  command           size  offset: field
//  ------  ----------------  ----  ----------------------------------------------------------------------
//       1  placeOrder          72  0: u64 client id       8: u32 account       12: u32 instrument
//                                 16: u8 side  17: u8 type  18: u8 time in force  19: u8 post-only
//                                 20: u8 self-trade prevention  21: 0 0 0
//                                 24: i64 price  32: i64 quantity  40: i64 display  48: i64 trigger
//                                 56: i64 trail  64: u64 expires at
//       2  amendOrder          45  0: reference (20)  20: i64 quantity  28: i64 price  36: i64 trigger
//                                 44: u8 keeps priority
//       3  cancelOrder         20  0: u32 account  4: u64 order  12: u64 client id ("reference")
//       4  massCancel          12  0: u8 scope  1: 0 0 0  4: u32 account  8: u32 instrument
//       5  advanceTime          0
//       6  openAccount          4  0: u32 account
//       7  deposit             24  0: u32 account  4: u32 asset  8: i128 amount ("transfer")
//       8  withdraw            24  0: transfer
//       9  defineAsset          4  0: u32 asset
//      10  defineInstrument    48  0: u32 instrument  4: u32 base  8: u32 quote  12: u8 settlement
//                                 13: 0 0 0  16: i64 lot units  24: i64 tick units
//                                 32: u64 window start  40: u64 window end
//      11  setIncrements       28  0: u32 instrument  4: i64 price  12: i64 quantity  20: i64 largest
//      12  setFees             12  0: u32 instrument  4: u32 maker rate  8: u32 taker rate
//      13  setBand             20  0: u32 instrument  4: i64 low  12: i64 high
//      14  setLimits            4  0: u32 orders per account
//      15  setPhase             5  0: u32 instrument  4: u8 phase
//      16                          retired: settled a contract without naming a certificate
//      17  failContract         8  0: u64 trade
//      18  expireContract       8  0: u64 trade
//      19  file                33  0: u8 kind  1: SHA-256 of the document
//      20  settleContract      40  0: u64 trade  8: SHA-256 of the filed certificate of the claim
//      21  postBond            24  0: transfer
//      22  releaseBond         24  0: transfer
//      23  penalise            40  0: u32 account  4: u8 fault  5: 0 0 0  8: SHA-256 of the evidence

/// Why bytes are not a command.
///
/// Offsets count from the start of the payload.
public enum CommandDecodingError: Error, Equatable, Sendable {
    /// No command has this number.
    case unknownType(UInt16)
    /// The payload ends inside the value at `offset`.
    case truncated(offset: Int)
    /// The payload goes on at `offset`, where it should end.
    case trailingBytes(offset: Int)
    /// The byte at `offset` is no value of its kind, or should be zero and is not.
    case invalidValue(offset: Int)
}

extension Command {
    /// Most bytes that a payload can have.
    @inlinable public static var payloadBytesMax: Int { 72 }

    /// The number of the command's type, stable for ever.
    public var typeNumber: UInt16 {
        switch self {
        case .placeOrder: 1
        case .amendOrder: 2
        case .cancelOrder: 3
        case .massCancel: 4
        case .advanceTime: 5
        case .openAccount: 6
        case .deposit: 7
        case .withdraw: 8
        case .defineAsset: 9
        case .defineInstrument: 10
        case .setIncrements: 11
        case .setFees: 12
        case .setBand: 13
        case .setLimits: 14
        case .setPhase: 15
        case .failContract: 17
        case .expireContract: 18
        case .file: 19
        case .settleContract: 20
        case .postBond: 21
        case .releaseBond: 22
        case .penalise: 23
        }
    }

    /// Appends the payload: at most `payloadBytesMax` bytes, as the table at the head of this file says.
    public func encode(to writer: inout ByteWriter) {
        writer.reserve(Self.payloadBytesMax)
        switch self {
        case .placeOrder(let order): order.encode(to: &writer)
        case .amendOrder(let amendment): amendment.encode(to: &writer)
        case .cancelOrder(let reference): reference.encode(to: &writer)
        case .massCancel(let cancel): cancel.encode(to: &writer)
        case .advanceTime: break
        case .openAccount(let account): writer.append(account.rawValue)
        case .deposit(let transfer), .withdraw(let transfer): transfer.encode(to: &writer)
        case .defineAsset(let asset): writer.append(asset.rawValue)
        case .defineInstrument(let definition): definition.encode(to: &writer)
        case .setIncrements(let rule): rule.encode(to: &writer)
        case .setFees(let rule): rule.encode(to: &writer)
        case .setBand(let rule): rule.encode(to: &writer)
        case .setLimits(let rule): writer.append(rule.ordersPerAccountMax)
        case .setPhase(let change): change.encode(to: &writer)
        case .failContract(let trade), .expireContract(let trade): writer.append(trade.rawValue)
        case .settleContract(let settlement): settlement.encode(to: &writer)
        case .postBond(let transfer), .releaseBond(let transfer): transfer.encode(to: &writer)
        case .penalise(let penalty): penalty.encode(to: &writer)
        case .file(let filing): filing.encode(to: &writer)
        }
    }

    /// Decodes a command.
    ///
    /// - Parameters:
    ///   - typeNumber: The number of its type.
    ///   - payload: Its payload, and nothing else.
    /// - Throws: `CommandDecodingError` when the two are not exactly what `encode` writes.
    public init(
        typeNumber: UInt16,
        payload: UnsafeRawBufferPointer
    ) throws(CommandDecodingError) {
        var reader = unsafe ByteReader(payload)
        do throws(FieldError) {
            guard let command = try Self.decode(typeNumber, &reader) else {
                throw .type
            }
            self = command
            try reader.end()
        } catch {
            throw CommandDecodingError(error, typeNumber: typeNumber, position: reader.position)
        }
    }

    /// Decodes a command.
    ///
    /// - Parameters:
    ///   - typeNumber: The number of its type.
    ///   - payload: Its payload, and nothing else.
    /// - Throws: `CommandDecodingError` when the two are not exactly what `encode` writes.
    public init(typeNumber: UInt16, payload: RawSpan) throws(CommandDecodingError) {
        self = try unsafe payload.withUnsafeBytes { bytes throws(CommandDecodingError) in
            try unsafe Command(typeNumber: typeNumber, payload: bytes)
        }
    }

    /// The command of that type, or nil if there is no such type.
    @inline(__always)
    private static func decode(
        _ typeNumber: UInt16,
        _ reader: inout ByteReader
    ) throws(FieldError) -> Command? {
        switch typeNumber {
        case 1: .placeOrder(try NewOrder(from: &reader))
        case 2: .amendOrder(try OrderAmendment(from: &reader))
        case 3: .cancelOrder(try OrderReference(from: &reader))
        case 4: .massCancel(try MassCancel(from: &reader))
        case 5: .advanceTime
        case 6: .openAccount(AccountID(try reader.integer()))
        case 7: .deposit(try Transfer(from: &reader))
        case 8: .withdraw(try Transfer(from: &reader))
        case 9: .defineAsset(AssetID(try reader.integer()))
        case 10: .defineInstrument(try InstrumentDefinition(from: &reader))
        case 11: .setIncrements(try IncrementRule(from: &reader))
        case 12: .setFees(try FeeRule(from: &reader))
        case 13: .setBand(try BandRule(from: &reader))
        case 14: .setLimits(LimitRule(ordersPerAccountMax: try reader.integer()))
        case 15: .setPhase(try PhaseChange(from: &reader))
        case 17: .failContract(TradeID(try reader.integer()))
        case 18: .expireContract(TradeID(try reader.integer()))
        case 19: .file(try Filing(from: &reader))
        case 20: .settleContract(try ContractSettlement(from: &reader))
        case 21: .postBond(try Transfer(from: &reader))
        case 22: .releaseBond(try Transfer(from: &reader))
        case 23: .penalise(try Penalty(from: &reader))
        default: nil
        }
    }
}
