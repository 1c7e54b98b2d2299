import Attestor
import ComponentHost
import Configuration
import Cryptography
import Encoding
import KeyCeremony
import KeyStore
import MessageBus
import Operator
import Platform
import Statements
import Synchronization
import TLS

/// The process of an observer: its keys, the network, the key ceremonies, attestation and the node.
struct Observer {
    private let configuration: ObserverConfiguration
    private let misbehaviour: Misbehaviour
    private let console: ObserverConsole

    init(
        _ configuration: ObserverConfiguration,
        _ misbehaviour: Misbehaviour,
        _ terminal: Terminal
    ) {
        self.configuration = configuration
        self.misbehaviour = misbehaviour
        console = ObserverConsole(terminal)
    }

    /// Runs until it is asked to stop.
    ///
    /// - Throws: `environment` for what is not there, `disagreement` for keys that do not open.
    func run(until stop: StopSignals) throws(ConsoleError) {
        if misbehaviour.isAny {
            console.say("THIS OBSERVER MISBEHAVES ON PURPOSE: \(misbehaviour)")
        }
        let keys = try openKeys()
        let bus = try openBus(keys)
        defer { bus.close() }
        let participant = makeParticipant(bus, keys)
        let attestor = try makeAttestor(bus, keys.seat)
        do {
            try participant.start()
        } catch {
            throw .environment("the key ceremonies cannot be followed: \(error)")
        }
        defer { participant.stop() }
        do throws(AttestorError) { try attestor.start() } catch { throw .environment("\(error)") }
        defer { attestor.stop() }
        let node = try startNode(bus)
        defer { node?.stop() }
        console.say("observes \(configuration.venue.text.string) as \(configuration.seatName)")
        while !stop.wait(milliseconds: 500) {
            console.draw(interval: attestor.lastInterval, bus.isConnected)
            if console.hasFailed { throw .environment("the observer cannot go on") }
        }
        console.say("stopping")
    }

    // MARK: Parts

    /// What is opened with the passphrase.
    private struct OpenedKeys {
        var seat: ObserverKeys
        var store: SeatStore
        var identity: TLSIdentity
    }

    private func openKeys() throws(ConsoleError) -> OpenedKeys {
        do {
            let passphrase = try Passphrase(file: configuration.passphraseFile)
            let stored = try StoredKey(
                opening: configuration.seatDirectory + "/identity.key",
                .identity,
                passphrase
            )
            let key = try stored.signingKey()
            let identity = try key.withSeed { seed throws(TLSError) in
                try TLSIdentity(seed: seed)
            }
            let store = try SeatStore(
                directory: configuration.seatDirectory,
                name: configuration.seatName,
                passphrase: passphrase,
                cost: configuration.hasQuickKeys ? .least : .moderate
            )
            let console = console
            let seat = ObserverKeys(key, store) { what in console.say(what) }
            return OpenedKeys(seat: seat, store: store, identity: identity)
        } catch let error as KeyStoreError {
            if case .wrongPassphrase = error { throw .disagreement(error.description) }
            throw .environment(error.description)
        } catch {
            throw .environment("\(error)")
        }
    }

    private func openBus(_ keys: OpenedKeys) throws(ConsoleError) -> any MessageBus {
        let console = console
        let changed: @Sendable (Bool) -> Void = { isConnected in
            console.say(isConnected ? "is connected to the venue" : "has lost the venue")
        }
        do throws(BusError) {
            switch configuration.network {
            case .hub(let address):
                return try BusClient(
                    address: address,
                    hubKey: configuration.venueKey,
                    identity: keys.identity,
                    connectionChanged: changed
                )
            case .nats(let nats):
                return try nats.bus(changed: changed)
            }
        } catch {
            throw .environment("the network cannot be used: \(error)")
        }
    }

    private func makeParticipant(_ bus: any MessageBus, _ keys: OpenedKeys) -> CeremonyParticipant {
        let console = console
        let seat = keys.seat
        return CeremonyParticipant(
            venue: configuration.venue,
            bus: bus,
            store: keys.store,
            identityKey: seat.publicKey,
            verifier: NativeEd25519.verifier,
            sign: { message in seat.sign(message) },
            report: { progress in console.say("\(progress)") }
        )
    }

    private func makeAttestor(
        _ bus: any MessageBus,
        _ keys: ObserverKeys
    ) throws(ConsoleError) -> Attestor {
        let files = try ComponentFiles(folder: configuration.components)
        let cache = configuration.attestDirectory + "/compiled"
        do {
            _ = try LinuxDirectory.open(configuration.attestDirectory, create: true)
            _ = try LinuxDirectory.open(cache, create: true)
            var settings = AttestorConfiguration(
                venue: configuration.venue,
                venueKey: configuration.venueKey,
                directory: configuration.attestDirectory,
                module: try ModuleEngine(.init(usesFuel: false, cacheDirectory: cache))
                    .module(files.bytes("reexecute.wasm")),
                evidence: try evidence()
            )
            settings.limits.memoryBytes = configuration.memoryBytes
            settings.snapshotCommands = configuration.snapshotCommands
            settings.misbehaviour = misbehaviour
            let engine = try ComponentEngine(.init(isDeterministic: true, cacheDirectory: cache))
            settings.programs = [
                try ComponentProgram(
                    files.bytes("downlink.wasm"),
                    claim: "downlink_completed",
                    engine: engine
                )
            ]
            let console = console
            return Attestor(
                settings,
                keys: keys.seatKeys,
                votes: try VoteStore(directory: configuration.attestDirectory),
                bus: bus,
                clock: LinuxClock(),
                report: { event in console.tell(event) }
            )
        } catch let error as ConfigurationError {
            throw ObserverConfiguration.consoleError(error)
        } catch let error as ConsoleError {
            throw error
        } catch {
            throw .environment("\(error)")
        }
    }

    private func evidence() throws -> ClaimEvidenceSource {
        let stations = try configuration.stations.map { path in try GroundStations(path: path) }
        return ClaimEvidenceSource(
            elements: try ElementSets(paths: configuration.elements),
            stations: stations ?? GroundStations()
        )
    }

    private func startNode(_ bus: any MessageBus) throws(ConsoleError) -> OperatorNode? {
        guard let settings = configuration.node else { return nil }
        do throws(OperatorError) {
            let node = try OperatorNode.start(
                settings,
                exchange: BusPeerExchange(bus: bus),
                makeEngine: { parts throws(OperatorError) in try ComponentRunner(parts) },
                makeTriggers: { dispatcher throws(OperatorError) in
                    try OperatorTriggers(settings, dispatcher)
                }
            )
            console.say("the node answers on port \(node.adminPort)")
            return node
        } catch {
            throw .environment("the node cannot start: \(error)")
        }
    }
}
