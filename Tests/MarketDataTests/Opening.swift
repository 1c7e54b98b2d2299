import Primitives
import Venue

/// A venue with one open instrument and two members who can pay for everything.
enum Opening {
    static let instrument = InstrumentID(0)
    static let quote = AssetID(0)
    static let base = AssetID(1)
    static let alice = AccountID(16)
    static let bob = AccountID(17)

    /// The commands that bring it about.
    static func commands(phase: Phase = .continuous) -> [Command] {
        var commands: [Command] = [
            .defineAsset(quote), .defineAsset(base),
            .defineInstrument(
                InstrumentDefinition(instrument: instrument, base: base, quote: quote)
            ),
        ]
        for account in [alice, bob] {
            commands.append(.openAccount(account))
            for asset in [quote, base] {
                commands.append(
                    .deposit(Transfer(account: account, asset: asset, amount: 1 << 100))
                )
            }
        }
        commands.append(.setPhase(PhaseChange(instrument: instrument, phase: phase)))
        return commands
    }

    /// A limit order.
    static func order(
        _ account: AccountID,
        _ side: Side,
        _ price: Int64,
        _ quantity: Int64,
        display: Int64 = 0
    ) -> Command {
        .placeOrder(
            NewOrder(
                account: account,
                instrument: instrument,
                side: side,
                price: Price(price),
                quantity: Quantity(quantity),
                display: Quantity(display)
            )
        )
    }
}
