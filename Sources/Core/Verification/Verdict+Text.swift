public import Encoding
internal import Primitives
internal import Statements
internal import Venue

extension Verdict {
    /// The verdict for people: a line for each check, lines on what the statement says, and the result.
    public var lines: [Text] {
        var lines: [Text] = []
        for result in checks {
            let mark =
                switch result.outcome {
                case .passed: "ok"
                case .failed: "FAILED"
                case .notChecked: "not checked"
                }
            lines.append(
                Text(
                    Self.padded(result.check.name.string, to: 12) + Self.padded(mark, to: 12)
                        + result.sentence.string
                )
            )
        }
        lines.append("")
        for line in summary { lines.append(Text(line)) }
        lines.append(
            holds
                ? "VERIFIED: every check holds."
                : "NOT VERIFIED: do not rely on what the statement says."
        )
        return lines
    }

    /// What the statement says, in a few lines; none if it could not be read.
    private var summary: [String] {
        switch statement {
        case .trade(let trade): trades(trade)
        case .settlement(let settlement):
            [
                "settlement of trade \(settlement.trade.rawValue) at \(settlement.venue.description)",
                "  outcome     \(settlement.outcome.name)",
                "  notional    \(settlement.notional) quote units",
                "  delivery    \(settlement.delivery) base units",
            ]
        case .some(let statement):
            [
                "\(statement.type.name.string) statement about \(statement.subject.description)",
                "  time        \(statement.time.nanoseconds) ns since 1970",
            ]
        case nil: []
        }
    }

    private func trades(_ trade: TradeStatement) -> [String] {
        let taker = trade.takerSide == .buy ? "buyer" : "seller"
        var lines = [
            "trade \(trade.trade.rawValue) at \(trade.venue.description)",
            "  instrument  \(trade.instrument.rawValue)"
                + " (asset \(trade.base.rawValue) for asset \(trade.quote.rawValue))",
            "  price       \(trade.price.ticks) ticks",
            "  quantity    \(trade.quantity.lots) lots",
            "  notional    \(trade.notional) quote units; the \(taker) took",
            "  time        \(trade.time.nanoseconds) ns since 1970, sequence \(trade.sequence)",
        ]
        if let disclosure {
            let isBuyer = disclosure.side == .buy
            let party = isBuyer ? trade.buyer : trade.seller
            let contract = isBuyer ? trade.trade.buyerContract : trade.trade.sellerContract
            lines.append(
                "  your side   \(isBuyer ? "buyer" : "seller"), account"
                    + " \(disclosure.account.rawValue), fee \(party.fee) quote units"
            )
            lines.append(
                "  contract    \(OrbitDID(contract: contract, at: trade.venue).description)"
            )
        }
        return lines
    }

    private static func padded(_ text: String, to width: Int) -> String {
        text + String(repeating: " ", count: max(1, width - text.utf8.count))
    }
}

extension ContractOutcome {
    fileprivate var name: String {
        switch self {
        case .settled: "settled"
        case .failed: "failed"
        case .expired: "expired"
        }
    }
}
