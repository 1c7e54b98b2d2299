internal import Platform
internal import Synchronization

/// The numbers that Linux gives these errors.
private enum ErrorCode {
    static let notFound: Int32 = 2
    static let inputOutput: Int32 = 5
    static let exists: Int32 = 17
    static let noSpace: Int32 = 28
    static let notEmpty: Int32 = 39
}

extension SimulatedDisk {
    /// Runs an operation, with the fault that is planned for it.
    ///
    /// `part` does it, all of it (`isWhole`) or only half. `lose` is what happens when it fails and nothing is done.
    func operate(
        _ operation: PlatformError.Operation,
        _ path: String,
        epoch: Int,
        part: (inout DiskState, _ isWhole: Bool) throws(PlatformError) -> Void,
        lose: (inout DiskState) -> Void = { _ in }
    ) throws(PlatformError) {
        let failed = PlatformError.failed(operation, path: path, code: ErrorCode.inputOutput)
        try state.withLock { state throws(PlatformError) in
            guard state.epoch == epoch, !state.isOff else { throw failed }
            switch state.beginOperation() {
            case nil:
                try part(&state, true)
            case .powerFailsBefore:
                throw failed
            case .powerFailsAfter:
                try part(&state, true)
                state.isOff = true
                throw failed
            case .failsWithoutEffect:
                lose(&state)
                throw failed
            case .failsWithEffect:
                try part(&state, true)
                throw failed
            case .diskFull:
                try part(&state, false)
                throw .failed(operation, path: path, code: ErrorCode.noSpace)
            }
        }
    }

    /// Looks at the disk, if there is power and the process lives.
    func look<Result: Sendable>(
        _ operation: PlatformError.Operation,
        _ path: String,
        epoch: Int,
        _ body: (inout DiskState) throws(PlatformError) -> Result
    ) throws(PlatformError) -> Result {
        try state.withLock { state throws(PlatformError) in
            guard state.epoch == epoch, !state.isOff else {
                throw .failed(operation, path: path, code: ErrorCode.inputOutput)
            }
            return try body(&state)
        }
    }
}

/// A directory on a simulated disk.
final class SimulatedDirectory: StorageDirectory {
    let disk: SimulatedDisk
    let epoch: Int
    /// What its files' names begin with on the disk.
    let prefix: String

    init(disk: SimulatedDisk, epoch: Int, prefix: String) {
        self.disk = disk
        self.epoch = epoch
        self.prefix = prefix
    }

    var path: String { "disk/" + prefix }

    func list() throws(PlatformError) -> [String] {
        try disk.look(.list, path, epoch: epoch) { state in
            var names: Set<String> = []
            for name in state.names.keys where name.hasPrefix(prefix) {
                let rest = name.dropFirst(prefix.count)
                names.insert(String(rest.prefix { character in character != "/" }))
            }
            return names.sorted()
        }
    }

    func create(_ name: String) throws(PlatformError) -> any StorageFile {
        let full = prefix + name
        var made = 0
        try disk.operate(.create, full, epoch: epoch) { state, isWhole throws(PlatformError) in
            guard state.names[full] == nil else {
                throw .failed(.create, path: full, code: ErrorCode.exists)
            }
            guard isWhole else { return }
            state.files.append(DiskState.File())
            made = state.files.count - 1
            state.change([prefix], removing: nil, adding: (full, made))
        }
        return SimulatedFile(disk: disk, epoch: epoch, name: full, index: made)
    }

    func open(_ name: String, readOnly: Bool) throws(PlatformError) -> any StorageFile {
        let full = prefix + name
        let index = try disk.look(.open, full, epoch: epoch) { state throws(PlatformError) in
            guard let index = state.names[full] else {
                throw .failed(.open, path: full, code: ErrorCode.notFound)
            }
            return index
        }
        return SimulatedFile(disk: disk, epoch: epoch, name: full, index: index)
    }

    func rename(_ source: String, to target: String) throws(PlatformError) {
        try move(prefix + source, to: prefix + target, [prefix])
    }

    func move(_ name: String, toSubdirectory target: String) throws(PlatformError) {
        let folder = prefix + target + "/"
        try move(prefix + name, to: folder + name, [prefix, folder])
    }

