import Cryptography
import Primitives
import Venue
import SeededRandomness

/// Senseless values: each distortion changes one field of a command.
extension CommandGenerator {
    mutating func distorted(_ command: Command) -> Command {
        switch command {
        case .placeOrder(let order): return .placeOrder(distorted(order))
        case .amendOrder(let amendment): return .amendOrder(distorted(amendment))
        case .cancelOrder(let reference): return .cancelOrder(distorted(reference))
        case .massCancel(var scope):
            scope.account = strangeAccount()
            if random.chance(50) { scope.instrument = strangeInstrument() }
            return .massCancel(scope)
        case .advanceTime: return .advanceTime
        case .openAccount: return .openAccount(strangeAccount())
        case .deposit(let transfer): return .deposit(distorted(transfer))
        case .withdraw(let transfer): return .withdraw(distorted(transfer))
        case .defineAsset: return .defineAsset(strangeAsset())
        case .defineInstrument(let definition): return .defineInstrument(distorted(definition))
        case .setIncrements(let rule): return .setIncrements(distorted(rule))
        case .setFees(let rule): return .setFees(distorted(rule))
        case .setBand(let rule): return .setBand(distorted(rule))
        case .setLimits:
            let most = random.pick([0, Limits.ordersMax, Limits.ordersMax + 1, .max])
            return .setLimits(LimitRule(ordersPerAccountMax: most))
        case .setPhase(var change):
            change.instrument = strangeInstrument()
            return .setPhase(change)
        case .settleContract(var settlement):
            if random.chance(50) {
                settlement.trade = strangeTrade()
            } else {
                settlement.certificate = SHA256.Digest(words: (0, 0, 0, 0))
            }
            return .settleContract(settlement)
        case .failContract: return .failContract(strangeTrade())
        case .expireContract: return .expireContract(strangeTrade())
        case .file: return command
        case .postBond(let transfer): return .postBond(distorted(transfer))
        case .releaseBond(let transfer): return .releaseBond(distorted(transfer))
        case .penalise(var penalty):
            penalty.account = strangeAccount()
            return .penalise(penalty)
        }
    }

    private mutating func distorted(_ original: NewOrder) -> NewOrder {
        var order = original
        switch random.below(14) {
        case 0: order.account = strangeAccount()
        case 1: order.instrument = strangeInstrument()
        case 2: order.type = random.pick(OrderType.allCases)
        case 3: order.timeInForce = random.pick(TimeInForce.allCases)
        case 4: order.postOnly = random.pick(PostOnly.allCases)
        case 5: order.quantity = Quantity(strangeNumber(Limits.quantityMax))
        case 6: order.display = Quantity(strangeNumber(order.quantity.lots))
        case 7: order.price = Price(strangeNumber(Limits.priceMax))
        case 8: order.trigger = Price(strangeNumber(Limits.priceMax))
        case 9: order.trail = Price(strangeNumber(Limits.priceMax))
        case 10: order.expiresAt = Timestamp(random.pick([0, time, time + 1, .max]))
        case 11: order.clientID = random.pick([0, 1, .max])
        case 12: order.trail = Price(order.trail.ticks + random.from(-200...200))
        default:
            order.price = Price(order.price.ticks + 1)
            order.quantity = Quantity(order.quantity.lots + 1)
        }
        return order
    }

    private mutating func distorted(_ original: OrderAmendment) -> OrderAmendment {
        var amendment = original
        switch random.below(5) {
        case 0: amendment.reference = distorted(amendment.reference)
        case 1: amendment.quantity = Quantity(strangeNumber(Limits.quantityMax))
        case 2: amendment.price = Price(strangeNumber(Limits.priceMax))
        case 3: amendment.trigger = Price(strangeNumber(Limits.priceMax))
        default: amendment.trigger = Price(1 + random.from(0...100))
        }
        return amendment
    }

    private mutating func distorted(_ original: OrderReference) -> OrderReference {
        var reference = original
        switch random.below(4) {
        case 0: reference.account = strangeAccount()
        case 1: reference.order = OrderID(reference.order.rawValue ^ 1 << UInt64(random.below(64)))
        case 2: reference.order = OrderID(random.pick([0, 1, 1 << 22, .max, random.next()]))
        default: reference.clientID = random.pick([0, 1, .max])
        }
        return reference
    }

    private mutating func distorted(_ original: Transfer) -> Transfer {
        var transfer = original
        switch random.below(4) {
        case 0: transfer.account = strangeAccount()
        case 1: transfer.asset = strangeAsset()
        default:
            transfer.amount = random.pick([
                0, -1, .min, .max, Limits.amountMax, Limits.amountMax + 1, -Limits.amountMax,
            ])
        }
        return transfer
    }

    private mutating func distorted(_ original: InstrumentDefinition) -> InstrumentDefinition {
        var definition = original
        switch random.below(8) {
        case 0: definition.instrument = strangeInstrument()
        case 1: definition.base = strangeAsset()
        case 2: definition.quote = strangeAsset()
        case 3: definition.lotUnits = strangeNumber(Limits.lotUnitsMax)
        case 4: definition.tickUnits = strangeNumber(Limits.tickUnitsMax)
        case 5: definition.windowStart = Timestamp(random.pick([0, 1, time, .max]))
        case 6: definition.windowEnd = Timestamp(random.pick([0, 1, time, .max]))
        default: definition.settlement = random.pick(SettlementKind.allCases)
        }
        return definition
    }

    private mutating func distorted(_ original: IncrementRule) -> IncrementRule {
        var rule = original
        switch random.below(4) {
        case 0: rule.instrument = strangeInstrument()
        case 1: rule.priceIncrement = strangeNumber(Limits.priceMax)
        case 2: rule.quantityIncrement = strangeNumber(rule.quantityMax)
        default: rule.quantityMax = strangeNumber(Limits.quantityMax)
        }
        return rule
    }

    private mutating func distorted(_ original: FeeRule) -> FeeRule {
        var rule = original
        switch random.below(3) {
        case 0: rule.instrument = strangeInstrument()
        case 1: rule.makerRate = random.pick([1_000_001, .max])
        default: rule.takerRate = random.pick([1_000_001, .max])
        }
        return rule
    }

    private mutating func distorted(_ original: BandRule) -> BandRule {
        var rule = original
        switch random.below(3) {
        case 0: rule.instrument = strangeInstrument()
        case 1: rule.low = Price(strangeNumber(Limits.priceMax))
        default: rule.high = Price(strangeNumber(Limits.priceMax))
        }
        return rule
    }

    /// A number at or beyond an end of 1 … `limit`.
    private mutating func strangeNumber(_ limit: Int64) -> Int64 {
        random.pick([
            0, -1, 1, .min, .max, limit, limit - 1, limit &+ 1, -limit, limit &* 2, 3,
        ])
    }

    private mutating func strangeAccount() -> AccountID {
        AccountID(
            random.pick([0, 1, 2, 15, 40, Limits.accountsMax - 1, Limits.accountsMax, .max])
        )
    }

    private mutating func strangeAsset() -> AssetID {
        AssetID(random.pick([3, 7, Limits.assetsMax - 1, Limits.assetsMax, .max]))
    }

    private mutating func strangeInstrument() -> InstrumentID {
        InstrumentID(random.pick([5, 9, Limits.instrumentsMax - 1, Limits.instrumentsMax, .max]))
    }

    private mutating func strangeTrade() -> TradeID {
        TradeID(random.pick([0, 1, 2, 1_000_000, .max]))
    }
}
