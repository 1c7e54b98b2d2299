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
        return lines
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
