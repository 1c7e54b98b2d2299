import Primitives
import Synchronization
import Transparency

/// What a demonstration shows while it goes on: a few lines that are drawn over on a terminal, and otherwise
/// a line a second.
final class DemoScreen: Sendable {
    private struct State {
        var drawnLines = 0
        var answered: UInt64 = 0
        var time: UInt64 = 0
        var rate = 0.0
        var lineTime: UInt64 = 0
    }

    private let terminal: Terminal
    private let isDrawing: Bool
    private let state = Mutex(State())

    init(_ terminal: Terminal, isDrawing: Bool) {
        self.terminal = terminal
        self.isDrawing = isDrawing
    }

    /// Says what happens next.
    func step(_ text: String) { terminal.line("» " + text) }

    /// Says what a restarted venue recovered.
    func recovered(_ ready: AnswerFrame.Ready, answered: UInt64, nanoseconds: UInt64) {
        let from =
            ready.snapshotSequence == 0
            ? "the whole journal" : "the snapshot of command \(ready.snapshotSequence.grouped)"
        step(
            "recovered in \((Double(ready.recoveryNanoseconds) / 1e6).fixed(1)) ms "
                + "(\((Double(nanoseconds) / 1e6).fixed(1)) ms with the start of the process): "
                + "\(ready.replayedCount.grouped) commands replayed from \(from)"
        )
        let more = ready.durableSequence - min(answered, ready.durableSequence)
        step(
            "every acknowledged command is there, and \(more.grouped) that were durable but not yet "
                + "acknowledged; going on with command \((ready.durableSequence + 1).grouped)"
        )
    }

    /// Draws how far the session is.
    func draw(_ progress: VenueProcess.Progress, of count: UInt64, _ now: UInt64) {
        let lines: [String] = state.withLock { state in
            if progress.answered < state.answered { state.time = 0 }
            if state.time > 0, now > state.time {
                let rate =
                    Double(progress.answered - state.answered) / (Double(now - state.time) / 1e9)
                state.rate = state.rate == 0 ? rate : state.rate * 0.8 + rate * 0.2
            }
            state.answered = progress.answered
            state.time = now
            if isDrawing { return dashboard(progress, of: count, rate: state.rate) }
            if now - state.lineTime < 1_000_000_000 { return [] }
            state.lineTime = now
            return [line(progress, of: count, rate: state.rate)]
        }
        show(lines)
    }

    /// Draws how far the log is.
    func logged(_ progress: TransparencyService.Progress) {
        let line =
            "  \(progress.size.grouped) leaves logged, \(progress.certificates.grouped) intervals "
            + "attested"
        if isDrawing { show([line]) }
    }

    /// Repeats what another program printed.
    func quote(_ line: String) { terminal.line("  │ " + line) }

    private func show(_ lines: [String]) {
        if !isDrawing {
            for line in lines { terminal.line(line) }
            return
        }
        let up = state.withLock { state in
            let up = state.drawnLines
            state.drawnLines = lines.count
            return up
        }
        let back = up > 0 ? "\u{1B}[\(up)A" : ""
        terminal.draw(back + lines.map { "\r\u{1B}[2K" + $0 + "\n" }.joined())
    }

    /// Leaves the lines as they are; the next ones are drawn below.
    func endDrawing() {
        state.withLock { state in
            state.drawnLines = 0
            state.time = 0
            state.rate = 0
        }
    }

    private func line(
        _ progress: VenueProcess.Progress,
        of count: UInt64,
        rate: Double
    ) -> String {
        "  \(progress.answered.grouped) of \(count.grouped) commands durable, "
            + "\(Int(rate).grouped)/s, \((progress.status?.tradeCount ?? 0).grouped) trades"
    }

    private func dashboard(
        _ progress: VenueProcess.Progress,
        of count: UInt64,
        rate: Double
    ) -> [String] {
        let status = progress.status ?? AnswerFrame.Status()
        var latencies = progress.recent
        let width = 40
        let filled = Int(progress.answered) * width / max(Int(count), 1)
        let bar =
            String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
        let book =
            status.bestBid == .none || status.bestAsk == .none
            ? "–" : "\(status.bestBid.ticks.grouped) / \(status.bestAsk.ticks.grouped)"
        let p50 = Self.microseconds(latencies.nanoseconds(perMille: 500))
        let p99 = Self.microseconds(latencies.nanoseconds(perMille: 990))
        func row(_ first: (String, String), _ second: (String, String)) -> String {
            let left = first.0.padded(to: 10) + first.1
            return "  " + left.padded(to: 40) + second.0.padded(to: 11) + second.1
        }
        return [
            "  \(bar) \(progress.answered.grouped) of \(count.grouped) commands",
            row(
                ("durable", "\(Int(rate).grouped) commands/s"),
                ("trades", status.tradeCount.grouped)
            ),
            row(("resting", "\(status.liveOrderCount.grouped) orders"), ("bid / ask", book)),
            row(
                ("latency", "p50 \(p50), p99 \(p99)"),
                (
                    "journal",
                    "\(status.journalBytes.grouped) bytes, \(status.syncCount.grouped) syncs"
                )
            ),
        ]
    }

    static func microseconds(_ nanoseconds: UInt64) -> String {
        nanoseconds < 10_000_000
            ? (nanoseconds / 1_000).grouped + " µs"
            : (Double(nanoseconds) / 1e6).fixed(1) + " ms"
    }
}
