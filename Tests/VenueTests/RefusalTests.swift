import Primitives
import Testing
import Venue

@Suite("Refusals and their precedence")
struct RefusalTests {
    /// One thing wrong with an order, and the fields that are needed to make it so.
    struct Fault: Sendable, CustomTestStringConvertible {
        var refusal: Refusal
        var fields: Set<String>
        var change: @Sendable (inout NewOrder) -> Void

        var testDescription: String { "\(refusal)" }
    }

    /// All that can be wrong with a limit order, in the order of the numbers of the refusals.
    static let faults = [
        Fault(refusal: .unknownAccount, fields: ["account"]) { $0.account = AccountID(99) },
        Fault(refusal: .reservedAccount, fields: ["account"]) { $0.account = .fees },
        Fault(refusal: .unknownInstrument, fields: ["instrument"]) {
            $0.instrument = InstrumentID(99)
        },
        Fault(refusal: .instrumentClosed, fields: ["instrument"]) {
            $0.instrument = InstrumentID(2)
        },
        Fault(refusal: .instrumentHalted, fields: ["instrument"]) {
            $0.instrument = InstrumentID(3)
        },
        Fault(refusal: .invalidOrder, fields: ["trail"]) { $0.trail = Price(5) },
        Fault(refusal: .notInThisPhase, fields: ["instrument", "time in force"]) {
            $0.instrument = InstrumentID(4)
            $0.timeInForce = .immediateOrCancel
        },
        Fault(refusal: .invalidQuantity, fields: ["quantity"]) { $0.quantity = .zero },
        Fault(refusal: .quantityOffIncrement, fields: ["quantity"]) { $0.quantity = Quantity(3) },
        Fault(refusal: .invalidDisplay, fields: ["display", "time in force"]) {
            $0.display = Quantity(1)
        },
        Fault(refusal: .invalidPrice, fields: ["price"]) { $0.price = Price(-5) },
        Fault(refusal: .priceOffIncrement, fields: ["price"]) { $0.price = Price(201) },
        Fault(refusal: .priceOutsideBand, fields: ["price"]) { $0.price = Price(200) },
        Fault(refusal: .invalidTrigger, fields: ["type", "trigger", "time in force"]) {
            $0.type = .stopLimit
            $0.trigger = Price(7)
        },
        Fault(refusal: .invalidExpiry, fields: ["expiry"]) { $0.expiresAt = Timestamp(5) },
        Fault(refusal: .duplicateClientID, fields: ["account", "client id"]) {
            $0.account = alice
            $0.clientID = 7
        },
        Fault(refusal: .tooManyOrders, fields: ["account"]) { $0.account = bob },
        Fault(refusal: .insufficientFunds, fields: ["quantity"]) { $0.quantity = Quantity(100) },
        Fault(refusal: .wouldTake, fields: ["post-only", "type", "time in force"]) {
            $0.postOnly = .reject
        },
    ]

    /// A session in which each fault can be made.
    ///
    /// Members have 500 dollars and two orders at most. Alice has two, one named 7, and Bob two, of
    /// which one sells at 100. Increments are 5 and 2, the band is 50 … 150, and instruments 2, 3 and
    /// 4 are closed, halted and in an auction.
    private func session() -> Session {
        let session = Session(dollars: 500)
        session.apply(increments(price: 5, quantity: 2, most: 1_000))
        session.apply(band(50, 150))
        for number in [2, 3, 4] as [UInt32] {
            let id = InstrumentID(number)
            session.apply(
                .defineInstrument(InstrumentDefinition(instrument: id, base: coin, quote: dollar))
            )
            session.apply(
                .setIncrements(
                    IncrementRule(instrument: id, priceIncrement: 5, quantityIncrement: 2)
                )
            )
        }
        session.apply(phase(.openingAuction, of: InstrumentID(3)))
        session.apply(phase(.halted, of: InstrumentID(3)))
        session.apply(phase(.openingAuction, of: InstrumentID(4)))
        session.apply(limit(alice, .buy, 2, at: 50, client: 7))
        session.apply(limit(alice, .buy, 2, at: 50))
        session.apply(limit(bob, .sell, 2, at: 100))
        session.apply(limit(bob, .sell, 2, at: 105))
        session.apply(.setLimits(LimitRule(ordersPerAccountMax: 2)))
        return session
    }

