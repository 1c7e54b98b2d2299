import Encoding
import Platform
import Primitives

/// Sells downlinks, reports one as it was and one as it was not, and waits for what becomes of both.
struct DemoSettlement {
    private let demo: Demo
    private let venue: VenueProcess

    init(_ demo: Demo, _ venue: VenueProcess) {
        self.demo = demo
        self.venue = venue
    }

    /// The downlink that was rendered, and after it the one that was not.
    func run() throws(ConsoleError) {
        let trades = try sell()
        try settle(trades)
    }

    /// Sells both, and reports the one that was rendered.
    ///
    /// - Returns: The trades, the one that was reported first.
    /// - Throws: `disagreement` when the venue refuses it.
    func sell() throws(ConsoleError) -> [String] {
        let screen = demo.screen
        screen.step(
            "two downlinks are sold; delivery and payment stay locked until they are attested"
        )
        try demo.send(DemoServices.commands(now: demo.clock.wallNanoseconds()), to: venue)
        let client = try ControlClient(data: demo.network.journalPath)
        try demo.waitFor(venue, "the sold downlinks") { () throws(ConsoleError) in
            try Self.waiting(client).count == 2
        }
        let trades = try Self.waiting(client)
        try report(client, trades[0], DemoServices.goodBytes)
        screen.step(
            "trade \(trades[0]): the provider reports a pass of Suomi NPP over Svalbard, "
                + "\(DemoServices.goodBytes.grouped) bytes; each observer computes the pass and its link"
        )
        return trades
    }

    /// Waits until what was rendered is settled, reports the other one, and waits until it has failed.
    ///
    /// - Parameter trades: What `sell` returned.
    /// - Throws: `disagreement` when one of them does not come.
    func settle(_ trades: [String]) throws(ConsoleError) {
        let screen = demo.screen
        let client = try ControlClient(data: demo.network.journalPath)
        try demo.waitFor(venue, "the settlement") { () throws(ConsoleError) in
            try !Self.waiting(client).contains(trades[0])
        }
        screen.endDrawing()
        screen.step("eight found the evidence good: delivered and paid in one step")
        try report(client, trades[1], DemoServices.falseBytes)
        screen.step(
            "trade \(trades[1]): the same pass, but \(DemoServices.falseBytes.grouped) bytes are claimed"
        )
        try demo.waitFor(venue, "the failure") { () throws(ConsoleError) in
            try Self.waiting(client).isEmpty
        }
        screen.endDrawing()
        for reason in reasons() { screen.quote(reason) }
        screen.step(
            "so many dissented that the contract failed: both sides have back what they locked"
        )
    }

    private func report(
        _ client: ControlClient,
        _ trade: String,
        _ bytes: UInt64
    ) throws(ConsoleError) {
        var object = Encoding.JSONObject()
        object["trade"] = .string(Text(trade))
        object["claim"] = .string("downlink_completed")
        object["details"] = .object(DemoServices.report(bytes: bytes))
        _ = try client.post("/v1/reports", object)
    }

    /// The trades of the contracts that wait, ascending.
    static func waiting(_ client: ControlClient) throws(ConsoleError) -> [String] {
        try client.get("/v1/pending").objects("contracts").map { contract in
            contract.text("trade")
        }
    }

    /// Why seats dissented last, each reason once.
    private func reasons() -> [String] {
        var seats: [(reason: String, indices: [String])] = []
        for seat in demo.committee?.objects("seats") ?? [] {
            let reason = seat.text("reason")
            if reason.isEmpty { continue }
            let index = String(seat.count("index"))
            if let known = seats.firstIndex(where: { $0.reason == reason }) {
                seats[known].indices.append(index)
            } else {
                seats.append((reason, [index]))
            }
        }
        return seats.map { "seats \($0.indices.joined(separator: ", ")): \($0.reason)" }
    }
}
