internal import Attestation
internal import Cryptography
internal import KeyStore
internal import Platform
internal import Primitives
internal import Projection
internal import Statements
internal import Venue

/// A piece of the journal that the venue signed, with what is in it besides commands.
struct JournalPiece {
    /// A document with the command that files it.
    struct Document {
        var filing: Filing
        var bytes: [UInt8]
    }

    let chunk: JournalChunk
    let hash: SHA256.Digest
    /// Whether its last command ends an interval.
    let endsInterval: Bool
    let documents: [Document]

    /// Reads a piece, and checks that the venue signed it and its records are as many as it says.
    ///
    /// - Throws: `message` or `malformed`.
    init(
        decoding bytes: [UInt8],
        venue: VenueName,
        key: Ed25519.PublicKey
    ) throws(AttestorError) {
        do throws(AttestationError) {
            chunk = try JournalChunk(decoding: bytes)
        } catch {
            throw .message(error)
        }
        guard chunk.venue == venue else { throw .badPiece("a piece of another venue's journal") }
        guard
            chunk.isSigned(
                by: key,
                verifier: NativeEd25519.verifier
            )
        else { throw .badPiece("a piece of the journal that the venue's key did not sign") }
        hash = unsafe bytes.withUnsafeBytes { bytes in
            AcceleratedSHA256.hash(of: unsafe bytes.bytes)
        }
        let content = try Content(chunk.records)
        guard content.commands == chunk.last - chunk.first + 1 else {
            throw .badPiece("a piece has \(content.commands) commands where it should have others")
        }
        guard content.endsInterval || (chunk.leaves.isEmpty && chunk.interval == nil) else {
            throw .badPiece("a piece has leaves although no interval ends in it")
        }
        endsInterval = content.endsInterval
        documents = content.documents
    }

    /// What the heads of the records say; the commands themselves are for the sandbox.
    private struct Content {
        private static let filingType: UInt16 = 19

        var commands: UInt64 = 0
        var endsInterval = false
        var documents: [Document] = []

        init(_ records: [UInt8]) throws(AttestorError) {
            var failure: AttestorError?
            unsafe records.withUnsafeBytes { bytes in
                do throws(AttestorError) { try unsafe read(bytes) } catch { failure = error }
            }
            if let failure { throw failure }
        }

        private mutating func read(_ bytes: UnsafeRawBufferPointer) throws(AttestorError) {
            var reader = unsafe ByteReader(bytes)
            var filing: Filing?
            while reader.remaining > 0 {
                let record: RecordView
                do throws(ByteReaderError) { record = try reader.record() } catch {
                    throw .badPiece("a piece with records that are cut off")
                }
                guard !endsInterval else {
                    throw .badPiece("a piece goes on behind the end of an interval")
                }
                let end = record.payloadOffset + record.payloadCount
                let range = record.payloadOffset..<end
                let payload = unsafe UnsafeRawBufferPointer(rebasing: bytes[range])
                switch record.type {
                case RecordFormat.stateHashType: endsInterval = true
                case RecordFormat.documentType:
                    // What hash it must have is for the sandbox to check; here it only is kept beside its filing.
                    guard let named = filing else { throw .badPiece("a document without a filing") }
                    documents.append(Document(filing: named, bytes: unsafe [UInt8](payload)))
                    filing = nil
                default:
                    commands += 1
                    if record.type == Self.filingType { filing = try unsafe Self.filing(payload) }
                }
            }
        }

        private static func filing(
            _ payload: UnsafeRawBufferPointer
        ) throws(AttestorError) -> Filing? {
            do throws(CommandDecodingError) {
                let command = try unsafe Command(typeNumber: filingType, payload: payload)
                if case .file(let filing) = command { return filing }
                return nil
            } catch {
                throw .badPiece("a filing that is none")
            }
        }
    }
}
