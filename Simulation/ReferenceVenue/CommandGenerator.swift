import Cryptography
package import Primitives
package import Venue
import SeededRandomness

/// Random sessions of the venue, decided by one seed.
///
/// It looks at the reference model to name live orders, present prices and waiting contracts, so that
/// most commands do something; the rest name what is gone, what never was, or what makes no sense.
package struct CommandGenerator {
    /// The kind of session.
    package let profile: GeneratorProfile

    var random: RandomSource
    var time: UInt64 = 1_000_000
    private var opening: [Command] = []
    private var remembered: [OrderReference] = []

    /// Makes the session of a seed.
    package init(seed: UInt64) {
        profile = .forSeed(seed)
        random = RandomSource(seed: seed)
        opening = openingCommands().reversed()
    }

    /// The next command and its time, given what the model has become.
    package mutating func next(_ venue: ReferenceVenue) -> (command: Command, time: Timestamp) {
        passTime()
        let stamp = random.chance(2) ? time - UInt64(random.below(5_000)) : time
        if let command = opening.popLast() { return (command, Timestamp(stamp)) }
        var command = sensibleCommand(venue)
        if random.chance(profile.nonsensePercent) { command = distorted(command) }
        return (command, Timestamp(stamp))
    }

    private mutating func passTime() {
        time += UInt64(random.below(1_000))
        if random.below(400) == 0 { time += UInt64(random.below(200_000)) }
    }

    private mutating func sensibleCommand(_ venue: ReferenceVenue) -> Command {
        if let command = resumption(venue) { return command }
        switch random.pick(weighted: profile.kinds) {
        case .place: return .placeOrder(newOrder(venue))
        case .amend: return .amendOrder(amendment(venue))
        case .cancel: return .cancelOrder(reference(liveOrder(venue)))
        case .massCancel: return .massCancel(massCancel(venue))
        case .advanceTime: return .advanceTime
        case .openAccount: return .openAccount(AccountID(16 + UInt32(random.below(12))))
        case .deposit: return .deposit(transfer(account(), asset()))
        case .withdraw: return .withdraw(withdrawal(venue))
        case .defineAsset: return .defineAsset(AssetID(UInt32(random.below(6))))
        case .defineInstrument: return .defineInstrument(definition(random.below(6)))
        case .setIncrements: return .setIncrements(increments(instrument()))
        case .setFees: return .setFees(fees(instrument()))
        case .setBand: return .setBand(band(instrument()))
        case .setLimits: return .setLimits(limits())
        case .setPhase: return .setPhase(phaseChange(venue))
        case .contract: return contractCommand(venue)
        case .postBond: return .postBond(transfer(account(), asset()))
        case .releaseBond: return .releaseBond(release(venue))
        case .penalise: return .penalise(penalty())
        }
    }

    /// Brings an instrument that does not match orders nearer to doing so, every now and then.
    private mutating func resumption(_ venue: ReferenceVenue) -> Command? {
        let id = instrument()
        guard let instrument = venue.instrument(id), instrument.phase != .continuous,
            random.chance(profile.resumePercent)
        else { return nil }
        let isWaiting = instrument.phase == .closed || instrument.phase == .halted
        let phase: Phase = isWaiting && random.chance(30) ? .openingAuction : .continuous
        return .setPhase(PhaseChange(instrument: id, phase: phase))
    }

    private mutating func openingCommands() -> [Command] {
        var commands: [Command] = (0..<4).map { .defineAsset(AssetID($0)) }
        for index in 0..<3 {
            let id = InstrumentID(UInt32(index))
            commands.append(.defineInstrument(definition(index)))
            if random.chance(70) { commands.append(.setFees(fees(id))) }
            if random.chance(20) { commands.append(.setIncrements(increments(id))) }
            if random.chance(20) { commands.append(.setBand(band(id))) }
            let phase: Phase = random.chance(70) ? .continuous : .openingAuction
            commands.append(.setPhase(PhaseChange(instrument: id, phase: phase)))
        }
        commands.append(.setLimits(LimitRule(ordersPerAccountMax: profile.ordersPerAccount)))
        for number in 0..<UInt32(profile.accounts) {
            let account = AccountID(AccountID.reservedCount + number)
            commands.append(.openAccount(account))
            for asset in 0..<3 {
                commands.append(.deposit(transfer(account, AssetID(UInt32(asset)))))
            }
        }
        return commands
    }
}

/// Naming things.
extension CommandGenerator {
    mutating func account() -> AccountID {
        AccountID(AccountID.reservedCount + UInt32(random.below(profile.accounts)))
    }

    mutating func instrument() -> InstrumentID {
        InstrumentID(random.pick(weighted: [(60, 0), (20, 1), (20, 2), (3, 3), (2, 4)]))
    }

    mutating func asset() -> AssetID { AssetID(random.pick([0, 0, 1, 1, 2])) }

    /// A live order, or nil if there is none.
    mutating func liveOrder(_ venue: ReferenceVenue) -> ReferenceOrder? {
        venue.orders.isEmpty ? nil : random.pick(venue.orders)
    }

