import Cryptography
import Primitives
import Venue

// A short notation for events and commands. Orders are named by the number of their acceptance: the
// order that was accepted third is 3, in whichever slot it lives.

/// Events, one a line.
func listed(_ events: [Event]) -> String {
    events.isEmpty ? "    nothing" : events.map { "    \(notation($0))" }.joined(separator: "\n")
}

/// Commands and their times, one a line.
func listed(_ commands: some Sequence<TimedCommand>) -> String {
    commands.map { "    \($0.time.nanoseconds) \(notation($0.command))" }.joined(separator: "\n")
}

/// All events of a command in one line.
func notation(_ events: [Event]) -> String { events.map { notation($0) }.joined(separator: "; ") }

/// One event, such as `trade 5@100 maker 1 taker 2` or `1 cancelled 5@100 selfTrade`.
func notation(_ event: Event) -> String {
    switch event {
    case .refused(let refused): return "refused \(refused.refusal)"
    case .orderPlaced(let placed): return "new \(number(placed.order))"
    case .orderChanged(let change):
        var text = "\(number(change.order)) \(change.state)"
        if change.state != .filled { text += " \(change.open.lots)" }
        if change.state != .filled && change.price != .none { text += "@\(change.price.ticks)" }
        if change.reason != .matching { text += " \(change.reason)" }
        return text
    case .traded(let trade):
        var text = "trade \(trade.quantity.lots)@\(trade.price.ticks)"
        text += " maker \(number(trade.maker)) taker \(number(trade.taker))"
        if trade.buyerFee != 0 || trade.sellerFee != 0 {
            text += " fees \(trade.buyerFee)+\(trade.sellerFee)"
        }
        return text
    case .contractEnded(let end): return "contract \(end.trade.rawValue) \(end.outcome)"
    case .uncrossed(let result): return "uncrossed \(result.quantity.lots)@\(result.price.ticks)"
    case .accountOpened(let account): return "opened \(account.rawValue)"
    case .deposited(let transfer): return "deposited \(transfer.amount)"
    case .withdrawn(let transfer): return "withdrawn \(transfer.amount)"
    case .rulebookChanged(let version): return "version \(version.version)"
    case .phaseChanged(let change): return "phase \(change.phase)"
    case .filed(let filing): return "filed \(filing.kind) \(filing.digest.hex)"
    case .bondPosted(let transfer): return "bond posted \(transfer.amount)"
    case .bondReleased(let transfer): return "bond released \(transfer.amount)"
    case .penalised(let penalty): return "penalised \(penalty.account.rawValue) \(penalty.fault)"
    case .bondSlashed(let transfer): return "bond slashed \(transfer.amount)"
    }
}

private func number(_ order: OrderID) -> UInt64 { order.rawValue >> OrderID.slotBits }

/// One command.
func notation(_ command: Command) -> String {
    switch command {
    case .placeOrder(let order): notation(order)
    case .amendOrder(let amendment):
        "amend \(notation(amendment.reference)) to \(amendment.quantity.lots)"
            + "@\(amendment.price.ticks) trigger \(amendment.trigger.ticks)"
            + (amendment.keepsPriority ? " keeping priority" : "")
    case .cancelOrder(let reference): "cancel \(notation(reference))"
    case .massCancel(let scope):
        "mass cancel by \(scope.scope): account \(scope.account.rawValue) "
            + "instrument \(scope.instrument.rawValue)"
    case .advanceTime: "advance time"
    case .openAccount(let account): "open account \(account.rawValue)"
    case .deposit(let transfer): "deposit \(notation(transfer))"
    case .withdraw(let transfer): "withdraw \(notation(transfer))"
    case .defineAsset(let asset): "define asset \(asset.rawValue)"
    case .defineInstrument(let definition): "define \(plainly(definition))"
    case .setIncrements(let rule): "set \(plainly(rule))"
    case .setFees(let rule): "set \(plainly(rule))"
    case .setBand(let rule): "set \(plainly(rule))"
    case .setLimits(let rule): "set \(plainly(rule))"
    case .setPhase(let change): "instrument \(change.instrument.rawValue) to \(change.phase)"
    case .settleContract(let settlement): "settle contract \(settlement.trade.rawValue)"
    case .failContract(let trade): "fail contract \(trade.rawValue)"
    case .expireContract(let trade): "expire contract \(trade.rawValue)"
    case .file(let filing): "file \(filing.kind) \(filing.digest.hex)"
    case .postBond(let transfer): "post bond \(notation(transfer))"
    case .releaseBond(let transfer): "release bond \(notation(transfer))"
    case .penalise(let penalty):
        "penalise \(penalty.account.rawValue) for \(penalty.fault), \(penalty.evidence.hex)"
    }
}

private func notation(_ order: NewOrder) -> String {
    var text = "\(order.account.rawValue) \(order.side)s \(order.quantity.lots)"
    text += "@\(order.price.ticks) of \(order.instrument.rawValue)"
    text += " \(order.type) \(order.timeInForce)"
    if order.trigger != .none { text += " trigger \(order.trigger.ticks)" }
    if order.trail != .none { text += " trail \(order.trail.ticks)" }
    if order.display != .zero { text += " display \(order.display.lots)" }
    if order.postOnly != .off { text += " post-only \(order.postOnly)" }
    if order.selfTradePrevention != .none { text += " prevention \(order.selfTradePrevention)" }
    if order.expiresAt != .zero { text += " expires \(order.expiresAt.nanoseconds)" }
    if order.clientID != 0 { text += " client id \(order.clientID)" }
    return text
}

private func notation(_ reference: OrderReference) -> String {
    "\(number(reference.order)) (slot \(reference.order.slot), client id \(reference.clientID)) "
        + "of \(reference.account.rawValue)"
}

private func notation(_ transfer: Transfer) -> String {
    "\(transfer.amount) of asset \(transfer.asset.rawValue), account \(transfer.account.rawValue)"
}

/// A rule as Swift describes it, without the names of modules and wrapping types.
private func plainly(_ rule: some Any) -> String {
    var text = ""
    for character in String(describing: rule) {
        text.append(character)
        for noise in [
            "Primitives.", "Venue.", "InstrumentID(rawValue: ", "AssetID(rawValue: ",
            "Price(ticks: ", "Timestamp(nanoseconds: ",
        ] where text.hasSuffix(noise) {
            text.removeLast(noise.count)
        }
    }
    return text
}
