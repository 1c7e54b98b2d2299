internal import Cryptography
internal import Platform

/// The index as it grows with the log.
struct IndexWriter {
    private var numbers: [NumberFile]
    private let subjects: any StorageFile
    private let sorted: any StorageFile
    /// How many subjects there are, those that wait for the next commit included.
    private(set) var subjectCount: UInt64
    /// How many of them are in the file.
    private var writtenCount: UInt64
    /// The records since the last sorted run.
    private var tail: [SubjectRecord] = []
    private var isChanged = false
    private var isSortedChanged = false

    /// Opens the index, and removes from it what belongs to entries that were never published.
    init(
        _ directory: any StorageDirectory,
        size: UInt64,
        subjectCount: UInt64
    ) throws(LogStoreError) {
        var numbers: [NumberFile] = []
        for space in LogSpace.allCases {
            var file = try NumberFile(space, in: directory)
            try file.removeEntries(from: size)
            numbers.append(file)
        }
        self.numbers = numbers
        self.subjectCount = subjectCount
        writtenCount = subjectCount
        do throws(PlatformError) {
            subjects = try directory.openOrCreate(LogFormat.subjects)
            sorted = try directory.openOrCreate(LogFormat.sortedSubjects)
        } catch {
            throw .platform(error)
        }
        let runs = subjectCount / UInt64(LogLimits.subjectRunCount)
        let runBytes = UInt64(LogLimits.subjectRunCount * SubjectRecord.byteCount)
        let path = directory.path + "/"
        isChanged = try Self.cut(
            subjects,
            path + LogFormat.subjects,
            to: subjectCount * UInt64(SubjectRecord.byteCount)
        )
        isSortedChanged = try Self.cut(
            sorted,
            path + LogFormat.sortedSubjects,
            to: runs * runBytes
        )
        let first = runs * UInt64(LogLimits.subjectRunCount)
        let bytes = try LogStoreError.wrap { () throws(PlatformError) in
            try subjects.read(
                count: Int(subjectCount - first) * SubjectRecord.byteCount,
                at: first * UInt64(SubjectRecord.byteCount)
            )
        }
        tail = SubjectRecord.decode(bytes)
    }

    /// Cuts a file; whether there was something to cut.
    private static func cut(
        _ file: any StorageFile,
        _ path: String,
        to size: UInt64
    ) throws(LogStoreError) -> Bool {
        let found = try LogStoreError.wrap { () throws(PlatformError) in try file.size() }
        if found < size { throw .damaged(file: path, .size(expected: size, found: found)) }
        if found == size { return false }
        try LogStoreError.wrap { () throws(PlatformError) in try file.truncate(to: size) }
        return true
    }

    /// Checks that the keys of a new entry can be added.
    ///
    /// - Throws: `numberTaken` or `numberTooLarge`; then nothing has changed.
    func check(_ keys: [LogKey], leaf: UInt64) throws(LogStoreError) {
        for (place, key) in keys.enumerated() {
            guard case .number(let space, let number) = key else { continue }
            try numbers[Int(space.rawValue)].check(number)
            if keys[..<place].contains(key) { throw .numberTaken(space, number, leaf: leaf) }
        }
    }

    /// Adds an entry's keys, which were checked.
    mutating func add(_ keys: [LogKey], leaf: UInt64) {
        for key in keys {
            switch key {
            case .number(let space, let number):
                numbers[Int(space.rawValue)].add(number, leaf: leaf)
            case .subject(let subject):
                tail.append(SubjectRecord(subject: subject, leaf: leaf))
                subjectCount += 1
            }
        }
    }

    /// Writes what was added.
    ///
    /// - Returns: What must be synced before it counts.
    mutating func write() throws(PlatformError) -> [SyncPool.Target] {
        var targets: [SyncPool.Target] = []
        for place in numbers.indices {
            if let file = try numbers[place].write() { targets.append(.file(file)) }
        }
        try writeSubjects()
        if isChanged { targets.append(.file(subjects)) }
        if isSortedChanged { targets.append(.file(sorted)) }
        isChanged = false
        isSortedChanged = false
        return targets
    }

