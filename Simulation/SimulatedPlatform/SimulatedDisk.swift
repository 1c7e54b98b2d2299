public import Platform
internal import Synchronization

/// A disk with one directory on it, in memory, whose failures are decided by one seed.
///
/// It has a cache, which running processes see, and a medium, which survives a loss of power. Data reaches the medium
/// when it is synced, in sectors of 512 bytes. At a loss of power each sector that was written and not synced
/// reaches it or not, independently of the others, so writes are torn and reordered; of the names that were made,
/// changed and removed without a sync, some first ones in their order are kept.
///
/// Every operation that changes something has a number. A fault can be planned for a number.
public final class SimulatedDisk: Sendable {
    /// What can happen at an operation.
    public enum Fault: CaseIterable, Sendable {
        /// The power fails before it.
        case powerFailsBefore
        /// The power fails after it.
        case powerFailsAfter
        /// It fails, and did nothing. A sync that fails forgets what it should have written, as Linux does.
        case failsWithoutEffect
        /// It fails, although it did everything.
        case failsWithEffect
        /// It fails because the disk is full, and did half of it.
        case diskFull
    }

    let state: Mutex<DiskState>

    /// Makes an empty disk.
    public init(seed: UInt64) { state = Mutex(DiskState(seed: seed)) }

    /// The directory as a process sees it that starts now.
    public func directory() -> any StorageDirectory {
        SimulatedDirectory(disk: self, epoch: state.withLock { state in state.epoch }, prefix: "")
    }

    /// How many operations changed something so far.
    public var operationCount: Int { state.withLock { state in state.operationCount } }

    /// Lets something happen at the operation with that number, and only there.
    public func plan(_ fault: Fault, at operation: Int) {
        state.withLock { state in state.plan = (operation, fault) }
    }

    /// Whether the power failed and was not restored yet.
    public var isOff: Bool { state.withLock { state in state.isOff } }

    /// Whether the planned fault has happened.
    public var hasFaulted: Bool { state.withLock { state in state.hasFaulted } }

    /// Ends all processes and loses what only the cache held; the power is back afterwards.
    public func losePower() { state.withLock { state in state.losePower() } }

    /// Ends all processes; the cache stays.
    public func endProcesses() { state.withLock { state in state.endProcesses() } }

    /// The names of all files, those in subdirectories with the directory before a slash.
    public var fileNames: [String] {
        state.withLock { state in state.names.keys.sorted() }
    }

    /// The bytes of a file as processes see them; none if there is no such file.
    public func bytes(of name: String) -> [UInt8] {
        state.withLock { state in
            guard let index = state.names[name] else { return [] }
            return state.files[index].cache
        }
    }

    /// Replaces the bytes of a file, in the cache and on the medium: damage, or a file from elsewhere.
    public func replace(_ name: String, with bytes: [UInt8]) {
        state.withLock { state in state.replace(name, with: bytes) }
    }

    /// Removes a file, from the cache and from the medium.
    public func remove(_ name: String) {
        state.withLock { state in
            state.names[name] = nil
            state.durableNames[name] = nil
        }
    }

    /// A copy, for which nothing is planned and in which nothing runs.
    public func copy() -> SimulatedDisk {
        let copy = SimulatedDisk(seed: 0)
        let source = state.withLock { state in state }
        copy.state.withLock { state in
            state = source
            state.endProcesses()
        }
        return copy
    }
}