    /// Names an order; sometimes another one, sometimes in another account's name.
    mutating func reference(_ order: ReferenceOrder?) -> OrderReference {
        guard let order, !random.chance(6) else {
            if remembered.isEmpty || random.chance(20) {
                let clientID = UInt64(random.below(40))
                return OrderReference(account: account(), clientID: clientID)
            }
            return random.pick(remembered)
        }
        let owner = random.chance(3) ? account() : order.placed.account
        let byVenue = OrderReference(account: owner, order: order.id)
        if remembered.count < 32 {
            remembered.append(byVenue)
        } else {
            remembered[random.below(32)] = byVenue
        }
        if order.placed.clientID == 0 || random.chance(50) { return byVenue }
        return OrderReference(account: owner, clientID: order.placed.clientID)
    }

    private mutating func massCancel(_ venue: ReferenceVenue) -> MassCancel {
        switch random.below(3) {
        case 0: MassCancel(account: account())
        case 1: MassCancel(instrument: instrument())
        default: MassCancel(account: account(), instrument: instrument())
        }
    }

    private mutating func contractCommand(_ venue: ReferenceVenue) -> Command {
        let age = UInt64(random.below(12))
        let trade = TradeID(venue.tradeCount > age ? venue.tradeCount - age : age)
        return random.pick([
            .settleContract(settlement(of: trade)), .settleContract(settlement(of: trade)),
            .failContract(trade), .expireContract(trade),
        ])
    }

    func settlement(of trade: TradeID) -> ContractSettlement {
        ContractSettlement(trade: trade, certificate: Self.digest(trade.rawValue))
    }

    /// A digest that a number names.
    static func digest(_ number: UInt64) -> SHA256.Digest {
        SHA256.Digest(words: (number, 1, 2, 3))
    }

    /// A penalty whose evidence was sometimes used before.
    mutating func penalty() -> Penalty {
        Penalty(
            account: account(),
            fault: random.pick(SeatFault.allCases),
            evidence: Self.digest(UInt64(random.below(60)))
        )
    }

    mutating func release(_ venue: ReferenceVenue) -> Transfer {
        let account = account()
        let asset = asset()
        let bond = venue.bond(of: account, in: asset)
        if bond == 0 || random.chance(10) { return transfer(account, asset) }
        let amount = random.chance(20) ? bond : amount(upTo: bond)
        return Transfer(account: account, asset: asset, amount: amount)
    }
}

/// Money and rules.
extension CommandGenerator {
    mutating func transfer(_ account: AccountID, _ asset: AssetID) -> Transfer {
        let reach = asset.rawValue == 0 ? profile.cashReach : profile.goodsReach
        return Transfer(account: account, asset: asset, amount: amount(upTo: reach))
    }

    /// An amount from 1 to `reach`.
    mutating func amount(upTo reach: Amount) -> Amount {
        let thousandths = reach / 1_000 * Amount(random.below(1_000))
        return max(1, min(reach, thousandths + Amount(random.below(1_000))))
    }

    mutating func withdrawal(_ venue: ReferenceVenue) -> Transfer {
        let account = random.chance(20) ? AccountID.fees : account()
        let asset = asset()
        let available = venue.balance(of: account, in: asset).available
        if available == 0 || random.chance(10) { return transfer(account, asset) }
        let amount = random.chance(20) ? available : amount(upTo: available)
        return Transfer(account: account, asset: asset, amount: amount)
    }

    mutating func definition(_ index: Int) -> InstrumentDefinition {
        let isService = index == 1 || index > 2
        let start = isService ? time + UInt64(random.below(1_000)) : 0
        let length = UInt64(1 + random.below(600_000))
        return InstrumentDefinition(
            instrument: InstrumentID(UInt32(index)),
            base: AssetID(index == 1 ? 2 : 1),
            quote: AssetID(index == 2 ? 2 : 0),
            settlement: isService ? .service : .spot,
            lotUnits: random.chance(60) ? profile.lotUnits : 1,
            tickUnits: random.chance(60) ? profile.tickUnits : 1,
            windowStart: Timestamp(start),
            windowEnd: Timestamp(isService ? start + length : 0)
        )
    }

    mutating func increments(_ id: InstrumentID) -> IncrementRule {
        let quantityIncrement = random.pick([1, 1, 2, 5] as [Int64])
        let most = max(quantityIncrement, profile.quantityReach)
        return IncrementRule(
            instrument: id,
            priceIncrement: random.pick([1, 1, 2, 5] as [Int64]) * profile.priceStep,
            quantityIncrement: quantityIncrement,
            quantityMax: random.chance(50) ? Limits.quantityMax : most
        )
    }

    mutating func fees(_ id: InstrumentID) -> FeeRule {
        let rates: [UInt32] = [0, 1, 100, 2_500, 100_000, 999_999, 1_000_000]
        let reach = random.chance(80) ? 4 : rates.count
        return FeeRule(
            instrument: id,
            makerRate: rates[random.below(reach)],
            takerRate: rates[random.below(reach)]
        )
    }

    mutating func band(_ id: InstrumentID) -> BandRule {
        if random.chance(40) { return BandRule(instrument: id, low: .none, high: .none) }
        let prices = [anyPrice(), anyPrice()].sorted()
        return BandRule(instrument: id, low: Price(prices[0]), high: Price(prices[1]))
    }

    mutating func limits() -> LimitRule {
        LimitRule(
            ordersPerAccountMax: random.chance(80)
                ? profile.ordersPerAccount : UInt32(1 + random.below(10))
        )
    }

    mutating func phaseChange(_ venue: ReferenceVenue) -> PhaseChange {
        let id = instrument()
        return PhaseChange(instrument: id, phase: random.pick(Phase.allCases))
    }
}
