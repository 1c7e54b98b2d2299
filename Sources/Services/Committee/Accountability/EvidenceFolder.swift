internal import Attestation
internal import Cryptography
internal import Encoding
internal import Platform
internal import Statements
internal import Synchronization
internal import Venue
public import Verification

/// The files in which a venue keeps what it has seen of faults, named by the fault and the hash of their content.
///
/// `FAULT-HASH.cbor` is whole evidence as `docs/evidence.md` has it; `wrongShare-HASH.cbor` is one vote with a wrong
/// share and its payload, three of which are evidence.
public final class EvidenceFolder: Sendable {
    /// A piece of evidence.
    public struct Piece: Equatable, Sendable {
        /// The name of its file.
        public let name: String
        /// Its bytes.
        public let bytes: [UInt8]
    }

    private struct Origin: Hashable {
        var kind: String
        var epoch: UInt64
        var seat: UInt32
    }

    /// So much of one kind is kept of a seat in an epoch, from one start to the next: whoever misbehaves in every interval
    /// must not fill the disk, and one piece is enough for a penalty.
    static let piecesMax = 64
    private static let wrongShare = "wrongShare"
    private static let ending = ".cbor"

    private let directory: LinuxDirectory
    private let counts = Mutex<[Origin: Int]>([:])

    /// Opens the folder, and makes it if it is missing.
    ///
    /// - Parameter path: The folder.
    /// - Throws: `store` when it cannot be used.
    public init(path: String) throws(CommitteeError) {
        do throws(PlatformError) {
            directory = try LinuxDirectory.open(path, create: true)
        } catch {
            throw .store("\(error)")
        }
    }

    /// Where it is.
    public var path: String { directory.path }

    /// Keeps evidence; what is there already stays as it is.
    ///
    /// - Throws: `store` when it cannot be written.
    public func keep(_ evidence: SeatEvidence) throws(CommitteeError) {
        let kind = evidence.fault.text.string
        try write(evidence.encoded, kind, evidence.epoch, evidence.index)
    }

    /// Keeps a vote with a wrong share.
    func keep(_ vote: Vote, payload: [UInt8]) throws(CommitteeError) {
        let cast = SeatEvidence.CastVote(vote: vote.encoded, payload: payload)
        try write(cast.encoded, Self.wrongShare, vote.epoch, vote.index)
    }

    private func write(
        _ bytes: [UInt8],
        _ kind: String,
        _ epoch: UInt64,
        _ seat: UInt32
    ) throws(CommitteeError) {
        let origin = Origin(kind: kind, epoch: epoch, seat: seat)
        let count = counts.withLock { counts in
            counts[origin, default: 0] += 1
            return counts[origin] ?? 0
        }
        guard count <= Self.piecesMax else { return }
        let name = kind + "-" + SHA256.hash(of: bytes).hex + Self.ending
        do throws(PlatformError) {
            if try directory.list().contains(name) { return }
            try directory.replace(name, with: bytes)
        } catch {
            throw .store("\(error)")
        }
    }

    /// The whole evidence in the folder.
    ///
    /// - Parameter known: The names whose files need not be read again.
    /// - Returns: The pieces, by name.
    /// - Throws: `store` when it cannot be read.
    public func pieces(besides known: Set<String> = []) throws(CommitteeError) -> [Piece] {
        try files { name in !name.hasPrefix(Self.wrongShare) && !known.contains(name) }
    }

    /// The votes with wrong shares, by name; a file that holds none is passed over.
    ///
    /// - Throws: `store` when it cannot be read.
    public func wrongShares() throws(CommitteeError) -> [SeatEvidence.CastVote] {
        try files { name in name.hasPrefix(Self.wrongShare) }.compactMap { piece in
            do throws(EvidenceError) {
                return try SeatEvidence.CastVote(decoding: piece.bytes)
            } catch {
                return nil
            }
        }
    }

    /// How many votes with wrong shares there are.
    ///
    /// - Throws: `store` when the folder cannot be read.
    func wrongShareCount() throws(CommitteeError) -> Int {
        do throws(PlatformError) {
            return try directory.list().count { name in name.hasPrefix(Self.wrongShare) }
        } catch {
            throw .store("\(error)")
        }
    }

    private func files(_ isWanted: (String) -> Bool) throws(CommitteeError) -> [Piece] {
        do throws(PlatformError) {
            let names = try directory.list().filter { name in
                name.hasSuffix(Self.ending) && isWanted(name)
            }
            var pieces: [Piece] = []
            for name in names.sorted() {
                pieces.append(
                    Piece(name: name, bytes: try WholeFile.read(directory.path + "/" + name))
                )
            }
            return pieces
        } catch {
            throw .store("\(error)")
        }
    }
}
