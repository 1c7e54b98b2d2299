internal import Encoding
public import EventBus
public import Follower
public import Journal
internal import Primitives
internal import Statements
public import Venue

/// What clearing, registry, attestation and audit have to tell, as four streams of NATS JetStream.
///
/// `clearing.novated.{contractId}`, `clearing.settled.…`, `clearing.failed.…` and `clearing.expired.…` are about one leg of a
/// trade; a spot trade is settled in the command that novates it. `registry.…` and `attest.…` carry filed documents,
/// `audit.…` what moved funds or was read across tenants.
public struct ClearingEvents: EventFormat {
    /// The streams and their subjects.
    ///
    /// The subjects of attestation name no request: those travel on the observers' bus,
    /// which may be the same server.
    public static let streams = [
        JetStreamStream(name: "clearing", subjects: ["clearing.>"]),
        JetStreamStream(name: "registry", subjects: ["registry.>"]),
        JetStreamStream(
            name: "attest",
            subjects: [
                "attest.certified", "attest.dissented", "attest.reported", "attest.decided",
                "attest.penalised",
            ]
        ),
        JetStreamStream(name: "audit", subjects: ["audit.>"]),
    ]

    private let listing: Listing

    /// Makes a format that writes prices and quantities as a listing has them.
    public init(listing: Listing) { self.listing = listing }

    /// The messages of one record.
    public func messages(
        _ record: JournalRecord,
        _ events: borrowing EventBuffer
    ) -> [EventMessage] {
        var writer = EventWriter(record, listing)
        if case .filed(let filing, let document) = record.content {
            writer.add(filing, document)
        }
        for index in 0..<events.count {
            switch events[index] {
            case .traded(let trade): writer.add(trade)
            case .contractEnded(let ended): writer.add(ended)
            case .rulebookChanged(let rulebook):
                writer.add("registry.rulebook", key: "rulebook") { json in
                    json.add("version", digits: rulebook.version)
                }
            case .phaseChanged(let change):
                let instrument = writer.symbol(change.instrument)
                writer.add("audit.phase_changed", key: instrument) { json in
                    json.add("instrument", instrument)
                    json.add("phase", change.phase.word)
                }
            case .accountOpened(let account):
                writer.add("audit.account_opened", key: "\(account.rawValue)") { json in
                    json.add("account", digits: account.rawValue)
                }
            case .deposited(let transfer): writer.add("audit.deposited", transfer)
            case .withdrawn(let transfer): writer.add("audit.withdrawn", transfer)
            case .bondPosted(let transfer): writer.add("audit.bond_posted", transfer)
            case .bondReleased(let transfer): writer.add("audit.bond_released", transfer)
            case .bondSlashed(let transfer): writer.add("audit.bond_slashed", transfer)
            case .refused, .orderPlaced, .orderChanged, .uncrossed, .filed, .penalised: break
            }
        }
        return writer.messages
    }
}

extension EventWriter {
    /// Both legs of a new trade; of a spot trade, their settlement too.
    fileprivate mutating func add(_ trade: Trade) {
        let legs = [
            Leg(.buy, trade.trade.buyerContract, trade.buyer, trade.buyerFee),
            Leg(.sell, trade.trade.sellerContract, trade.seller, trade.sellerFee),
        ]
        let instrument = symbol(trade.instrument)
        let asset = quote(trade.instrument)
        let (price, quantity) = (
            text(trade.price, trade.instrument), text(trade.quantity, trade.instrument)
        )
        let notional = text(trade.notional, asset)
        for leg in legs {
            let fee = text(leg.fee, asset)
            add("clearing.novated.\(leg.contract.rawValue)", key: instrument) { json in
                leg.add(to: &json, instrument, trade.trade)
                json.add("settlement", trade.settlement.word)
                json.add("price", optional: price)
                json.add("quantity", quantity)
                json.add("notional", notional)
                json.add("fee", fee)
            }
        }
        guard trade.settlement == .spot else { return }
        for leg in legs {
            add("clearing.settled.\(leg.contract.rawValue)", key: instrument) { json in
                leg.add(to: &json, instrument, trade.trade)
            }
        }
    }

    /// Both legs of a service contract that ended.
    fileprivate mutating func add(_ ended: ContractEnded) {
        let name =
            switch ended.outcome {
            case .settled: "settled"
            case .failed: "failed"
            case .expired: "expired"
            }
        let instrument = symbol(ended.instrument)
        for leg in [
            Leg(.buy, ended.trade.buyerContract, ended.buyer, ended.buyerFee),
            Leg(.sell, ended.trade.sellerContract, ended.seller, ended.sellerFee),
        ] {
            add("clearing.\(name).\(leg.contract.rawValue)", key: instrument) { json in
                leg.add(to: &json, instrument, ended.trade)
                if let certificate = ended.certificate {
                    json.add("certificate", "\(certificate)")
                }
            }
        }
    }

    fileprivate mutating func add(_ subject: String, _ transfer: Transfer) {
        let (asset, amount) = (symbol(transfer.asset), text(transfer.amount, transfer.asset))
        add(subject, key: "\(transfer.account.rawValue)") { json in
            json.add("account", digits: transfer.account.rawValue)
            json.add("asset", asset)
            json.add("amount", amount)
        }
    }

    /// A filed document, which is JSON, as a member of the message.
    fileprivate mutating func add(_ filing: Filing, _ document: [UInt8]) {
        let subject: String
        switch filing.kind {
        case .document: subject = "registry.document"
        case .revocation: subject = "registry.revocation"
        case .epoch: subject = "registry.roster"
        case .keyRotation: subject = "registry.key_rotation"
        case .attestation: subject = "attest.certified"
        case .dissent: subject = "attest.dissented"
        case .report: subject = "attest.reported"
        case .decision: subject = "attest.decided"
        case .penalty: subject = "attest.penalised"
        case .audit: subject = "audit.\(Self.auditedEvent(document))"
        case .ceremony: return
        }
        add(subject, key: subject) { json in
            json.add("digest", "\(filing.digest)")
            json.name("document")
            json.encoded(document)
        }
    }

    /// The event that an audit statement names; `statement` for a document that is none.
    private static func auditedEvent(_ document: [UInt8]) -> String {
        do {
            return try AuditStatement(decoding: document).event.string
        } catch {
            return "statement"
        }
    }
}

/// One leg of a trade.
private struct Leg {
    let side: Side
    let contract: ContractID
    let account: AccountID
    let fee: Amount

    init(_ side: Side, _ contract: ContractID, _ account: AccountID, _ fee: Amount) {
        self.side = side
        self.contract = contract
        self.account = account
        self.fee = fee
    }

    func add(to json: inout JSONWriter, _ instrument: String, _ trade: TradeID) {
        json.add("contract_id", digits: contract.rawValue)
        json.add("trade_id", digits: trade.rawValue)
        json.add("instrument", instrument)
        json.add("side", side.word)
        json.add("account", digits: account.rawValue)
    }
}
