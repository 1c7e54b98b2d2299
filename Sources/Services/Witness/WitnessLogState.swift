internal import Cryptography
internal import Encoding
internal import MerkleLog
internal import Platform
internal import Synchronization

/// What a witness remembers of one log: the last checkpoint it cosigned, in memory and on disk.
///
/// The file is the signed checkpoint itself, with the log's signatures that were verified and the witness's own: its
/// name is the SHA-256 of the origin in hexadecimal. It is written under another name, made durable, renamed, and the
/// renaming made durable, all before the cosignature leaves. So after a crash at any point the file holds either the
/// checkpoint before or the new one, and never one that is older than what was given out.
final class WitnessLogState: Sendable {
    private enum Memory {
        /// What was cosigned last; none if nothing.
        case known(SignedCheckpoint?)
        /// Writing failed: what the file holds is not known.
        case unknown
    }

    let log: WitnessConfiguration.Log
    private let fileName: String
    private let directory: any StorageDirectory
    private let memory: Mutex<Memory>

    /// Reads the state of a log, if there is one.
    init(
        _ log: WitnessConfiguration.Log,
        in directory: any StorageDirectory,
        signer: WitnessSigner
    ) throws(WitnessError) {
        self.log = log
        self.directory = directory
        fileName = Self.fileName(of: log.origin)
        let bytes: [UInt8]?
        do throws(PlatformError) {
            bytes = try Self.read(fileName, in: directory)
        } catch {
            throw .platform(error)
        }
        guard let bytes else {
            memory = Mutex(.known(nil))
            return
        }
        let checkpoint: SignedCheckpoint
        do throws(NoteError) {
            checkpoint = try SignedCheckpoint(parsing: bytes)
        } catch {
            throw .damaged(file: directory.path + "/" + fileName, reason: error.description)
        }
        guard checkpoint.checkpoint.origin == log.origin,
            checkpoint.note.isSigned(by: signer.key, verifier: signer.verifier)
        else {
            throw .damaged(
                file: directory.path + "/" + fileName,
                reason: "this witness has not cosigned it"
            )
        }
        memory = Mutex(.known(checkpoint))
    }

    /// Under which name the state of a log lies, and is served.
    static func fileName(of origin: Text) -> String { SHA256.hash(of: origin.utf8).hex }

    /// The last checkpoint that was cosigned.
    var latest: SignedCheckpoint? {
        memory.withLock { memory in
            if case .known(let checkpoint) = memory { checkpoint } else { nil }
        }
    }

    /// Runs a decision about the last checkpoint and makes what it wants to be the next one durable; no other
    /// decision about this log runs meanwhile.
    ///
    /// - Returns: What the decision gives; after a failure to write, now or before, `stopped`.
    func update<Outcome>(
        _ decide: (_ latest: SignedCheckpoint?) -> (outcome: Outcome, next: SignedCheckpoint?)
    ) throws(WitnessError) -> Outcome {
        try memory.withLock { memory throws(WitnessError) in
            guard case .known(let latest) = memory else {
                throw .stopped(origin: log.origin.string)
            }
            let (outcome, next) = decide(latest)
            guard let next else { return outcome }
            // Whatever happens from here on, the file may have changed.
            memory = .unknown
            do throws(PlatformError) {
                try directory.replace(fileName, with: next.encoded)
            } catch {
                throw .platform(error)
            }
            memory = .known(next)
            return outcome
        }
    }

    /// The bytes of a file; none if it is not there.
    private static func read(
        _ name: String,
        in directory: any StorageDirectory
    ) throws(PlatformError) -> [UInt8]? {
        let file: any StorageFile
        do throws(PlatformError) {
            file = try directory.open(name, readOnly: true)
        } catch {
            if error.isNotFound { return nil }
            throw error
        }
        let size = try file.size()
        // A note has a limit; a longer file is refused by its reader.
        var bytes = [UInt8](
            repeating: 0,
            count: Int(min(size, UInt64(NoteLimits.noteBytesMax) + 1))
        )
        var span = bytes.mutableSpan
        let count = try unsafe span.withUnsafeMutableBytes { bytes throws(PlatformError) in
            try unsafe file.read(into: bytes, at: 0)
        }
        bytes.removeLast(bytes.count - count)
        return bytes
    }
}
