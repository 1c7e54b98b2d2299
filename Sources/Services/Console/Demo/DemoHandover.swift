import Cryptography
import Encoding
import Platform
import Primitives
import Statements
import Transparency
import Venue
import Verification

/// What counterparties get in the end, and what they make of it in a process of their own.
struct DemoHandover {
    let network: CommitteeNetwork
    /// Where the bundles are left for whoever wants to look at them.
    let bundlePath: String
    let screen: DemoScreen

    /// Hands over the bundles of a spot trade and of a settled downlink, and lets them be verified.
    ///
    /// - Parameters:
    ///   - trade: The spot trade; its buyer gets the bundle.
    ///   - service: The service trade that was settled.
    /// - Returns: How many bytes the bundle of the spot trade has.
    /// - Throws: `disagreement` when one does not verify, or the forged one does.
    func run(_ trade: Trade, settled service: TradeID) throws(ConsoleError) -> Int {
        let identity = try network.identity()
        let log = try Console.openLogDirectory(network.logPath)
        let (bundle, settlement, trust) = try Console.transparency { () throws(TransparencyError) in
            let maker = try BundleMaker(identity: identity, directory: log)
            return (
                try maker.bundle(trade: trade.trade, side: .buy, account: trade.buyer),
                try maker.bundle(settlementOf: service),
                try identity.trust(roster: try maker.newestRoster())
            )
        }
        try Console.writeFile(bundlePath + "/bundle.cbor", bundle)
        try Console.writeFile(bundlePath + "/settlement.cbor", settlement)
        try Console.writeFile(bundlePath + "/trust.json", trust.encoded)
        screen.step(
            "the buyer of trade \(trade.trade.rawValue.grouped) is handed its bundle, "
                + "\(bundle.count.grouped) bytes, and verifies it alone:"
        )
        try verify("bundle.cbor")
        screen.step(
            "the same for the settled downlink, \(settlement.count.grouped) bytes, with the report and "
                + "the quorum that found it good:"
        )
        try verify("settlement.cbor")
        var forged = bundle
        forged[forged.count / 2] ^= 1
        try Console.writeFile(bundlePath + "/forged.cbor", forged)
        screen.step("the first one with one bit flipped in the middle:")
        let bad = try runVerify("forged.cbor")
        for line in bad.lines where line.contains("FAILED") { screen.quote(line) }
        if bad.code != 1 { throw .disagreement("a forged bundle was not refused") }
        return bundle.count
    }

    /// The counterparty's own process, without the venue.
    private func verify(_ name: String) throws(ConsoleError) {
        screen.step("parallax verify \(bundlePath)/\(name) --trust \(bundlePath)/trust.json")
        let good = try runVerify(name)
        for line in good.lines { screen.quote(line) }
        if good.code != 0 { throw .disagreement("\(name) does not verify") }
    }

    private func runVerify(_ name: String) throws(ConsoleError) -> (code: Int32, lines: [String]) {
        let words = [
            "verify", bundlePath + "/" + name, "--trust", bundlePath + "/trust.json",
        ]
        var bytes: [UInt8] = []
        let ending: ChildProcess.Ending
        do throws(PlatformError) {
            let process = try ChildProcess(network.program, words)
            process.closeInput()
            while try process.output.read(appendingTo: &bytes) {}
            ending = process.wait()
        } catch {
            throw .environment("\(error)")
        }
        guard case .exited(let code) = ending else {
            throw .disagreement("parallax verify was killed")
        }
        let text = String(decoding: bytes, as: UTF8.self)
        return (code, text.split(separator: "\n").map(String.init))
    }
}