    private func move(
        _ source: String,
        to target: String,
        _ directories: [String]
    ) throws(PlatformError) {
        try disk.operate(.rename, source, epoch: epoch) { state, isWhole throws(PlatformError) in
            guard let index = state.names[source] else {
                throw .failed(.rename, path: source, code: ErrorCode.notFound)
            }
            guard isWhole else { return }
            state.change(directories, removing: source, adding: (target, index))
        }
    }

    func remove(_ name: String) throws(PlatformError) {
        let full = prefix + name
        try disk.operate(.remove, full, epoch: epoch) { state, isWhole throws(PlatformError) in
            guard state.names[full] != nil else {
                throw .failed(.remove, path: full, code: ErrorCode.notFound)
            }
            guard isWhole else { return }
            state.change([prefix], removing: full, adding: nil)
        }
    }

    func sync() throws(PlatformError) {
        try disk.operate(.sync, path, epoch: epoch) { state, isWhole throws(PlatformError) in
            if isWhole { state.syncNames(of: prefix) }
        }
    }

    /// Subdirectories exist as soon as they are named: only their files can be lost.
    func subdirectory(_ name: String) throws(PlatformError) -> any StorageDirectory {
        SimulatedDirectory(disk: disk, epoch: epoch, prefix: prefix + name + "/")
    }

    /// Fails if there is a file in it; otherwise there is nothing to remove.
    func removeSubdirectory(_ name: String) throws(PlatformError) {
        let folder = prefix + name + "/"
        try disk.look(.remove, folder, epoch: epoch) { state throws(PlatformError) in
            guard !state.names.keys.contains(where: { name in name.hasPrefix(folder) }) else {
                throw .failed(.remove, path: folder, code: ErrorCode.notEmpty)
            }
        }
    }

    func lock(_ name: String) throws(PlatformError) -> any StorageLock {
        let full = prefix + name
        try disk.look(.lock, full, epoch: epoch) { state throws(PlatformError) in
            guard state.locks.insert(full).inserted else { throw .locked(path: path) }
        }
        return SimulatedLock(disk: disk, epoch: epoch, name: full)
    }
}

/// An open file of a simulated disk.
final class SimulatedFile: StorageFile {
    private let disk: SimulatedDisk
    private let epoch: Int
    private let name: String
    private let index: Int

    init(disk: SimulatedDisk, epoch: Int, name: String, index: Int) {
        self.disk = disk
        self.epoch = epoch
        self.name = name
        self.index = index
    }

    func read(
        into bytes: UnsafeMutableRawBufferPointer,
        at offset: UInt64
    ) throws(PlatformError) -> Int {
        let found = try disk.look(.read, name, epoch: epoch) { state in
            let cache = state.files[index].cache
            let start = min(Int(offset), cache.count)
            return Array(cache[start..<min(start + bytes.count, cache.count)])
        }
        unsafe bytes.copyBytes(from: found)
        return found.count
    }

    func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws(PlatformError) {
        let bytes = unsafe Array(bytes)
        try disk.operate(.write, name, epoch: epoch) { state, isWhole throws(PlatformError) in
            let count = isWhole ? bytes.count : bytes.count / 2
            state.files[index].write(Array(bytes[..<count]), at: Int(offset))
        }
    }

    func syncData() throws(PlatformError) {
        try disk.operate(.sync, name, epoch: epoch) { state, isWhole throws(PlatformError) in
            if isWhole { state.files[index].sync() } else { state.files[index].forgetDirty() }
        } lose: { state in
            state.files[index].forgetDirty()
        }
    }

    /// Nothing happens: at a loss of power any part of what was not synced may be kept anyway.
    func startWriting(at offset: UInt64, count: Int) throws(PlatformError) {}

    func size() throws(PlatformError) -> UInt64 {
        try disk.look(.size, name, epoch: epoch) { state in
            UInt64(state.files[index].cache.count)
        }
    }

    func truncate(to size: UInt64) throws(PlatformError) {
        try disk.operate(.truncate, name, epoch: epoch) { state, isWhole throws(PlatformError) in
            if isWhole { state.files[index].resize(to: Int(size)) }
        }
    }
}

/// A lock on a simulated directory.
final class SimulatedLock: StorageLock {
    private let disk: SimulatedDisk
    private let epoch: Int
    private let name: String

    init(disk: SimulatedDisk, epoch: Int, name: String) {
        self.disk = disk
        self.epoch = epoch
        self.name = name
    }

    deinit {
        disk.state.withLock { state in
            if state.epoch == epoch { state.locks.remove(name) }
        }
    }
}
