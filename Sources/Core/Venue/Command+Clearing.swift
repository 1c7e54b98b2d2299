public import Cryptography
public import Primitives

// What the commands carry that settle contracts and hold observers to account.

/// Which service contract is settled, and on what evidence.
public struct ContractSettlement: Equatable, BitwiseCopyable, Sendable {
    /// The trade from which the contracts were made.
    public var trade: TradeID
    /// The SHA-256 of the filed certificate of the claim: the digest that its filing names; not zero.
    ///
    /// The state machine repeats it in the event and does not look behind it: whoever submits the command
    /// has checked the certificate, and whoever reads the settlement in the log checks it again.
    public var certificate: SHA256.Digest

    /// Names a contract and the certificate that settles it.
    public init(trade: TradeID, certificate: SHA256.Digest) {
        self.trade = trade
        self.certificate = certificate
    }
}

/// The penalty for a seat's fault, of which there is evidence.
public struct Penalty: Equatable, BitwiseCopyable, Sendable {
    /// The account whose bonds answer for the seat.
    public var account: AccountID
    /// What the seat did; the share of the bonds that is lost follows from it.
    public var fault: SeatFault
    /// The SHA-256 of the evidence, which counts once.
    public var evidence: SHA256.Digest

    /// Names an account, a fault and its evidence.
    public init(account: AccountID, fault: SeatFault, evidence: SHA256.Digest) {
        self.account = account
        self.fault = fault
        self.evidence = evidence
    }
}

extension ContractSettlement {
    func encode(to writer: inout ByteWriter) {
        writer.append(trade.rawValue)
        writer.append(certificate)
    }

    init(from reader: inout ByteReader) throws(FieldError) {
        trade = TradeID(try reader.integer())
        certificate = try reader.digest()
    }
}

extension Penalty {
    func encode(to writer: inout ByteWriter) {
        writer.append(account.rawValue)
        writer.append(fault.rawValue)
        writer.appendFiller()
        writer.append(evidence)
    }

    init(from reader: inout ByteReader) throws(FieldError) {
        account = AccountID(try reader.integer())
        fault = try reader.enumeration()
        try reader.filler()
        evidence = try reader.digest()
    }
}

extension ByteWriter {
    mutating func append(_ digest: SHA256.Digest) {
        unsafe digest.withUnsafeBytes { bytes in unsafe append(contentsOf: bytes) }
    }
}

extension ByteReader {
    mutating func digest() throws(FieldError) -> SHA256.Digest {
        do throws(ByteReaderError) {
            let bytes = try unsafe read(count: SHA256.Digest.byteCount)
            return unsafe SHA256.Digest(bytes: bytes)
        } catch {
            throw .truncated
        }
    }
}
