import Configuration
import EventBus
import Follower
import Journal
import Outbox
import Platform
import Sequencer

/// Where a venue publishes its events: the sections `jetstream` and `kafka` of its file.
struct OutboxSettings {
    /// Servers of NATS with JetStream, and on how many of them a message is kept.
    var jetStream: (servers: NATSSettings, replicaCount: Int)?
    /// Brokers of Kafka.
    var kafka: KafkaConfiguration?

    /// Nowhere.
    init() {}

    /// Whether there is nothing to publish to.
    var isEmpty: Bool { jetStream == nil && kafka == nil }

    /// Reads both sections, where they are there.
    ///
    /// - Throws: `ConfigurationError` with the place of what is wrong.
    mutating func read(
        _ file: inout ConfigurationSection,
        _ absolute: (String) -> String
    ) throws(ConfigurationError) {
        if var section = try file.optionalSection("jetstream") {
            let count = Int(try section.integer("replicas", in: 1...5, standard: 1))
            jetStream = (try NATSSettings(&section, absolute), count)
        }
        if var section = try file.optionalSection("kafka") {
            let brokers = try section.texts("brokers", count: 1...64)
            var configuration = KafkaConfiguration(brokers: brokers)
            for property in try section.texts("properties") {
                guard let sign = property.firstIndex(of: "="), sign > property.startIndex else {
                    throw section.wrong("properties", "each is NAME=VALUE")
                }
                let name = String(property[..<sign])
                let value = String(property[property.index(after: sign)...])
                configuration.properties.append((name, value))
            }
            try section.finish()
            kafka = configuration
        }
    }
}

/// What a venue's outboxes are started with.
struct OutboxPlan {
    let settings: OutboxSettings
    /// The venue's name, which every message carries.
    let source: String
    /// How prices and quantities are written.
    let listing: Listing
    /// The directory of the journal; the outboxes keep how far they are in `outbox/` of it.
    let dataPath: String

    /// Starts to publish what is durable.
    ///
    /// - Throws: `environment` when an outbox's directory cannot be used, or is of another journal.
    func start(
        _ sequencer: Sequencer,
        journal: LinuxDirectory,
        _ terminal: Terminal
    ) throws(ConsoleError) -> RunningOutboxes {
        var running = RunningOutboxes()
        if let (servers, replicaCount) = settings.jetStream {
            var configuration = JetStreamConfiguration(
                servers: servers.servers,
                source: source,
                streams: ClearingEvents.streams
            )
            configuration.security = servers.security
            configuration.replicaCount = replicaCount
            let end = sequencer.recovery.lastSequence
            let bus = JetStreamBus(configuration, journalEnd: end)
            let format = ClearingEvents(listing: listing)
            try running.add("jetstream", bus, format, self, sequencer, journal, terminal)
        }
        if let kafka = settings.kafka {
            let format = OrderEvents(listing: listing)
            try running.add("kafka", KafkaBus(kafka), format, self, sequencer, journal, terminal)
        }
        return running
    }
}

/// Outboxes at work.
struct RunningOutboxes {
    private var parts: [(name: String, outbox: Outbox, follower: Follower)] = []

    fileprivate mutating func add(
        _ name: String,
        _ bus: any EventBus,
        _ format: any EventFormat,
        _ plan: OutboxPlan,
        _ sequencer: Sequencer,
        _ journal: LinuxDirectory,
        _ terminal: Terminal
    ) throws(ConsoleError) {
        _ = try Console.makeDirectory(plan.dataPath + "/outbox")
        let folder = try Console.makeDirectory(plan.dataPath + "/outbox/" + name)
        do throws(FollowerError) {
            let outbox = try Outbox(folder, bus: bus, format: format)
            let follower = try Follower(
                sequencer,
                journal: journal,
                projection: outbox,
                name: name
            ) { error in
                terminal.note("parallax: \(name): \(error)")
            }
            parts.append((name, outbox, follower))
        } catch {
            throw .environment("\(name): \(error)")
        }
    }

    /// Publishes the rest, unless a bus is away, and ends; to be called after the sequencer was stopped.
    func stop(_ terminal: Terminal) {
        for (name, outbox, follower) in parts {
            follower.stop()
            do throws(FollowerError) { try outbox.close() } catch {
                terminal.note("parallax: \(name): \(error)")
            }
        }
    }
}
