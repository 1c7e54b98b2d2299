import Console
import Encoding
import LoopbackServers
import SeededRandomness
import Testing
import TestSupport

/// What happens to the network between the venue and its observers.
extension ObserverProcessTests {
    @Test(
        "over NATS they attest and settle; the server is killed and comes back, and nothing is lost",
        .enabled(if: hasComponents, "the components are not built"),
        .enabled(if: Places.hasPython, "`make setup` has not installed nats-server")
    )
    func nats() throws {
        let server = try NATSServer()
        let folder = try TemporaryDirectory()
        let trial = try trial(folder, CommitteePlaces(server: place(server)))
        try trial.start()
        try trial.trade(300)
        try trial.awaitAttested()
        server.kill()
        try trial.trade(300)
        try trial.awaitStatus("intervals that wait while the server is away") { status in
            status["isConnectedToNATS"] == .boolean(false) && status.count("unattested") > 0
        }
        try server.start()
        try trial.awaitAttested()
        // Everybody is back: four more may go.
        for seat in UInt32(1)...4 { trial.killObserver(seat) }
        try trial.trade(200)
        try trial.awaitAttested()
        try trial.sell()
        server.kill()
        try server.start()
        try trial.settle()
        try trial.finish()
        #expect(try trial.survivors() == trial.played)
    }

    private func place(_ server: NATSServer) -> CommitteePlaces.Server {
        func files(_ name: String) -> (certificateFile: String, keyFile: String) {
            (server.folder + "/\(name).pem", server.folder + "/\(name).key")
        }
        return CommitteePlaces.Server(
            address: "nats://127.0.0.1:\(server.port)",
            name: NATSServer.name,
            authorityFile: server.folder + "/authority.pem",
            venue: files("venue"),
            observer: files("observer")
        )
    }

    @Test(
        "four cut off, a quorum forms; five cut off, contracts wait; healed, all come back and catch up",
        .enabled(if: hasComponents, "the components are not built"),
        .enabled(if: RoutedNetwork.obstacle == nil, "\(RoutedNetwork.obstacle ?? "")")
    )
    func partition() throws {
        let network = try RoutedNetwork(seats: 1...12)
        let folder = try TemporaryDirectory()
        let trial = try routed(network, folder)
        try trial.start()
        try trial.trade(300)
        try trial.awaitAttested()
        for seat in UInt32(1)...4 { try network.cut(seat) }
        try trial.trade(200)
        try trial.awaitAttested()
        try network.cut(5)
        try trial.trade(200)
        try awaitConnected(trial, 7)
        try trial.awaitStatus("an attestation without a quorum") { status in
            status.objects("waiting").contains { $0.text("phase") == "pending" }
        }
        try trial.sell()
        #expect(try trial.waitingContractCount() == 2)
        for seat in UInt32(1)...5 { try network.heal(seat) }
        try trial.settle()
        try trial.awaitAttested()
        try awaitConnected(trial, 12)
        for seat in UInt32(1)...5 {
            #expect(try trial.messages(of: seat).contains("has lost the venue"))
        }
        try trial.finish()
        #expect(try trial.survivors() == trial.played)
    }

    @Test(
        "packets dropped in one direction only are noticed on both sides, and no quorum is lost for good",
        .enabled(if: hasComponents, "the components are not built"),
        .enabled(if: RoutedNetwork.obstacle == nil, "\(RoutedNetwork.obstacle ?? "")")
    )
    func oneDirection() throws {
        let network = try RoutedNetwork(seats: 1...12)
        let folder = try TemporaryDirectory()
        let trial = try routed(network, folder)
        try trial.start()
        for seat in UInt32(1)...3 { try network.cut(seat, [.toObserver]) }
        for seat in UInt32(4)...5 { try network.cut(seat, [.fromObserver]) }
        try trial.trade(200)
        try awaitConnected(trial, 7)
        try trial.awaitStatus("an attestation without a quorum") { status in
            status.objects("waiting").contains { $0.text("phase") == "pending" }
        }
        for seat in UInt32(1)...5 {
            let isNoticed = try waitUntil {
                try trial.messages(of: seat).contains("has lost the venue")
            }
            #expect(isNoticed, "seat \(seat) does not notice")
        }
        for seat in UInt32(1)...3 { try network.heal(seat, [.toObserver]) }
        for seat in UInt32(4)...5 { try network.heal(seat, [.fromObserver]) }
        try trial.awaitAttested()
        try awaitConnected(trial, 12)
        try trial.finish()
        #expect(try trial.survivors() == trial.played)
    }

    @Test(
        "over slow links a quorum forms",
        .enabled(if: hasComponents, "the components are not built"),
        .enabled(
            if: RoutedNetwork.slownessObstacle == nil,
            "\(RoutedNetwork.slownessObstacle ?? "")"
        )
    )
    func slowLinks() throws {
        let network = try RoutedNetwork(seats: 1...12)
        let folder = try TemporaryDirectory()
        let trial = try routed(network, folder)
        for seat in UInt32(1)...12 { try network.slow(seat) }
        try trial.start()
        try trial.trade(400)
        try trial.awaitAttested()
        try trial.finish()
        #expect(try trial.survivors() == trial.played)
    }

    @Test(
        "observers killed at random again and again under load: every interval is attested, nobody votes twice",
        .enabled(if: hasComponents, "the components are not built"),
        arguments: (0..<UInt64(effort)).map { 20_261_121 + $0 }
    )
    func restartStorm(seed: UInt64) throws {
        var random = RandomSource(seed: seed)
        let folder = try TemporaryDirectory()
        let trial = try trial(folder)
        try trial.start()
        var absent: [UInt32] = []
        for _ in 1...12 {
            // Up to six are away at once, so a quorum is lost and comes back too.
            for _ in 0..<1 + random.below(3) {
                let seat = UInt32(1 + random.below(12))
                guard !absent.contains(seat), absent.count < 6 else { continue }
                trial.killObserver(seat)
                absent.append(seat)
            }
            try trial.trade(UInt64(20 + random.below(180)))
            for _ in 0..<random.below(4) where !absent.isEmpty {
                try trial.startObserver(absent.remove(at: random.below(absent.count)))
            }
            if random.chance(15) { try trial.restartVenue() }
        }
        for seat in absent { try trial.startObserver(seat) }
        try trial.trade(200)
        try trial.awaitAttested()
        try awaitConnected(trial, 12)
        #expect(try trial.evidence() == [], "an honest observer was accused")
        try trial.finish()
        #expect(try trial.survivors() == trial.played)
    }

    private func routed(
        _ network: RoutedNetwork,
        _ folder: TemporaryDirectory
    ) throws -> CommitteeTrial {
        let launchers = (UInt32(1)...12).map(network.launcher)
        return try trial(
            folder,
            CommitteePlaces(host: network.venueHost) { seat in launchers[Int(seat) - 1] }
        )
    }

    private func awaitConnected(_ trial: CommitteeTrial, _ count: UInt64) throws {
        try trial.awaitStatus("\(count) observers that are connected") { status in
            status.count("connected") == count
        }
    }
}