    private var sound: NewOrder {
        NewOrder(
            account: dave,
            instrument: spot,
            side: .buy,
            price: Price(100),
            quantity: Quantity(4)
        )
    }

    @Test("without a fault the order is accepted")
    func accepted() {
        session().check(
            .placeOrder(sound),
            "new 5; trade 2@100 maker 3 taker 5; 3 filled; 5 partial 2@100"
        )
    }

    @Test("each fault is refused for what it is", arguments: faults)
    func alone(fault: Fault) {
        var order = sound
        fault.change(&order)
        session().check(.placeOrder(order), "refused \(fault.refusal)")
    }

    @Test("of two faults the one with the lower number is the answer", arguments: faults.indices)
    func pairs(first: Int) {
        let session = session()
        for second in Self.faults[(first + 1)...]
        where second.fields.isDisjoint(with: Self.faults[first].fields) {
            var order = sound
            second.change(&order)
            Self.faults[first].change(&order)
            session.check(.placeOrder(order), "refused \(Self.faults[first].refusal)")
        }
    }

    /// Orders whose fields do not go together.
    static let mismatched: [NewOrder] = {
        let base = NewOrder(
            account: alice,
            instrument: spot,
            side: .buy,
            price: Price(100),
            quantity: Quantity(4)
        )
        let changes: [(inout NewOrder) -> Void] = [
            { $0.price = .none },
            {
                $0.type = .market; $0.timeInForce = .immediateOrCancel
            },
            {
                $0.type = .market; $0.price = .none
            },
            {
                $0.type = .market; $0.price = .none; $0.timeInForce = .day
            },
            { $0.trigger = Price(100) },
            { $0.trail = Price(5) },
            {
                $0.type = .stop; $0.trigger = Price(100)
            },
            {
                $0.type = .stop; $0.price = .none
            },
            { $0.type = .stopLimit },
            {
                $0.type = .stopLimit; $0.trigger = Price(100); $0.price = .none
            },
            {
                $0.type = .trailingStop; $0.price = .none
            },
            {
                $0.type = .trailingStop; $0.trail = Price(5)
            },
            {
                $0.type = .stopLimit
                $0.trigger = Price(100)
                $0.timeInForce = .fillOrKill
            },
            {
                $0.type = .stopLimit; $0.trigger = Price(100); $0.postOnly = .reject
            },
            {
                $0.timeInForce = .immediateOrCancel; $0.postOnly = .reprice
            },
            {
                $0.timeInForce = .fillOrKill; $0.display = Quantity(2)
            },
            {
                $0.type = .stop
                $0.price = .none
                $0.trigger = Price(100)
                $0.display = Quantity(2)
            },
        ]
        return changes.map { change in
            var order = base
            change(&order)
            return order
        }
    }()

    @Test("fields that do not go together are refused", arguments: mismatched.indices)
    func fields(row: Int) {
        Session().check(.placeOrder(Self.mismatched[row]), "refused invalidOrder")
    }

