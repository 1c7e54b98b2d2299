internal import Platform

/// A file on its way to a client: what was not read yet.
struct FileBody {
    /// Bytes that are read at once.
    static let pieceBytes = 64 << 10

    private let file: HTTPFile
    private var offset: UInt64 = 0
    /// Whether a piece is being read.
    private(set) var isReading = false

    init(_ file: HTTPFile) { self.file = file }

    /// Whether all of it was read.
    var isComplete: Bool { offset == file.byteCount }

    /// Has the next piece read by the thread for that, unless one is being read or none is left; it comes as a
    /// message.
    mutating func readOn(_ context: ServerContext, connection: UInt64, stream: Int32) {
        guard !isReading, !isComplete else { return }
        isReading = true
        let count = Int(min(UInt64(Self.pieceBytes), file.byteCount - offset))
        context.read(file, at: offset, count: count, connection: connection, stream: stream)
    }

    /// Notes that a piece came.
    mutating func took(_ piece: ByteChunk) {
        isReading = false
        offset += UInt64(piece.count)
    }
}
