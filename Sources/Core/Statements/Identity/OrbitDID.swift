public import Encoding
public import Primitives

/// The name of a venue, which is also the registrar of the DIDs that it gives out.
///
/// One to 63 characters of `a-z`, `0-9`, `.` and `-`; the first is a letter or a digit.
public struct VenueName: Hashable, Sendable {
    /// The name.
    public let text: Text

    /// Takes a text as a name.
    ///
    /// - Throws: `invalidVenueName` when it has another form.
    public init(_ text: Text) throws(StatementError) {
        guard Self.isValid(text.utf8) else { throw .invalidVenueName(text) }
        self.text = text
    }

    /// The DID of the venue itself, the issuer of its statements: `did:orbit:operator:<venue>:venue`.
    public var did: OrbitDID { OrbitDID(kind: .operator, registrar: self, checkedID: "venue") }

    /// Whether both are the same bytes.
    public static func == (left: Self, right: Self) -> Bool { left.text == right.text }

    /// Feeds the bytes to a hasher.
    public func hash(into hasher: inout Hasher) { hasher.combine(text.utf8) }

    static func isValid(_ name: [UInt8]) -> Bool {
        guard let first = name.first, name.count <= 63 else { return false }
        guard first != UInt8(ascii: "."), first != UInt8(ascii: "-") else { return false }
        return name.allSatisfy { character in
            switch character {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "."), UInt8(ascii: "-"):
                true
            default: false
            }
        }
    }
}

/// A decentralised identifier of the method `orbit`: `did:orbit:<class>:<registrar>:<id>` (W3C DID 1.0 §3.1).
///
/// It has one text for each identifier: nothing is percent-encoded, and the cases of letters differ.
public struct OrbitDID: Hashable, Sendable {
    /// What the identifier names.
    public enum Kind: UInt8, Hashable, Sendable, CaseIterable {
        /// Who runs a venue, a service or observers.
        case `operator`
        /// Who attests to what a venue did.
        case observer
        /// A satellite.
        case satellite
        /// A ground station.
        case station
        /// One leg of a novated trade.
        case contract

        /// The name in the text of the identifier.
        public var name: Text {
            switch self {
            case .operator: "operator"
            case .observer: "observer"
            case .satellite: "satellite"
            case .station: "station"
            case .contract: "contract"
            }
        }
    }

    /// What the identifier names.
    public let kind: Kind
    /// Who gave it out.
    public let registrar: VenueName
    /// What is named, in the registrar's words: 1 to 64 characters of `A-Za-z0-9._-`.
    public let id: Text

    /// Makes an identifier of its parts.
    ///
    /// - Throws: `invalidDID` when `id` has another form.
    public init(kind: Kind, registrar: VenueName, id: Text) throws(StatementError) {
        guard Self.isID(id.utf8) else {
            throw .invalidDID(id, reason: "the id is not 1 to 64 characters of A-Za-z0-9._-")
        }
        self.init(kind: kind, registrar: registrar, checkedID: id)
    }

    init(kind: Kind, registrar: VenueName, checkedID id: Text) {
        self.kind = kind
        self.registrar = registrar
        self.id = id
    }

    /// The identifier of one leg of a trade.
    public init(contract: ContractID, at venue: VenueName) {
        self.init(kind: .contract, registrar: venue, checkedID: Text("\(contract.rawValue)"))
    }

    /// Reads an identifier.
    ///
    /// - Throws: `invalidDID` with the first part that is wrong.
    public init(parsing text: Text) throws(StatementError) {
        // Anything longer than the longest identifier is not worth taking apart.
        guard text.utf8.count <= 160 else {
            throw .invalidDID("…", reason: "it has more than 160 characters")
        }
        let parts = text.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard parts.count == 5, Self.equal(parts[0], "did"), Self.equal(parts[1], "orbit") else {
            throw .invalidDID(text, reason: "the form is did:orbit:<class>:<registrar>:<id>")
        }
        let kind = Kind.allCases.first { kind in Self.equal(parts[2], kind.name) }
        guard let kind else { throw .invalidDID(text, reason: "the class is unknown") }
        let registrar = VenueName(unchecked: parts[3])
        guard let registrar else { throw .invalidDID(text, reason: "the registrar is malformed") }
        guard let id = Text(utf8: Array(parts[4])), Self.isID(id.utf8) else {
            throw .invalidDID(text, reason: "the id is not 1 to 64 characters of A-Za-z0-9._-")
        }
        self.init(kind: kind, registrar: registrar, checkedID: id)
    }

    /// The text of the identifier.
    public var text: Text {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(40 + registrar.text.utf8.count + id.utf8.count)
        bytes += Array("did:orbit:".utf8)
        bytes += kind.name.utf8
        bytes.append(UInt8(ascii: ":"))
        bytes += registrar.text.utf8
        bytes.append(UInt8(ascii: ":"))
        bytes += id.utf8
        return Text(utf8: bytes) ?? ""
    }

    /// The contract that is named; none if something else is, or the id is no number of a contract.
    public var contract: ContractID? {
        guard kind == .contract, id.utf8.count <= 20 else { return nil }
        var number: UInt64 = 0
        for character in id.utf8 {
            let digit = character &- UInt8(ascii: "0")
            let (product, overflows) = number.multipliedReportingOverflow(by: 10)
            let (sum, carries) = product.addingReportingOverflow(UInt64(digit))
            guard digit < 10, !overflows, !carries else { return nil }
            number = sum
        }
        let contract = ContractID(number)
        return OrbitDID(contract: contract, at: registrar) == self ? contract : nil
    }

    /// Whether both are the same text.
    public static func == (left: Self, right: Self) -> Bool {
        left.kind == right.kind && left.registrar == right.registrar && left.id == right.id
    }

    /// Feeds the parts to a hasher.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(kind)
        hasher.combine(registrar)
        hasher.combine(id.utf8)
    }

    private static func equal(_ part: ArraySlice<UInt8>, _ text: Text) -> Bool {
        part.elementsEqual(text.utf8)
    }

    static func isID(_ id: [UInt8]) -> Bool {
        (1...64).contains(id.count)
            && id.allSatisfy { character in
                switch character {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"),
                    UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}

extension VenueName {
    /// Takes the bytes of a text as a name; none if they are not one.
    fileprivate init?(unchecked bytes: ArraySlice<UInt8>) {
        guard Self.isValid(Array(bytes)), let text = Text(utf8: Array(bytes)) else { return nil }
        self.text = text
    }
}

extension OrbitDID: CustomStringConvertible {
    /// The text of the identifier.
    public var description: String { text.string }
}

extension VenueName: CustomStringConvertible {
    /// The name.
    public var description: String { text.string }
}
