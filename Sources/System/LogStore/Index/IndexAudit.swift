internal import Cryptography
internal import Platform

/// Checks that the index fits a log, and that it has exactly the keys of the log's entries where those are known.
struct IndexAudit {
    private let directory: any StorageDirectory
    private let size: UInt64
    private var subjects: [SubjectRecord] = []
    private var numberCount: UInt64 = 0
    private var subjectCount: UInt64 = 0

    private static let pieceCount = 8_192

    init(_ directory: any StorageDirectory, size: UInt64) {
        self.directory = directory
        self.size = size
    }

    /// Checks that an entry is found by its keys.
    mutating func check(_ keys: [LogKey], leaf: UInt64) throws(LogStoreError) {
        for key in keys {
            switch key {
            case .number(let space, let number):
                guard try IndexReader(directory).leaf(space, number, below: size) == leaf else {
                    throw .damaged(file: path(space.fileName), .index(position: number * 8))
                }
                numberCount += 1
            case .subject(let subject):
                subjects.append(SubjectRecord(subject: subject, leaf: leaf))
                if subjects.count == Self.pieceCount { try compareSubjects() }
            }
        }
    }

    /// Checks the files as a whole; with nothing in them that no entry has, if all keys were checked.
    mutating func finish(
        _ summary: inout LogAudit.Summary,
        isComplete: Bool
    ) throws(LogStoreError) {
        if isComplete { try compareSubjects() }
        for space in LogSpace.allCases { summary.numbers += try countNumbers(space) }
        summary.subjects = try checkSubjects()
        if isComplete, summary.numbers != numberCount || summary.subjects != subjectCount {
            throw .damaged(file: LogFormat.index, .index(position: 0))
        }
    }

    /// Compares the next subjects of entries with those of the file.
    private mutating func compareSubjects() throws(LogStoreError) {
        let position = subjectCount * UInt64(SubjectRecord.byteCount)
        let found = try read(LogFormat.subjects, position, count: subjects.count)
        guard found == SubjectRecord.encode(subjects) else {
            throw .damaged(file: path(LogFormat.subjects), .index(position: position))
        }
        subjectCount += UInt64(subjects.count)
        subjects = []
    }

    private func countNumbers(_ space: LogSpace) throws(LogStoreError) -> UInt64 {
        guard let file = try open(space.fileName) else { return 0 }
        var count: UInt64 = 0
        var offset: UInt64 = 0
        while true {
            let piece = try LogStoreError.wrap { () throws(PlatformError) in
                try file.read(count: Self.pieceCount * 8, at: offset)
            }
            if piece.isEmpty { return count }
            for position in stride(from: 0, to: piece.count - 7, by: 8) {
                let value = Little.read(UInt64.self, from: piece, at: position)
                // Above the size is what a writer is about to publish.
                if value > 0, value <= size { count += 1 }
            }
            offset += UInt64(piece.count)
        }
    }

    /// Checks that records ascend, and that the sorted runs have the same; how many there are.
    private func checkSubjects() throws(LogStoreError) -> UInt64 {
        let run = LogLimits.subjectRunCount
        var count: UInt64 = 0
        var last: UInt64 = 0
        while true {
            let position = count * UInt64(SubjectRecord.byteCount)
            let records = SubjectRecord.decode(try read(LogFormat.subjects, position, count: run))
                .prefix { record in record.leaf < size }
            for (place, record) in records.enumerated() {
                guard record.leaf >= last else {
                    throw .damaged(
                        file: path(LogFormat.subjects),
                        .index(position: position + UInt64(place * SubjectRecord.byteCount))
                    )
                }
                last = record.leaf
            }
            count += UInt64(records.count)
            if records.count < run { return count }
            let sorted = try read(LogFormat.sortedSubjects, position, count: run)
            guard sorted == SubjectRecord.encode(records.sorted()) else {
                throw .damaged(file: path(LogFormat.sortedSubjects), .index(position: position))
            }
        }
    }

    private func read(
        _ name: String,
        _ position: UInt64,
        count: Int
    ) throws(LogStoreError) -> [UInt8] {
        guard let file = try open(name) else { return [] }
        return try LogStoreError.wrap { () throws(PlatformError) in
            try file.read(count: count * SubjectRecord.byteCount, at: position)
        }
    }

    private func open(_ name: String) throws(LogStoreError) -> (any StorageFile)? {
        do throws(PlatformError) {
            return try directory.open(path(name), readOnly: true)
        } catch {
            if error.isNotFound { return nil }
            throw .platform(error)
        }
    }

    private func path(_ name: String) -> String { LogFormat.index + "/" + name }
}
