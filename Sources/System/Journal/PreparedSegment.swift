public import Platform

/// A segment that was filled with zeros ahead of its use, so that the writer need not wait for that.
public struct PreparedSegment: Sendable {
    /// The number that it has in its name.
    public let ordinal: UInt64
    let file: any StorageFile
    let byteCount: UInt64

    /// Makes the file, fills it, and gives it its name when all of it is durable.
    ///
    /// It touches nothing else of the journal and can run on any thread.
    /// - Parameters:
    ///   - ordinal: Its number.
    ///   - directory: The journal.
    ///   - configuration: Gives its size.
    ///   - pause: Called after each piece with the number of bytes written, so that a caller in the
    ///     background can leave the device to others.
    /// - Returns: The segment, without a head.
    /// - Throws: `JournalError.platform`, above all when the device is full.
    public static func make(
        _ ordinal: UInt64,
        in directory: any StorageDirectory,
        configuration: JournalConfiguration,
        pause: (_ written: UInt64) -> Void = { _ in }
    ) throws(JournalError) -> PreparedSegment {
        let name = JournalFormat.segmentName(ordinal)
        let temporary = name + JournalFormat.temporarySuffix
        do throws(PlatformError) {
            let file = try directory.create(temporary)
            try file.writeZeros(from: 0, to: UInt64(configuration.segmentBytes), pause: pause)
            try directory.rename(temporary, to: name)
            try directory.sync()
            return PreparedSegment(
                ordinal: ordinal,
                file: file,
                byteCount: UInt64(configuration.segmentBytes)
            )
        } catch {
            throw .platform(error)
        }
    }
}

extension StorageFile {
    /// Writes real zeros and syncs them.
    ///
    /// Space that is only reserved would change metadata when it is first written. It is done in small pieces,
    /// because what waits for the device behind a large one waits long; and it is synced only once, because
    /// each sync of new space is a commit of the file system, which holds up other writers.
    func writeZeros(
        from start: UInt64,
        to end: UInt64,
        pause: (_ written: UInt64) -> Void = { _ in }
    ) throws(PlatformError) {
        let zeros = [UInt8](repeating: 0, count: 1 << 15)
        var offset = start
        while offset < end {
            let count = Int(Swift.min(UInt64(zeros.count), end - offset))
            try unsafe zeros.span.withUnsafeBytes { bytes throws(PlatformError) in
                try unsafe write(UnsafeRawBufferPointer(rebasing: bytes[..<count]), at: offset)
            }
            try startWriting(at: offset, count: count)
            offset += UInt64(count)
            pause(offset)
        }
        try syncData()
    }
}
