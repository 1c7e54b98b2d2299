internal import Encoding
internal import EventBus
internal import Follower
internal import Journal
internal import Primitives
internal import Venue

/// Gathers the messages of one record: flat JSON objects with `event_type`, `event_time` and `sequence`.
struct EventWriter {
    private let record: JournalRecord
    private let listing: Listing
    private(set) var messages: [EventMessage] = []

    init(_ record: JournalRecord, _ listing: Listing) {
        self.record = record
        self.listing = listing
    }

    /// Adds a message.
    ///
    /// - Parameters:
    ///   - subject: What it is about: a subject of NATS or a topic of Kafka.
    ///   - key: What messages keep their order for.
    ///   - body: Writes further members.
    mutating func add(
        _ subject: String,
        key: String,
        _ body: (inout JSONWriter) -> Void
    ) {
        let time = record.time.rfc3339
        let sequence = record.sequence
        let payload = JSONWriter.object { json in
            json.add("event_type", Self.type(subject))
            json.add("event_time") { text in text += time }
            json.add("sequence", digits: sequence)
            body(&json)
        }
        let identifier = EventMessage.Identifier(
            sequence: record.sequence,
            index: UInt32(messages.count)
        )
        messages.append(
            EventMessage(identifier: identifier, subject: subject, key: key, payload: payload)
        )
    }

    /// The type without the number of a contract, such as `clearing.novated` for `clearing.novated.81`.
    private static func type(_ subject: String) -> String {
        guard let dot = subject.lastIndex(of: "."),
            UInt64(subject[subject.index(after: dot)...]) != nil
        else { return subject }
        return String(subject[..<dot])
    }

    /// What an instrument is called.
    func symbol(_ instrument: InstrumentID) -> String {
        listing.instrument(instrument)?.symbol ?? "\(instrument.rawValue)"
    }

    /// What an asset is called.
    func symbol(_ asset: AssetID) -> String { listing.asset(asset)?.symbol ?? "\(asset.rawValue)" }

    /// A price in quote units for a base unit; in ticks for an instrument that is not listed, none for none.
    func text(_ price: Price, _ instrument: InstrumentID) -> String? {
        guard price != .none else { return nil }
        return listing.instrument(instrument)?.text(price) ?? "\(price.ticks)"
    }

    /// A quantity in base units; in lots for an instrument that is not listed.
    func text(_ quantity: Quantity, _ instrument: InstrumentID) -> String {
        listing.instrument(instrument)?.text(quantity) ?? "\(quantity.lots)"
    }

    /// An amount in units of the asset; in its smallest units for one that is not listed.
    func text(_ amount: Amount, _ asset: AssetID?) -> String {
        asset.flatMap { listing.asset($0) }?.text(amount) ?? "\(amount)"
    }

    /// The asset in which an instrument is paid.
    func quote(_ instrument: InstrumentID) -> AssetID? {
        listing.instrument(instrument)?.quote.id
    }
}