    private mutating func writeSubjects() throws(PlatformError) {
        let size = UInt64(SubjectRecord.byteCount)
        let added = Int(subjectCount - writtenCount)
        if added == 0 { return }
        let bytes = SubjectRecord.encode(Array(tail.suffix(added)))
        try subjects.write(bytes[...], at: writtenCount * size)
        writtenCount = subjectCount
        isChanged = true
        let run = LogLimits.subjectRunCount
        while tail.count >= run {
            let records = tail.prefix(run).sorted()
            let first = subjectCount - UInt64(tail.count)
            try sorted.write(SubjectRecord.encode(records)[...], at: first * size)
            tail.removeFirst(run)
            isSortedChanged = true
        }
    }
}

/// The entries of one space by their numbers.
struct NumberFile {
    private let space: LogSpace
    private let path: String
    private let file: any StorageFile
    /// How many numbers have a place in the file.
    private var count: UInt64
    private var staged: [UInt64: UInt64] = [:]
    private var isChanged = false

    private static let pieceBytes = 1 << 20

    init(_ space: LogSpace, in directory: any StorageDirectory) throws(LogStoreError) {
        self.space = space
        path = directory.path + "/" + space.fileName
        do throws(PlatformError) {
            file = try directory.openOrCreate(space.fileName)
            count = 0
        } catch {
            throw .platform(error)
        }
    }

    /// Removes the entries that were never published: their indices will belong to others.
    ///
    /// - Complexity: O(n): numbers need not ascend, so they can be anywhere.
    mutating func removeEntries(from size: UInt64) throws(LogStoreError) {
        do throws(PlatformError) {
            var offset: UInt64 = 0
            var end: UInt64 = 0
            while true {
                var piece = try file.read(count: Self.pieceBytes, at: offset)
                if piece.isEmpty { break }
                var changed: Range<Int>?
                for position in stride(from: 0, to: piece.count - 7, by: 8) {
                    let value = Little.read(UInt64.self, from: piece, at: position)
                    if value > 0, value <= size { end = offset + UInt64(position) + 8 }
                    if value <= size { continue }
                    for place in position..<position + 8 { piece[place] = 0 }
                    changed = (changed?.lowerBound ?? position)..<position + 8
                }
                if let changed {
                    try file.write(piece[changed], at: offset + UInt64(changed.lowerBound))
                    isChanged = true
                }
                offset += UInt64(piece.count)
            }
            // What follows the last number is no part of the index, so that it does not depend on crashes.
            if end < offset {
                try file.truncate(to: end)
                isChanged = true
            }
            count = end / 8
        } catch {
            throw .platform(error)
        }
    }

    func check(_ number: UInt64) throws(LogStoreError) {
        if let leaf = staged[number] { throw .numberTaken(space, number, leaf: leaf) }
        guard number < count else {
            guard number - count <= LogLimits.numberGapMax else {
                throw .numberTooLarge(space, number)
            }
            return
        }
        let bytes = try LogStoreError.wrap { () throws(PlatformError) in
            try file.read(count: 8, at: number * 8)
        }
        if bytes.count < 8 { return }
        let value = Little.read(UInt64.self, from: bytes, at: 0)
        if value > 0 { throw .numberTaken(space, number, leaf: value - 1) }
    }

    mutating func add(_ number: UInt64, leaf: UInt64) {
        staged[number] = leaf
        count = max(count, number + 1)
    }

    /// Writes what was added; the file if it must be synced.
    mutating func write() throws(PlatformError) -> (any StorageFile)? {
        // Numbers that follow each other are written together.
        var bytes: [UInt8] = []
        var next: UInt64 = 0
        for (number, leaf) in staged.sorted(by: { left, right in left.key < right.key }) {
            if !bytes.isEmpty, number != next {
                try file.write(bytes[...], at: next * 8 - UInt64(bytes.count))
                bytes = []
            }
            Little.append(leaf + 1, to: &bytes)
            next = number + 1
        }
        if !bytes.isEmpty {
            try file.write(bytes[...], at: next * 8 - UInt64(bytes.count))
            isChanged = true
        }
        staged = [:]
        defer { isChanged = false }
        return isChanged ? file : nil
    }
}
