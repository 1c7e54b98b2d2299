public import Attestation
public import Cryptography
internal import Database
internal import Encoding
internal import Platform
internal import Primitives
public import Statements
internal import Synchronization

/// Every vote that this seat ever cast, durable before it leaves.
///
/// For one slot and epoch there is one digest, for ever; in a later epoch the slot may be signed again only if
/// it says the same about the venue. Whoever asks again gets the vote that was cast.
///
/// A copy of the folder that is older than the votes that were cast is told by the file `votes.count` beside the
/// database, which counts them too. What cannot be told is a copy of the whole folder with that file in it:
/// against that help only the votes in the certificates of the journal, which `learn` takes over.
public final class VoteStore: Sendable {
    /// What became of a wish to vote.
    public enum Answer: Equatable, Sendable {
        /// This is the vote, cast now or before.
        case vote([UInt8])
        /// Another digest was signed for the slot; signing this one would be equivocation.
        case contradicts(SHA256.Digest)
        /// There is none yet, and none was made.
        case none
    }

    private static let countName = "votes.count"

    private let database: Database
    private let countFile: any StorageFile
    private let count: Mutex<UInt64>

    /// Opens the votes of a seat.
    ///
    /// - Parameter directory: An existing folder, which the votes have for themselves or share with the seat.
    /// - Throws: `votes`, `files`; `votesAreOlder` when the folder is an old copy.
    public init(directory: String) throws(AttestorError) {
        do throws(DatabaseError) {
            database = try Database(
                path: directory + "/votes.db",
                migrations: [
                    """
                    CREATE TABLE votes (
                        slot BLOB NOT NULL, epoch BLOB NOT NULL, digest BLOB NOT NULL,
                        content BLOB NOT NULL, vote BLOB NOT NULL,
                        PRIMARY KEY (slot, epoch)
                    ) STRICT, WITHOUT ROWID;
                    CREATE TABLE counter (votes BLOB NOT NULL) STRICT;
                    INSERT INTO counter VALUES (x'0000000000000000');
                    """
                ]
            )
        } catch {
            throw .votes(error)
        }
        let expected: UInt64
        do throws(PlatformError) {
            let folder = try LinuxDirectory.open(directory)
            expected = try Self.expected(folder)
            countFile =
                try folder.list().contains(Self.countName)
                ? folder.open(Self.countName, readOnly: false) : folder.create(Self.countName)
        } catch {
            throw .files(error)
        }
        let kept: UInt64
        do throws(DatabaseError) {
            let rows = try database.rows("SELECT votes FROM counter")
            kept = try rows.first?.unsigned(0) ?? 0
        } catch {
            throw .votes(error)
        }
        count = Mutex(kept)
        guard kept >= expected else { throw .votesAreOlder(kept: kept, expected: expected) }
    }

    /// How many votes were cast.
    public var voteCount: UInt64 { count.withLock { count in count } }

    /// The vote for something, made if there is none yet.
    ///
    /// - Parameters:
    ///   - attested: What is to be attested.
    ///   - make: Makes the vote, or none; called at most once, and what it makes is durable before this returns.
    /// - Returns: The vote, or why there is none.
    /// - Throws: `votes` or `files`; then nothing may be sent.
    public func vote(
        for attested: Attested,
        make: () -> Vote?
    ) throws(AttestorError) -> Answer {
        let digest = attested.digest
        if let answer = try known(attested, digest) { return answer }
        guard let vote = make() else { return .none }
        return try keep(vote, digest, attested.contentDigest)
    }

    /// The vote that was cast for a slot in an epoch; none if there is none.
    public func vote(slot: AttestedSlot, epoch: UInt64) throws(AttestorError) -> [UInt8]? {
        do throws(DatabaseError) {
            return try database.rows(
                "SELECT vote FROM votes WHERE slot = ?1 AND epoch = ?2",
                [.unsigned(slot.rawValue), .unsigned(epoch)]
            ).first?.blob(0)
        } catch {
            throw .votes(error)
        }
    }

