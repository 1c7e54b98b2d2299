internal import Encoding

/// Which part of a list is asked for.
public struct LedgerPageRequest: Equatable, Sendable {
    /// How many rows a page has at most.
    public static let limitMax = 500

    /// How many rows to give at most; 1 … 500.
    public var limit: Int
    /// Where the page before ended, as that page says; nil for the first page.
    public var cursor: String?

    /// Asks for a page.
    public init(limit: Int = 100, cursor: String? = nil) {
        self.limit = limit
        self.cursor = cursor
    }
}

/// A part of a list.
public struct LedgerPage<Row: Sendable>: Sendable {
    /// The rows, newest first.
    public var rows: [Row]
    /// What to ask for the next page with; nil when this is the last.
    public var next: String?
}

extension LedgerPage: Equatable where Row: Equatable {}

/// Where a page ends: the place of its last row.
///
/// As text it is the unpadded base64 of the list's number, and the position as two numbers of 8 bytes,
/// highest byte first. It names rows and lets nobody see any: every query asks for the account too.
struct LedgerPosition: Equatable {
    /// What a cursor is for: a cursor of one list is refused by the others.
    enum List: UInt8 {
        case entries = 1
        case orders = 2
        case contracts = 3
        case audit = 4
        case trades = 5
    }

    /// The sequence, or the number of the order, contract or trade.
    var major: Int64
    /// The number within the command.
    var minor: Int64

    /// Before the newest row.
    static var start: LedgerPosition { LedgerPosition(major: .max, minor: .max) }

    func text(_ list: List) -> String {
        var bytes = [list.rawValue]
        for number in [major, minor] {
            let number = UInt64(bitPattern: number)
            for shift in stride(from: UInt64(56), through: 0, by: -8) {
                bytes.append(UInt8(truncatingIfNeeded: number >> shift))
            }
        }
        return Base64.url.encode(bytes)
    }

    init(major: Int64, minor: Int64) {
        self.major = major
        self.minor = minor
    }

    /// Reads a cursor.
    ///
    /// - Throws: `invalidCursor` unless the list gave it out.
    init(_ text: String?, _ list: List) throws(LedgerStoreError) {
        guard let text else {
            self = .start
            return
        }
        guard text.utf8.count <= 32 else { throw .invalidCursor }
        let bytes: [UInt8]
        do throws(Base64.DecodingError) {
            bytes = try Base64.url.decode(text)
        } catch {
            throw .invalidCursor
        }
        guard bytes.count == 17, bytes[0] == list.rawValue else { throw .invalidCursor }
        major = Int64(bitPattern: bytes[1..<9].reduce(0) { $0 << 8 | UInt64($1) })
        minor = Int64(bitPattern: bytes[9..<17].reduce(0) { $0 << 8 | UInt64($1) })
    }
}
