internal import Platform
import SeededRandomness

/// What is on a simulated disk and in its cache.
struct DiskState: Sendable {
    static let sectorBytes = 512

    struct File: Sendable {
        var cache: [UInt8] = []
        var medium: [UInt8] = []
        /// For each sector of the cache whether the next sync writes it.
        var isDirty: [Bool] = []
    }

    /// A change of names that no sync made durable yet.
    struct NameChange: Sendable {
        /// The directories whose sync makes it durable.
        var directories: [String]
        var removed: String?
        var added: (name: String, file: Int)?
    }

    var files: [File] = []
    var names: [String: Int] = [:]
    var durableNames: [String: Int] = [:]
    var nameChanges: [NameChange] = []
    var locks: Set<String> = []
    /// Grows when all processes end; handles of an earlier epoch are dead.
    var epoch = 0
    var isOff = false
    var hasFaulted = false
    var operationCount = 0
    var plan: (operation: Int, fault: SimulatedDisk.Fault)?
    var random: RandomSource

    init(seed: UInt64) { random = RandomSource(seed: seed) }

    mutating func endProcesses() {
        epoch += 1
        locks = []
        plan = nil
        hasFaulted = false
    }

    /// The fault of the operation that begins now, nil for none.
    mutating func beginOperation() -> SimulatedDisk.Fault? {
        operationCount += 1
        guard let plan, plan.operation == operationCount else { return nil }
        hasFaulted = true
        if plan.fault == .powerFailsBefore { isOff = true }
        return plan.fault
    }

    mutating func losePower() {
        for index in files.indices { loseCache(of: index) }
        let kept = random.below(nameChanges.count + 1)
        for change in nameChanges[..<kept] { apply(change) }
        nameChanges = []
        names = durableNames
        isOff = false
        endProcesses()
    }

    /// Keeps none, all or some of the sectors that were not synced.
    private mutating func loseCache(of index: Int) {
        let percent = [0, 100, 50, 90, 10][random.below(5)]
        var file = files[index]
        let size = random.below(100) < percent ? file.cache.count : file.medium.count
        if size > file.medium.count {
            file.medium += Array(repeating: 0, count: size - file.medium.count)
        } else {
            file.medium.removeLast(file.medium.count - size)
        }
        for sector in file.isDirty.indices
        where file.isDirty[sector] && random.below(100) < percent { file.write(sector) }
        file.cache = file.medium
        file.isDirty = Array(repeating: false, count: file.sectorCount)
        files[index] = file
    }

    private mutating func apply(_ change: NameChange) {
        if let removed = change.removed { durableNames[removed] = nil }
        if let added = change.added { durableNames[added.name] = added.file }
    }

    /// Makes the changes durable that concern a directory, with all that came before them.
    mutating func syncNames(of directory: String) {
        let last = nameChanges.lastIndex { change in change.directories.contains(directory) }
        guard let last else { return }
        for change in nameChanges[...last] { apply(change) }
        nameChanges.removeFirst(last + 1)
    }

    mutating func change(
        _ directories: [String],
        removing removed: String?,
        adding added: (name: String, file: Int)?
    ) {
        if let removed { names[removed] = nil }
        if let added { names[added.name] = added.file }
        nameChanges.append(
            NameChange(directories: directories, removed: removed, added: added)
        )
    }

    mutating func replace(_ name: String, with bytes: [UInt8]) {
        var file = File(cache: bytes, medium: bytes)
        file.isDirty = Array(repeating: false, count: file.sectorCount)
        files.append(file)
        names[name] = files.count - 1
        durableNames[name] = files.count - 1
    }
}

extension DiskState.File {
    var sectorCount: Int {
        (cache.count + DiskState.sectorBytes - 1) / DiskState.sectorBytes
    }

    /// Writes one sector of the cache to the medium.
    mutating func write(_ sector: Int) {
        let start = sector * DiskState.sectorBytes
        let end = min(start + DiskState.sectorBytes, cache.count)
        if medium.count < end { medium += Array(repeating: 0, count: end - medium.count) }
        medium.replaceSubrange(start..<end, with: cache[start..<end])
    }

    mutating func sync() {
        for sector in isDirty.indices where isDirty[sector] { write(sector) }
        if medium.count > cache.count {
            medium.removeLast(medium.count - cache.count)
        } else {
            medium += Array(repeating: 0, count: cache.count - medium.count)
        }
        forgetDirty()
    }

    /// What Linux does when a sync fails: the cache keeps the data and no later sync writes it.
    mutating func forgetDirty() { isDirty = Array(repeating: false, count: sectorCount) }

    mutating func write(_ bytes: [UInt8], at offset: Int) {
        let end = offset + bytes.count
        if cache.count < end { resize(to: end) }
        cache.replaceSubrange(offset..<end, with: bytes)
        guard !bytes.isEmpty else { return }
        for sector in offset / DiskState.sectorBytes...(end - 1) / DiskState.sectorBytes {
            isDirty[sector] = true
        }
    }

    mutating func resize(to size: Int) {
        if size > cache.count {
            cache += Array(repeating: 0, count: size - cache.count)
        } else {
            cache.removeLast(cache.count - size)
        }
        let count = sectorCount
        if isDirty.count > count { isDirty.removeLast(isDirty.count - count) }
        isDirty += Array(repeating: false, count: count - isDirty.count)
    }
}
