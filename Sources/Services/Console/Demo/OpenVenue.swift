import Encoding
import Platform
import Primitives
import Venue

/// Leaves the venue of a demonstration running, for people with a browser: its observers attest, and the flow is
/// played again and again so that there is somebody to trade with.
struct OpenVenue {
    /// How many commands of the flow are played at once, a quarter of it at most, so that there is a book from the start.
    private static let firstCountMax = 2_000
    /// How many commands of the flow are played a second then.
    private static let commandsPerSecond: UInt64 = 40
    /// How long the player sleeps between two looks.
    private static let napMilliseconds: Int32 = 25
    /// Members that come by the browser get accounts from this number on.
    private static let firstAccount = 1_000

    let demo: Demo
    let flow: [FlowCommand]
    /// Where to listen.
    let address: String

    /// Serves until a signal asks to stop.
    ///
    /// - Throws: `environment` when the venue cannot be started, for instance because its port is taken.
    func run(_ terminal: Terminal) throws(ConsoleError) {
        let network = demo.network
        let file = network.path + "/venue.toml"
        try Console.writeFile(file, Array(configuration(try Self.root()).utf8))
        let venue = try demo.startVenue(["--config", file])
        defer { venue.kill() }
        try network.startObservers()
        defer { network.stopObservers() }
        let url = try awaitGateway(venue)
        terminal.line("")
        terminal.line("The venue is open: \(url)")
        terminal.line(
            "Register with a passkey, take test funds, trade, and verify your trade's bundle."
        )
        terminal.line("Its directory is \(network.path). Control-C ends it.")
        try play(venue)
        try venue.finish()
    }

    /// The folder above the program, or above the working directory, that has the terminal.
    private static func root() throws(ConsoleError) -> String {
        for start in [ProcessControl.executableDirectory, ProcessControl.workingDirectory] {
            for folder in ComponentFiles.above(start) {
                if (try? LinuxDirectory.open(folder + "/Web")) != nil { return folder }
            }
        }
        throw .environment(
            "no folder above the program has the terminal's folder Web; run `make demo`"
        )
    }

    /// What the venue's file says: the gateway, and the flow's instrument as people write it.
    private func configuration(_ root: String) -> String {
        // Files of LOBSTER count prices in ten-thousandths of a dollar; generated ones look best in cents.
        let decimals = flow.contains { row in row.price.ticks >= 1_000_000 } ? 4 : 2
        return """
            [gateway]
            http = "\(address)"
            web = "\(root)/Web"
            libraries = "\(root)/.build/web/vendor"
            verifier = "\(root)/.build/components/verifier.wasm"
            test_funds = true
            first_account = \(Self.firstAccount)

            [[asset]]
            symbol = "USD"
            name = "US dollar"
            number = \(FlowSession.quote.rawValue)
            decimals = \(decimals)

            [[asset]]
            symbol = "AAPL"
            name = "a share"
            number = \(FlowSession.base.rawValue)
            decimals = 0

            [[instrument]]
            symbol = "AAPL-USD"
            number = \(FlowSession.instrument.rawValue)
            base = "AAPL"
            quote = "USD"
            tick = "0.\(String(repeating: "0", count: decimals - 1))1"
            lot = "1"
            maker_fee = \(DemoSession.makerRate)
            taker_fee = \(DemoSession.takerRate)
            """ + "\n"
    }

    /// Waits until the gateway says where it listens.
    private func awaitGateway(_ venue: VenueProcess) throws(ConsoleError) -> String {
        let file = demo.network.journalPath + "/gateway.json"
        var url: String?
        try demo.waitFor(nil, "the gateway") { () throws(ConsoleError) in
            if venue.isOver {
                throw .environment(
                    "the venue could not listen at \(address); name another place with --http. It said: "
                        + demo.network.lastMessage()
                )
            }
            url = Self.url(in: file)
            return url != nil
        }
        return url ?? address
    }

    /// Where a gateway's file says that it listens; none while there is no such file.
    ///
    /// Passkeys are bound to a name, so a browser must call this machine `localhost`.
    private static func url(in file: String) -> String? {
        guard let bytes = try? WholeFile.read(file),
            let url = try? JSONValue(decoding: bytes).object?["http"]?.string?.string
        else { return nil }
        let numeric = "http://127.0.0.1:"
        return url.hasPrefix(numeric) ? "http://localhost:" + url.dropFirst(numeric.count) : url
    }

    /// Plays the flow until a signal asks to stop.
    private func play(_ venue: VenueProcess) throws(ConsoleError) {
        let firstCount = UInt64(min(Self.firstCountMax, flow.count / 4))
        let highest = flow.reduce(0) { highest, row in max(highest, row.order) }
        var tag = venue.answered
        var round: UInt64 = 0
        while true {
            // The orders that the last round left would make the book grow without end.
            for account in 0..<FlowSession.accountCount {
                let command = MassCancel(account: FlowSession.account(of: account))
                try send([.massCancel(command)], &tag, venue)
            }
            round += 1
            let start = demo.clock.monotonicNanoseconds()
            var next: UInt64 = 0
            while next < UInt64(flow.count) {
                if demo.stop.wait(milliseconds: Self.napMilliseconds) { return }
                let past = demo.clock.monotonicNanoseconds() - start
                let due = firstCount + past * Self.commandsPerSecond / 1_000_000_000
                let end = min(due, UInt64(flow.count))
                let commands = flow[Int(next)..<Int(max(end, next))].map { row in
                    var row = row
                    // Names of orders are used once.
                    row.order += round * (highest + 1)
                    return FlowSession.command(for: row)
                }
                try send(commands, &tag, venue)
                next = max(end, next)
            }
        }
    }

    private func send(
        _ commands: [Command],
        _ tag: inout UInt64,
        _ venue: VenueProcess
    ) throws(ConsoleError) {
        var frames: [UInt8] = []
        var payload = ByteWriter()
        for command in commands {
            tag += 1
            RequestFrame(tag: tag, time: .zero, .command(command))
                .append(to: &frames, payload: &payload)
        }
        guard venue.send(frames), !venue.isOver else {
            throw .environment("the venue has ended: \(demo.network.lastMessage())")
        }
        if let fault = venue.fault { throw .disagreement(fault) }
    }
}
