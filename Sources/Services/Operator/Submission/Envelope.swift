internal import ComponentHost
internal import Cryptography
internal import Dispatcher
public import Ethereum

/// What operators sign, and contracts check (`IWavsServiceHandler.Envelope`).
public struct Envelope: Equatable, Sendable {
    /// The event's id, 20 bytes.
    public let eventID: [UInt8]
    /// The response's place, 12 bytes: a number of 64 bits, big-endian, and four zeros.
    public let ordering: [UInt8]
    /// The response.
    public let payload: [UInt8]

    init(eventID: [UInt8], ordering: [UInt8], payload: [UInt8]) {
        self.eventID = eventID
        self.ordering = ordering
        self.payload = payload
    }

    init(eventID: EventID, response: WasmResponse) {
        let number = response.ordering ?? 0
        let ordering = (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * $0)) }
        self.init(
            eventID: eventID.bytes,
            ordering: ordering + [0, 0, 0, 0],
            payload: response.payload
        )
    }

    /// The envelope as a contract takes it.
    public var abi: ABIValue {
        .tuple([.fixedBytes(eventID), .fixedBytes(ordering), .bytes(payload)])
    }

    /// The Keccak-256 hash of the encoding that Solidity's `abi.encode` gives: with the offset of the struct.
    public var hash: [UInt8] {
        Keccak256.hash(of: ABIValue.tuple([abi]).encoded).bytes
    }

    /// The 32 bytes that are signed.
    func digest(_ kind: SignatureKind) -> [UInt8] {
        kind.prefix == .eip191 ? PersonalMessage.digest(of: hash) : hash
    }
}

/// The signatures under an envelope, as contracts take them (`IWavsServiceHandler.SignatureData`).
struct SignatureSet: Equatable, Sendable {
    /// Signers and their signatures, ascending by address.
    let entries: [(signer: EthereumAddress, signature: [UInt8])]
    /// The block whose weights count.
    let referenceBlock: UInt32

    init(_ entries: [(signer: EthereumAddress, signature: [UInt8])], referenceBlock: UInt32) {
        self.entries = entries.sorted { $0.signer < $1.signer }
        self.referenceBlock = referenceBlock
    }

    var abi: ABIValue {
        .tuple([
            .array(entries.map { .address($0.signer) }),
            .array(entries.map { .bytes($0.signature) }),
            .uint(UInt256(low: UInt128(referenceBlock))),
        ])
    }

    static func == (left: Self, right: Self) -> Bool { left.abi == right.abi }
}
