import Encoding
import Platform
import Primitives

/// Shows what becomes of a venue whose engine credits one unit more than the deposit that it tells of.
struct DemoCheat {
    /// So many dissents are shown before the demonstration ends; with them no quorum can form.
    private static let dissentCount = 5

    private let demo: Demo

    init(_ demo: Demo) { self.demo = demo }

    func run() throws(ConsoleError) {
        defer { demo.end() }
        let screen = demo.screen
        screen.step("starting a venue that credits one unit more than it tells: --cheat")
        let venue = try demo.startVenue(answered: 0, ["--cheat"])
        defer { venue.kill() }
        try demo.startCommittee()
        // Before the first deposit there is nothing to cheat with: what comes before it is attested.
        try demo.waitFor(venue, "the first certificate") {
            guard let status = demo.committee else { return false }
            return status.count("certificates") > 0 && status.count("unattested") == 0
        }
        try demo.play(venue, from: 1, until: min(demo.session.count, 2_000))
        try demo.waitFor(venue, "the observers' dissents") {
            (demo.committee.map(Self.dissents) ?? []).count >= Self.dissentCount
        }
        screen.endDrawing()
        guard let status = demo.committee else { throw .disagreement("the venue says nothing") }
        for dissent in Self.dissents(status) {
            screen.quote("seat \(dissent.count("seat")): \(dissent.text("reason"))")
        }
        let waiting = status.objects("waiting").first?.text("what") ?? "nothing"
        screen.step(
            "no quorum for \(waiting): whoever carries out what the venue told comes to another state; "
                + "the dissents are signed, and leaves of the venue's own log"
        )
        try venue.finish()
        demo.network.stopObservers()
    }

    /// The dissents from what waits longest.
    private static func dissents(_ status: Encoding.JSONObject) -> [Encoding.JSONObject] {
        for waiting in status.objects("waiting") {
            let dissents = waiting.objects("dissents")
            if !dissents.isEmpty { return dissents }
        }
        return []
    }
}
