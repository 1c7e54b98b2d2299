public import Cryptography
internal import Encoding
internal import HTTP
public import MerkleLog

/// A witness as its clients know it.
public struct WitnessPeer: Equatable, Sendable {
    /// What the policy calls it, for messages.
    public let name: String
    /// The prefix of its addresses, without a slash at the end.
    public let url: String
    /// Its key, of type 0x04.
    public let key: NoteVerifierKey

    /// Makes a peer; slashes at the end of the URL are left out.
    public init(name: String, url: String, key: NoteVerifierKey) {
        self.name = name
        var url = url
        while url.hasSuffix("/") { url.removeLast() }
        self.url = url
        self.key = key
    }

    /// The witnesses of a policy that have a URL and a key that can be verified here.
    public static func peers(of policy: WitnessPolicy) -> [WitnessPeer] {
        policy.witnesses.compactMap { witness in
            guard let url = witness.url, witness.key.type == .cosignature else { return nil }
            return WitnessPeer(
                name: String(decoding: witness.name, as: UTF8.self),
                url: String(decoding: url, as: UTF8.self),
                key: witness.key
            )
        }
    }
}

/// Gives the proof that a log's tree of `newSize` leaves continues that of `oldSize`.
///
/// What it throws is reported as text to the operator.
public typealias ConsistencySource =
    @Sendable (_ oldSize: UInt64, _ newSize: UInt64) throws -> [SHA256.Digest]

/// One witness as a log asks it for cosignatures, one after another.
struct WitnessExchange {
    /// Sends a body to a URL; HTTP, or what takes its place in a test.
    typealias Transport =
        @Sendable (_ url: String, _ body: [UInt8]) throws(HTTPError) -> HTTPClient.Answer

    let peer: WitnessPeer
    let transport: Transport
    let consistency: ConsistencySource
    let verifier: Ed25519Verifier
    /// The size of the last checkpoint that the witness is known to have cosigned.
    private(set) var size: UInt64 = 0

    /// How often a witness may correct the old size before it counts as confused: others may ask it too.
    private static let conflictCountMax = 3

    init(
        peer: WitnessPeer,
        transport: @escaping Transport,
        consistency: @escaping ConsistencySource,
        verifier: @escaping Ed25519Verifier
    ) {
        self.peer = peer
        self.transport = transport
        self.consistency = consistency
        self.verifier = verifier
    }

    /// Asks for a cosignature.
    ///
    /// - Returns: The lines of the witness that were verified; at least one.
    /// - Throws: `unreachable`, `refused`, `ahead`, `invalidAnswer` or `noProof`.
    mutating func submit(_ checkpoint: SignedCheckpoint) throws(WitnessError) -> [NoteSignature] {
        let newSize = checkpoint.checkpoint.size
        if size > newSize { throw .ahead(witness: peer.name, size: size) }
        var conflictCount = 0
        while true {
            let answer = try send(checkpoint, path: path(to: newSize))
            switch answer.status {
            case 200:
                let lines = try verified(answer.body, of: checkpoint)
                size = newSize
                return lines
            case 409:
                conflictCount += 1
                let known = try Self.size(answer, peer)
                guard known != size, conflictCount <= Self.conflictCountMax else {
                    throw .invalidAnswer(witness: peer.name, reason: "it contradicts itself")
                }
                size = known
                if known > newSize { throw .ahead(witness: peer.name, size: known) }
            default:
                let text = answer.body.prefix(200).filter { $0 >= 0x20 && $0 < 0x7f }
                throw .refused(
                    witness: peer.name,
                    status: answer.status,
                    text: String(decoding: Array(text), as: UTF8.self)
                )
            }
        }
    }

    private func path(to newSize: UInt64) throws(WitnessError) -> [SHA256.Digest] {
        if size == 0 || size == newSize { return [] }
        do {
            return try consistency(size, newSize)
        } catch {
            throw .noProof(witness: peer.name, oldSize: size, reason: "\(error)")
        }
    }

    private func send(
        _ checkpoint: SignedCheckpoint,
        path: [SHA256.Digest]
    ) throws(WitnessError) -> HTTPClient.Answer {
        let request: AddCheckpointRequest
        do throws(NoteError) {
            request = try AddCheckpointRequest(oldSize: size, path: path, checkpoint: checkpoint)
        } catch {
            throw .noProof(witness: peer.name, oldSize: size, reason: error.description)
        }
        do throws(HTTPError) {
            return try transport(peer.url + "/add-checkpoint", request.encoded)
        } catch {
            throw .unreachable(witness: peer.name, reason: error.description)
        }
    }

    /// The size in the answer to a wrong old size.
    private static func size(
        _ answer: HTTPClient.Answer,
        _ peer: WitnessPeer
    ) throws(WitnessError) -> UInt64 {
        let text = String(decoding: answer.body, as: UTF8.self)
        guard answer.contentType == "text/x.tlog.size", text.hasSuffix("\n"),
            let size = UInt64(text.dropLast()), "\(size)\n" == text
        else { throw .invalidAnswer(witness: peer.name, reason: "its size is no number") }
        return size
    }

    /// The lines by the key of the witness, all of which must be good; those by others are ignored.
    private func verified(
        _ body: [UInt8],
        of checkpoint: SignedCheckpoint
    ) throws(WitnessError) -> [NoteSignature] {
        do throws(NoteError) {
            let lines = try NoteSignature.lines(parsing: body).filter { $0.names(peer.key) }
            if !lines.isEmpty {
                let note = try SignedNote(text: checkpoint.note.text, signatures: lines)
                let states = note.states(under: [peer.key], verifier: verifier)
                let isGood = states.allSatisfy { state in
                    if case .valid(_, let timestamp?) = state { timestamp > 0 } else { false }
                }
                if isGood { return lines }
            }
        } catch {
            throw .invalidAnswer(witness: peer.name, reason: error.description)
        }
        throw .invalidAnswer(
            witness: peer.name,
            reason: "it is no cosignature of the checkpoint by \(peer.key.vkey.string)"
        )
    }
}