    /// Commands with two faults each; the first to be named is the answer.
    static let others: [(Command, Refusal)] = [
        (.openAccount(AccountID(3)), .reservedAccount),
        (.openAccount(alice), .accountExists),
        (.openAccount(AccountID(Limits.accountsMax)), .invalidRule),
        (deposit(AccountID(99), AssetID(9), 0), .unknownAccount),
        (deposit(.fees, AssetID(9), 0), .reservedAccount),
        (deposit(alice, AssetID(9), 0), .unknownAsset),
        (deposit(alice, dollar, 0), .invalidAmount),
        (deposit(alice, dollar, -1), .invalidAmount),
        (deposit(alice, dollar, Limits.amountMax), .invalidAmount),
        (deposit(alice, dollar, .max), .invalidAmount),
        (withdraw(AccountID(99), AssetID(9), 0), .unknownAccount),
        (withdraw(.clearingHouse, AssetID(9), 0), .reservedAccount),
        (withdraw(alice, AssetID(9), 0), .unknownAsset),
        (withdraw(alice, dollar, 0), .invalidAmount),
        (withdraw(alice, dollar, .min), .invalidAmount),
        (withdraw(alice, dollar, .max), .invalidAmount),
        (withdraw(alice, dollar, Limits.amountMax), .insufficientFunds),
        (withdraw(.fees, dollar, 1), .insufficientFunds),
        (.massCancel(MassCancel(account: AccountID(99))), .unknownAccount),
        (.massCancel(MassCancel(instrument: InstrumentID(99))), .unknownInstrument),
        (
            .massCancel(MassCancel(account: AccountID(99), instrument: InstrumentID(99))),
            .unknownAccount
        ),
        (.massCancel(MassCancel(account: alice, instrument: InstrumentID(99))), .unknownInstrument),
        (.cancelOrder(OrderReference(account: AccountID(99), clientID: 0)), .unknownAccount),
        (.cancelOrder(OrderReference(account: alice, clientID: 0)), .unknownOrder),
        (
            .defineInstrument(
                InstrumentDefinition(instrument: spot, base: AssetID(9), quote: AssetID(9))
            ),
            .unknownAsset
        ),
        (
            .defineInstrument(
                InstrumentDefinition(instrument: spot, base: coin, quote: coin, lotUnits: 0)
            ),
            .instrumentExists
        ),
        (
            .setIncrements(IncrementRule(instrument: InstrumentID(99), priceIncrement: 0)),
            .unknownInstrument
        ),
        (fees(maker: .max, taker: .max, of: InstrumentID(99)), .unknownInstrument),
        (phase(.continuous, of: InstrumentID(99)), .unknownInstrument),
    ]

    @Test("other commands are refused in the order of the numbers too", arguments: others.indices)
    func otherCommands(row: Int) {
        Session().check(Self.others[row].0, "refused \(Self.others[row].1)")
    }

    @Test("amendments are refused in the order of the numbers")
    func amendments() {
        let session = Session(dollars: 1_000)
        session.apply(limit(alice, .buy, 4, at: 100))
        session.apply(increments(price: 5, quantity: 2, most: 100))
        session.apply(band(50, 150))
        let order = session.id(1)
        func amend(_ quantity: Int64, at price: Int64, trigger: Int64 = 0) -> Command {
            session.amend(1, quantity, at: price, trigger: trigger, keepsPriority: true)
        }
        let stranger = OrderReference(account: AccountID(99), order: order)
        session.check(
            .amendOrder(OrderAmendment(reference: stranger, quantity: .zero)),
            "refused unknownAccount"
        )
        session.check(amend(0, at: -5, trigger: 7), "refused invalidOrder")
        session.check(amend(0, at: -5), "refused invalidQuantity")
        session.check(amend(102, at: -5), "refused invalidQuantity")
        session.check(amend(3, at: -5), "refused quantityOffIncrement")
        session.check(amend(6, at: -5), "refused invalidPrice")
        session.check(amend(6, at: 201), "refused priceOffIncrement")
        session.check(amend(6, at: 200), "refused priceOutsideBand")
        session.check(amend(100, at: 100), "refused wouldLosePriority")
        session.check(session.amend(1, 100), "refused insufficientFunds")
        session.check(session.amend(1, 10), "1 open 10@100 amended; 1 open 10@100")
    }
}
