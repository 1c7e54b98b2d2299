import Encoding
import Platform
import Synchronization

/// Asks a venue again and again how its committee does, without holding up whoever looks.
final class StatusPoller: Sendable {
    private static let pauseNanoseconds: UInt64 = 150_000_000

    private let last = Mutex<Encoding.JSONObject?>(nil)
    private let isStopping = Atomic<Bool>(false)
    private let wake = Signal()
    private let thread = Mutex<PlatformThread?>(nil)

    /// Starts to ask.
    init(data path: String) throws(ConsoleError) {
        let started = try Console.platform { () throws(PlatformError) in
            try PlatformThread.start(name: "status") { self.run(path) }
        }
        thread.withLock { thread in thread = started }
    }

    /// The last answer; none before the first.
    var status: Encoding.JSONObject? { last.withLock { last in last } }

    /// Ends the thread; a second call does nothing.
    func stop() {
        isStopping.store(true, ordering: .relaxed)
        wake.notify()
        let running = thread.withLock { thread in
            let running = thread
            thread = nil
            return running
        }
        running?.join()
    }

    private func run(_ path: String) {
        var client: ControlClient?
        while !isStopping.load(ordering: .relaxed) {
            do throws(ConsoleError) {
                var asked = client
                if asked == nil { asked = try ControlClient(data: path) }
                client = asked
                guard let answer = try asked?.get("/v1/status") else { continue }
                last.withLock { last in last = answer }
            } catch {
                // The venue is not there, or not yet: its file may name another port next time.
                client = nil
            }
            wake.wait(timeoutNanoseconds: Self.pauseNanoseconds)
        }
    }
}
