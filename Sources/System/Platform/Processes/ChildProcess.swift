internal import CLinux
internal import Glibc
internal import Synchronization

/// Another process that this one started, reached through its standard input and output.
public final class ChildProcess: Sendable {
    /// How a process ended.
    public enum Ending: Equatable, Sendable {
        /// It ended itself with a code.
        case exited(Int32)
        /// A signal ended it.
        case killed(signal: Int32)
    }

    /// Its number.
    public let identifier: Int32
    /// What it writes.
    public let output: Pipe
    private let input: Mutex<Pipe?>
    private let ending = Mutex<Ending?>(nil)

    /// Starts a process.
    ///
    /// - Parameters:
    ///   - program: The path of the program.
    ///   - arguments: Its arguments, without its name.
    ///   - errors: A file to which its standard errors are added; those of this process if nil.
    /// - Throws: `PlatformError.failed` when it cannot be started.
    public init(
        _ program: String,
        _ arguments: [String],
        errors: String? = nil
    ) throws(PlatformError) {
        let toChild = try Self.makePipe()
        let fromChild = try Self.makePipe()
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_adddup2(&actions, toChild.read, 0)
        unsafe posix_spawn_file_actions_adddup2(&actions, fromChild.write, 1)
        if let errors {
            let flags = O_WRONLY | O_CREAT | O_APPEND
            unsafe posix_spawn_file_actions_addopen(&actions, 2, errors, flags, 0o644)
        }
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        // It has its own group, so that a key pressed at the terminal reaches only this process, which then
        // ends it in order; and it starts without blocked signals.
        var none = sigset_t()
        unsafe sigemptyset(&none)
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        let flags = Int32(POSIX_SPAWN_SETPGROUP) | Int32(POSIX_SPAWN_SETSIGMASK)
        unsafe posix_spawnattr_setflags(&attributes, Int16(flags))
        var words = unsafe ([program] + arguments).map { unsafe strdup($0) } + [nil]
        defer { unsafe words.forEach { word in unsafe free(word) } }
        var number: pid_t = 0
        let code = unsafe posix_spawn(&number, program, &actions, &attributes, &words, environ)
        close(toChild.read)
        close(fromChild.write)
        let inputEnd = Pipe(descriptor: toChild.write, isOwned: true)
        let outputEnd = Pipe(descriptor: fromChild.read, isOwned: true)
        guard code == 0 else { throw .failed(.startProcess, path: program, code: code) }
        identifier = number
        output = outputEnd
        input = Mutex(inputEnd)
    }

    /// Ends the process if it still runs.
    deinit { kill() }

    /// The path of the program that this process runs.
    public static func ownProgram() throws(PlatformError) -> String {
        var path = [CChar](repeating: 0, count: 4_097)
        let count = unsafe readlink("/proc/self/exe", &path, 4_096)
        if count < 0 { throw .failed(.open, path: "/proc/self/exe", code: errno) }
        return String(decoding: path[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Writes to its standard input, and waits while it has no room.
    ///
    /// - Throws: `PlatformError.failed` when it is gone or its input was closed.
    public func write(_ bytes: [UInt8]) throws(PlatformError) {
        guard let input = input.withLock({ $0 }) else {
            throw .failed(.write, path: "pipe", code: EPIPE)
        }
        try input.write(bytes)
    }

    /// Closes its standard input: nothing more will come.
    public func closeInput() { input.withLock { $0 = nil } }

    /// Asks it to stop (SIGTERM).
    public func terminate() { signal(SIGTERM) }

    /// Ends it at once (SIGKILL), and waits until it is gone.
    public func kill() {
        signal(SIGKILL)
        _ = wait()
    }

    private func signal(_ number: Int32) {
        // Once it was waited for, its number may belong to another process.
        ending.withLock { ending in
            if ending == nil { _ = Glibc.kill(identifier, number) }
        }
    }

    /// Waits until it has ended.
    public func wait() -> Ending {
        // Without reaping it: its number must stay its own until the ending is noted.
        var info = unsafe siginfo_t()
        while unsafe waitid(P_PID, id_t(identifier), &info, WEXITED | WNOWAIT) != 0 {
            if errno != EINTR { break }
        }
        return ending.withLock { known in
            if let known { return known }
            var status: Int32 = 0
            while unsafe waitpid(identifier, &status, 0) < 0, errno == EINTR {}
            let signal = status & 0x7F
            let result: Ending =
                signal == 0 ? .exited((status >> 8) & 0xFF) : .killed(signal: signal)
            known = result
            return result
        }
    }

    private static func makePipe() throws(PlatformError) -> (read: Int32, write: Int32) {
        var ends: [Int32] = [0, 0]
        // At once: a process that another thread starts meanwhile must not keep an end open.
        guard unsafe clinux_pipe(&ends) == 0 else {
            throw .failed(.create, path: "pipe", code: errno)
        }
        return (ends[0], ends[1])
    }
}
