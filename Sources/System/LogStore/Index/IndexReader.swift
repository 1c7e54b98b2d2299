internal import Cryptography
internal import Platform

/// Looks entries up in the index while a writer may be adding to it.
///
/// Entries at or above the published size are passed over: they may never be published.
struct IndexReader {
    private let directory: any StorageDirectory

    init(_ directory: any StorageDirectory) { self.directory = directory }

    /// The entry with a number.
    func leaf(
        _ space: LogSpace,
        _ number: UInt64,
        below size: UInt64
    ) throws(LogStoreError) -> UInt64? {
        guard number < UInt64.max / 16 else { return nil }
        let bytes = try LogStoreError.wrap { () throws(PlatformError) in
            try open(space.fileName)?.read(count: 8, at: number * 8) ?? []
        }
        guard bytes.count == 8 else { return nil }
        let value = Little.read(UInt64.self, from: bytes, at: 0)
        return value > 0 && value <= size ? value - 1 : nil
    }

    /// The entries of a subject, ascending.
    func leaves(
        of subject: SHA256.Digest,
        from first: UInt64,
        countMax: Int,
        below size: UInt64
    ) throws(LogStoreError) -> [UInt64] {
        guard countMax > 0, first < size else { return [] }
        let count = try subjectCount(atLeast: size)
        let runCount = UInt64(LogLimits.subjectRunCount)
        var found: [UInt64] = []
        do throws(PlatformError) {
            if count >= runCount, let sorted = try open(LogFormat.sortedSubjects) {
                for run in 0..<count / runCount where found.count < countMax {
                    try search(sorted, run * runCount, subject, first, size, countMax, &found)
                }
            }
            guard found.count < countMax, let subjects = try open(LogFormat.subjects) else {
                return found
            }
            let start = count / runCount * runCount
            let bytes = try subjects.read(
                count: Int(count - start) * SubjectRecord.byteCount,
                at: start * UInt64(SubjectRecord.byteCount)
            )
            for record in SubjectRecord.decode(bytes)
            where record.subject == subject && record.leaf >= first && record.leaf < size {
                if found.count == countMax { break }
                if found.last != record.leaf { found.append(record.leaf) }
            }
        } catch {
            throw .platform(error)
        }
        return found
    }

    /// Adds the entries of a subject in one sorted run.
    private func search(
        _ file: any StorageFile,
        _ start: UInt64,
        _ subject: SHA256.Digest,
        _ first: UInt64,
        _ size: UInt64,
        _ countMax: Int,
        _ found: inout [UInt64]
    ) throws(PlatformError) {
        let wanted = SubjectRecord(subject: subject, leaf: first)
        var low: UInt64 = 0
        var high = UInt64(LogLimits.subjectRunCount)
        while low < high {
            let middle = (low + high) / 2
            guard let record = try record(file, start + middle) else { return }
            if record < wanted { low = middle + 1 } else { high = middle }
        }
        while low < UInt64(LogLimits.subjectRunCount), found.count < countMax,
            let record = try record(file, start + low), record.subject == subject
        {
            if record.leaf < size, found.last != record.leaf { found.append(record.leaf) }
            low += 1
        }
    }

    private func record(
        _ file: any StorageFile,
        _ place: UInt64
    ) throws(PlatformError) -> SubjectRecord? {
        let bytes = try file.read(
            count: SubjectRecord.byteCount,
            at: place * UInt64(SubjectRecord.byteCount)
        )
        return bytes.count == SubjectRecord.byteCount ? SubjectRecord(bytes, at: 0) : nil
    }

    /// How many subjects are indexed for a tree of at least that size: those of a larger one are passed over.
    private func subjectCount(atLeast size: UInt64) throws(LogStoreError) -> UInt64 {
        let bytes = try LogStoreError.wrap { () throws(PlatformError) in
            try directory.contents(CommitRecord.fileName)
        }
        let records = CommitRecord.all(in: bytes ?? [])
        guard let record = records.first(where: { record in record.head.size >= size }) else {
            throw .recordMissing(directory: directory.path)
        }
        return record.subjectCount
    }

    private func open(_ name: String) throws(PlatformError) -> (any StorageFile)? {
        do throws(PlatformError) {
            return try directory.open(LogFormat.index + "/" + name, readOnly: true)
        } catch {
            if error.isNotFound { return nil }
            throw error
        }
    }
}
