import Attestor
import Synchronization

/// Tells what happens to an observer: one line for each change, and on a terminal how far it is.
final class ObserverConsole: Sendable {
    private struct State {
        var hasFailed = false
        var votes: UInt64 = 0
    }

    private let terminal: Terminal
    private let state = Mutex(State())

    init(_ terminal: Terminal) { self.terminal = terminal }

    /// Whether something happened after which the observer must not go on.
    var hasFailed: Bool { state.withLock { state in state.hasFailed } }

    /// Writes a line.
    func say(_ text: String) {
        state.withLock { _ in
            if terminal.isInteractive { terminal.endProgress() }
            terminal.note(text)
        }
    }

    /// Tells an event; votes are only counted, because there are several a second.
    func tell(_ event: AttestorEvent) {
        switch event {
        case .voted: state.withLock { state in state.votes += 1 }
        case .failed:
            state.withLock { state in state.hasFailed = true }
            say("\(event)")
        default: say("\(event)")
        }
    }

    /// Draws how far the observer is.
    func draw(interval: UInt64, _ isConnected: Bool) {
        let votes = state.withLock { state in state.votes }
        let venue = isConnected ? "" : ", the venue is away"
        terminal.progress("interval \(interval), \(votes) votes\(venue)")
    }
}
