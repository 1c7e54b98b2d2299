internal import Primitives

/// Why a listing cannot be used.
public enum ListingError: Error, Equatable, Sendable {
    /// A symbol is not 1 to 32 capital letters, digits, points, underlines or hyphens.
    case invalidSymbol(String)
    /// Two have the same symbol or the same number.
    case listedTwice(String)
    /// The number of an asset or instrument is beyond the venue's limit.
    case numberOutOfRange(String)
    /// An asset has more decimals than an amount can have.
    case decimalsOutOfRange(String)
    /// An instrument names an asset that is not listed.
    case unknownAsset(String, instrument: String)
    /// An instrument's base and quote are the same asset.
    case sameAssets(String)
    /// A lot is no whole number of the base asset's smallest units, or is out of range.
    case lotOutOfRange(String)
    /// A tick on a lot is no whole number of the quote asset's smallest units, or is out of range.
    case tickOutOfRange(String)
    /// A spot instrument has a window, or a service's window does not end after its start.
    case windowOutOfRange(String)
    /// The venue knows the instrument with other terms.
    case definedOtherwise(String)

    static func checkSymbol(_ symbol: String) throws(ListingError) {
        let isPlain = symbol.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                true
            default: false
            }
        }
        guard isPlain, 1...32 ~= symbol.utf8.count else { throw .invalidSymbol(symbol) }
    }
}

extension ListingError: CustomStringConvertible {
    /// One line: what is wrong, and what to do.
    public var description: String {
        switch self {
        case .invalidSymbol(let symbol):
            "\"\(symbol.prefix(40))\" is no symbol; use 1 to 32 of A-Z, 0-9, \"-\", \"_\" and \".\""
        case .listedTwice(let symbol):
            "\(symbol), or its number, is listed twice; give each its own"
        case .numberOutOfRange(let symbol):
            "\(symbol) has too high a number; use less than \(Limits.assetsMax)"
        case .decimalsOutOfRange(let symbol):
            "\(symbol) has too many decimals; use 0 to \(ListedAsset.decimalsMax)"
        case .unknownAsset(let asset, let instrument):
            "\(instrument) trades \(asset), which is not listed; list it as [[asset]]"
        case .sameAssets(let symbol):
            "\(symbol) trades an asset against itself; give two assets"
        case .lotOutOfRange(let symbol):
            "the lot of \(symbol) is no whole number of the base asset's smallest units; enlarge it"
        case .tickOutOfRange(let symbol):
            "a tick on a lot of \(symbol) is no whole number of the quote asset's smallest units; "
                + "enlarge one of them, or give the quote asset more decimals"
        case .windowOutOfRange(let symbol):
            "the window of \(symbol) is wrong; a service has one that ends after its start, spot none"
        case .definedOtherwise(let symbol):
            "the venue has \(symbol) with other terms, which never change; restore its entry or "
                + "list the new terms under another number and symbol"
        }
    }
}
