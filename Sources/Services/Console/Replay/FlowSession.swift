public import Primitives
public import Venue

/// How a flow is brought to a venue: one spot instrument, and 64 accounts that can pay for everything.
///
/// The order with the flow's number n belongs to member n modulo 64 and keeps n as its client id.
public enum FlowSession {
    /// What is bought and sold, one unit a lot.
    public static let base = AssetID(1)
    /// What is paid, one unit a tick and lot.
    public static let quote = AssetID(0)
    /// The one instrument.
    public static let instrument = InstrumentID(0)
    /// How many accounts share the orders.
    public static let accountCount: UInt64 = 64
    /// What each account has of both assets: enough for any flow.
    static let deposit: Amount = 1 << 100

    /// The account that owns an order of the flow.
    @inlinable public static func account(of order: UInt64) -> AccountID {
        AccountID(AccountID.reservedCount + UInt32(truncatingIfNeeded: order % accountCount))
    }

    /// The commands that come before the flow: assets, instrument, fees, accounts, deposits, opening.
    public static func setUp(makerRate: UInt32 = 0, takerRate: UInt32 = 0) -> [Command] {
        var commands: [Command] = [
            .defineAsset(quote), .defineAsset(base),
            .defineInstrument(
                InstrumentDefinition(instrument: instrument, base: base, quote: quote)
            ),
        ]
        if makerRate > 0 || takerRate > 0 {
            commands.append(
                .setFees(
                    FeeRule(instrument: instrument, makerRate: makerRate, takerRate: takerRate)
                )
            )
        }
        for number in 0..<accountCount {
            let account = account(of: number)
            commands.append(.openAccount(account))
            for asset in [quote, base] {
                commands.append(
                    .deposit(Transfer(account: account, asset: asset, amount: deposit))
                )
            }
        }
        commands.append(.setPhase(PhaseChange(instrument: instrument, phase: .continuous)))
        return commands
    }

    /// The venue's command for a row of the flow.
    @inlinable public static func command(for row: FlowCommand) -> Command {
        let account = account(of: row.order)
        switch row.operation {
        case .new:
            return .placeOrder(
                NewOrder(
                    account: account,
                    instrument: instrument,
                    side: row.side,
                    timeInForce: row.timeInForce,
                    price: row.price,
                    quantity: row.quantity,
                    clientID: row.order
                )
            )
        case .amend:
            return .amendOrder(
                OrderAmendment(
                    reference: OrderReference(account: account, clientID: row.order),
                    quantity: row.quantity,
                    keepsPriority: true
                )
            )
        case .cancel:
            return .cancelOrder(OrderReference(account: account, clientID: row.order))
        }
    }
}
