import Encoding
import Primitives
import Synchronization

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
    func recovered(_ ready: AnswerFrame.Ready, answered: UInt64, survivors: UInt64) {
        let from =
            ready.snapshotSequence == 0
            ? "the whole journal" : "the snapshot of command \(ready.snapshotSequence.grouped)"
        step(
            "recovered in \((Double(ready.recoveryNanoseconds) / 1e6).fixed(1)) ms: "
                + "\(ready.replayedCount.grouped) commands replayed from \(from)"
        )
        step(
            "every acknowledged command is there, and \((survivors - answered).grouped) that were durable "
                + "but not yet acknowledged; going on with command \((survivors + 1).grouped)"
        )
    }

    /// Draws how far the session is, and how the committee does.
    func draw(
        _ progress: VenueProcess.Progress?,
        of count: UInt64,
        _ committee: Encoding.JSONObject?,
        _ now: UInt64
    ) {
        let lines: [String] = state.withLock { state in
            if let progress {
                if progress.answered < state.answered { state.time = 0 }
                if state.time > 0, now > state.time {
                    let rate =
                        Double(progress.answered - state.answered)
                        / (Double(now - state.time) / 1e9)
                    state.rate = state.rate == 0 ? rate : state.rate * 0.8 + rate * 0.2
                }
                state.answered = progress.answered
                state.time = now
            }
            if isDrawing {
                var lines: [String] = []
                if let progress { lines += dashboard(progress, of: count, rate: state.rate) }
                if let committee { lines += CommitteeTable(committee).lines }
                return lines
            }
            if now - state.lineTime < 1_000_000_000 { return [] }
            state.lineTime = now
            return [line(progress, of: count, committee, rate: state.rate)]
        }
        show(lines)
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
        terminal.draw(back + lines.map { "\r\u{1B}[2K" + $0 + "\n" }.joined() + "\u{1B}[J")
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
        _ progress: VenueProcess.Progress?,
        of count: UInt64,
        _ committee: Encoding.JSONObject?,
        rate: Double
    ) -> String {
        var parts: [String] = []
        if let progress {
            let done = min(progress.answered, count)
            parts.append(
                "\(done.grouped) of \(count.grouped) commands durable, \(Int(rate).grouped)/s, "
                    + "\((progress.status?.tradeCount ?? 0).grouped) trades"
            )
        }
        if let committee {
            parts.append(
                "\(committee.count("connected")) observers, "
                    + "\(committee.count("certificates").grouped) certificates, "
                    + "\(committee.count("unattested").grouped) intervals wait"
            )
        }
        return "  " + parts.joined(separator: "; ")
    }

    private func dashboard(
        _ progress: VenueProcess.Progress,
        of count: UInt64,
        rate: Double
    ) -> [String] {
        let status = progress.status ?? AnswerFrame.Status()
        var latencies = progress.recent
        let width = 40
        let done = min(progress.answered, count)
        let filled = Int(done) * width / max(Int(count), 1)
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
            "  \(bar) \(done.grouped) of \(count.grouped) commands",
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
