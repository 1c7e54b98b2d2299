import Platform
import Synchronization
import Testing

/// Runs the same on several threads at once.
enum Threads {
    static func run(_ count: Int, _ body: @escaping @Sendable (Int) throws -> Void) throws {
        let failures = Mutex<[String]>([])
        let threads = try (0..<count).map { index in
            try PlatformThread.start(name: "test") {
                do { try body(index) } catch {
                    failures.withLock { $0.append("\(error)") }
                }
            }
        }
        for thread in threads { thread.join() }
        #expect(failures.withLock { $0 } == [])
    }
}
