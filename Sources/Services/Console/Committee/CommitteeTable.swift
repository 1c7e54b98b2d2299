import Encoding

/// The seats of a committee as lines of text.
struct CommitteeTable {
    private let status: Encoding.JSONObject

    init(_ status: Encoding.JSONObject) { self.status = status }

    /// A line for each seat, and one about all of them.
    var lines: [String] {
        var lines = [
            "  seat operator                    answers  late  dissents  refused  last answer"
        ]
        for seat in status.objects("seats") { lines.append(line(of: seat)) }
        lines.append(summary)
        if let rotation = status["rotation"]?.object { lines.append(Self.line(of: rotation)) }
        for due in status.objects("due") { lines += Self.lines(of: due) }
        return lines
    }

    /// How many seats have changed hands in the quarter (D4).
    private static func line(of rotation: Encoding.JSONObject) -> String {
        var line = "  D4 in \(rotation.text("quarter")): "
        line +=
            rotation["needed"] == nil
            ? "nothing has to rotate in the first quarter"
            : "\(rotation.count("renewed")) of \(rotation.count("needed")) seats have rotated"
        let shortfalls = (rotation["shortfalls"]?.array ?? []).compactMap { $0.string?.string }
        return shortfalls.isEmpty
            ? line : line + "; too few in " + shortfalls.joined(separator: ", ")
    }

    /// An interval that waits for its quorum.
    static func line(ofWaiting interval: Encoding.JSONObject) -> String {
        let seconds = (Double(interval.count("forMilliseconds")) / 1e3).fixed(1)
        var line =
            "\(interval.text("what")): no quorum for \(seconds) s, "
            + "asked \(interval.count("attempts")) times"
        let voters = interval.numbers("voters")
        if !voters.isEmpty { line += ", votes of seats \(voters.joined(separator: ", "))" }
        let name = interval.text("acknowledgedBy")
        if !name.isEmpty {
            line += "; \(name) knows: \(interval.text("acknowledgedReason"))"
        } else if interval["isEscalated"] == .boolean(true) {
            line += "; somebody must decide"
        }
        return line
    }

    /// A penalty that is due, and what files it.
    static func lines(of due: Encoding.JSONObject) -> [String] {
        [
            "  due: seat \(due.count("seat")) of epoch \(due.count("epoch")) for "
                + "\(due.text("fault")), \(due.count("rate").grouped) millionths of its bonds, "
                + "then \(due.text("status"))",
            "       \(due.text("command"))",
        ]
    }

    private var summary: String {
        let p50 = Double(status.count("formationP50Nanoseconds")) / 1e6
        let p99 = Double(status.count("formationP99Nanoseconds")) / 1e6
        return "  epoch \(status.count("epoch")), \(connected), "
            + "\(status.count("certificates").grouped) certificates, quorum p50 \(p50.fixed(1)) ms, "
            + "p99 \(p99.fixed(1)) ms, \(status.count("unattested").grouped) intervals wait"
    }

    private var connected: String {
        guard let isConnected = status["isConnectedToNATS"] else {
            return "\(status.count("connected")) connected"
        }
        return isConnected == .boolean(true) ? "over NATS" : "NATS is away"
    }

    private func line(of seat: Encoding.JSONObject) -> String {
        let standing = seat.text("standing")
        let name = seat.text("operator") + (standing == "active" ? "" : " (\(standing))")
        let answer =
            seat["agoMilliseconds"] == nil
            ? "–" : (Double(seat.count("answerMicroseconds")) / 1e3).fixed(1) + " ms"
        let reason = seat.text("reason")
        return "  \(String(seat.count("index")).aligned(to: 4)) "
            + String(name.prefix(26)).padded(to: 26)
            + seat.count("timely").grouped.aligned(to: 9)
            + seat.count("late").grouped.aligned(to: 6)
            + seat.count("dissents").grouped.aligned(to: 10)
            + seat.count("refused").grouped.aligned(to: 9)
            + answer.aligned(to: 13)
            + (reason.isEmpty ? "" : "  “\(String(reason.prefix(60)))”")
    }
}