    /// Takes over a vote of this seat that a certificate in the journal has, if it is not known.
    ///
    /// - Parameters:
    ///   - vote: The vote.
    ///   - attested: What the certificate attests.
    /// - Returns: Whether all is well; false if this seat has signed something else for the slot.
    /// - Throws: `votes` or `files`.
    public func learn(_ vote: Vote, for attested: Attested) throws(AttestorError) -> Bool {
        switch try self.vote(for: attested, make: { vote }) {
        case .vote, .none: true
        case .contradicts: false
        }
    }

    private func known(
        _ attested: Attested,
        _ digest: SHA256.Digest
    ) throws(AttestorError) -> Answer? {
        let rows: [Row]
        do throws(DatabaseError) {
            rows = try database.rows(
                "SELECT epoch, digest, content, vote FROM votes WHERE slot = ?1",
                [.unsigned(attested.slot.rawValue)]
            )
            let content = attested.contentDigest.bytes
            for row in rows {
                if try row.unsigned(0) == attested.epoch {
                    let signed = try row.blob(1)
                    return signed == digest.bytes
                        ? .vote(try row.blob(3)) : .contradicts(SHA256.Digest(bytes: signed))
                }
                if try row.blob(2) != content {
                    return .contradicts(SHA256.Digest(bytes: try row.blob(1)))
                }
            }
        } catch {
            throw .votes(error)
        }
        return nil
    }

    /// Keeps a vote, unless somebody else kept one for the slot in the meantime.
    private func keep(
        _ vote: Vote,
        _ digest: SHA256.Digest,
        _ content: SHA256.Digest
    ) throws(AttestorError) -> Answer {
        let encoded = vote.encoded
        return try count.withLock { count throws(AttestorError) in
            let next = count + 1
            let inserted: Int
            do throws(DatabaseError) {
                inserted = try database.transaction { transaction throws(DatabaseError) in
                    let changed = try transaction.execute(
                        "INSERT OR IGNORE INTO votes VALUES (?1, ?2, ?3, ?4, ?5)",
                        [
                            .unsigned(vote.slot), .unsigned(vote.epoch), .blob(digest.bytes),
                            .blob(content.bytes), .blob(encoded),
                        ]
                    )
                    if changed == 1 {
                        try transaction.execute(
                            "UPDATE counter SET votes = ?1",
                            [.unsigned(next)]
                        )
                    }
                    return changed
                }
            } catch {
                throw .votes(error)
            }
            guard inserted == 1 else { return .contradicts(digest) }
            count = next
            try noteCount(next)
            return .vote(encoded)
        }
    }

    /// Writes the number of votes beside the database.
    ///
    /// It is not synced: after a power loss it may name fewer, which does no harm.
    private func noteCount(_ number: UInt64) throws(AttestorError) {
        let bytes = (0..<8).map { UInt8(truncatingIfNeeded: number >> (8 * UInt64($0))) }
        var failure: PlatformError?
        unsafe bytes.withUnsafeBytes { bytes in
            do throws(PlatformError) { try unsafe countFile.write(bytes, at: 0) } catch {
                failure = error
            }
        }
        if let failure { throw .files(failure) }
    }

    private static func expected(_ folder: LinuxDirectory) throws(PlatformError) -> UInt64 {
        guard try folder.list().contains(countName) else { return 0 }
        let bytes = try folder.contents(of: countName)
        guard bytes.count == 8 else { return 0 }
        return bytes.reversed().reduce(0) { number, byte in number << 8 | UInt64(byte) }
    }
}

extension Attested {
    /// The hash of what is said about the venue, whoever is in the roster and whenever a claim was asked about.
    var contentDigest: SHA256.Digest {
        let nothing = SHA256.Digest(words: (0, 0, 0, 0))
        switch self {
        case .interval(var statement):
            statement.epoch = 0
            statement.rosterHash = nothing
            return statement.digest
        case .claim(var statement):
            statement.epoch = 0
            statement.rosterHash = nothing
            statement.time = .zero
            return statement.digest
        }
    }
}
