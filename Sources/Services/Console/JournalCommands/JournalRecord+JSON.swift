import Cryptography
import Journal
import Primitives
import Venue

extension JournalRecord {
    /// The record as JSON: what it is, and every field that its kind of command has.
    var json: JSONObject {
        var json = JSONObject()
        json.add("sequence", sequence)
        json.add("time", time.nanoseconds)
        switch content {
        case .command(let command): command.add(to: &json)
        case .filed(let filing, let document):
            json.add("type", "file")
            json.add("kind", "\(filing.kind)")
            json.add("digest", filing.digest.hex)
            json.add("document", Hex.encode(document))
        case .stateHash(let hash):
            json.add("type", "stateHash")
            json.add("stateHash", hash.hex)
        }
        return json
    }
}

extension Command {
    fileprivate func add(to json: inout JSONObject) {
        switch self {
        case .placeOrder(let order): order.add(to: &json)
        case .amendOrder(let amendment): amendment.add(to: &json)
        case .cancelOrder(let reference):
            json.add("type", "cancelOrder")
            reference.add(to: &json)
        case .massCancel(let cancel): cancel.add(to: &json)
        case .advanceTime: json.add("type", "advanceTime")
        case .openAccount(let account):
            json.add("type", "openAccount")
            json.add("account", account.rawValue)
        case .deposit(let transfer): transfer.add("deposit", to: &json)
        case .withdraw(let transfer): transfer.add("withdraw", to: &json)
        case .postBond(let transfer): transfer.add("postBond", to: &json)
        case .releaseBond(let transfer): transfer.add("releaseBond", to: &json)
        case .penalise(let penalty):
            json.add("type", "penalise")
            json.add("account", penalty.account.rawValue)
            json.add("fault", "\(penalty.fault)")
            json.add("evidence", penalty.evidence.hex)
        case .settleContract(let settlement):
            Self.add("settleContract", settlement.trade, to: &json)
            json.add("certificate", settlement.certificate.hex)
        case .failContract(let trade): Self.add("failContract", trade, to: &json)
        case .expireContract(let trade): Self.add("expireContract", trade, to: &json)
        default: addRule(to: &json)
        }
    }

    private func addRule(to json: inout JSONObject) {
        switch self {
        case .defineAsset(let asset):
            json.add("type", "defineAsset")
            json.add("asset", asset.rawValue)
        case .defineInstrument(let definition): definition.add(to: &json)
        case .setIncrements(let rule):
            Self.add("setIncrements", rule.instrument, to: &json)
            json.add("priceIncrement", rule.priceIncrement)
            json.add("quantityIncrement", rule.quantityIncrement)
            json.add("quantityMax", rule.quantityMax)
        case .setFees(let rule):
            Self.add("setFees", rule.instrument, to: &json)
            json.add("makerRate", rule.makerRate)
            json.add("takerRate", rule.takerRate)
        case .setBand(let rule):
            Self.add("setBand", rule.instrument, to: &json)
            json.add("low", rule.low.ticks)
            json.add("high", rule.high.ticks)
        case .setLimits(let rule):
            json.add("type", "setLimits")
            json.add("ordersPerAccountMax", rule.ordersPerAccountMax)
        case .setPhase(let change):
            Self.add("setPhase", change.instrument, to: &json)
            json.add("phase", "\(change.phase)")
        default: preconditionFailure("every other command was handled before")
        }
    }

    private static func add(_ type: String, _ trade: TradeID, to json: inout JSONObject) {
        json.add("type", type)
        json.add("trade", trade.rawValue)
    }

    private static func add(_ type: String, _ instrument: InstrumentID, to json: inout JSONObject) {
        json.add("type", type)
        json.add("instrument", instrument.rawValue)
    }
}

extension NewOrder {
    fileprivate func add(to json: inout JSONObject) {
        json.add("type", "placeOrder")
        json.add("account", account.rawValue)
        json.add("clientID", clientID)
        json.add("instrument", instrument.rawValue)
        json.add("side", "\(side)")
        json.add("orderType", "\(type)")
        json.add("timeInForce", "\(timeInForce)")
        json.add("postOnly", "\(postOnly)")
        json.add("selfTradePrevention", "\(selfTradePrevention)")
        json.add("price", price.ticks)
        json.add("quantity", quantity.lots)
        json.add("display", display.lots)
        json.add("trigger", trigger.ticks)
        json.add("trail", trail.ticks)
        json.add("expiresAt", expiresAt.nanoseconds)
    }
}

extension OrderReference {
    fileprivate func add(to json: inout JSONObject) {
        json.add("account", account.rawValue)
        json.add("order", order.rawValue)
        json.add("clientID", clientID)
    }
}

extension OrderAmendment {
    fileprivate func add(to json: inout JSONObject) {
        json.add("type", "amendOrder")
        reference.add(to: &json)
        json.add("quantity", quantity.lots)
        json.add("price", price.ticks)
        json.add("trigger", trigger.ticks)
        json.add("keepsPriority", keepsPriority)
    }
}

extension MassCancel {
    fileprivate func add(to json: inout JSONObject) {
        json.add("type", "massCancel")
        json.add("scope", "\(scope)")
        json.add("account", account.rawValue)
        json.add("instrument", instrument.rawValue)
    }
}

extension Transfer {
    fileprivate func add(_ type: String, to json: inout JSONObject) {
        json.add("type", type)
        json.add("account", account.rawValue)
        json.add("asset", asset.rawValue)
        json.add("amount", amount)
    }
}

extension InstrumentDefinition {
    fileprivate func add(to json: inout JSONObject) {
        json.add("type", "defineInstrument")
        json.add("instrument", instrument.rawValue)
        json.add("base", base.rawValue)
        json.add("quote", quote.rawValue)
        json.add("settlement", "\(settlement)")
        json.add("lotUnits", lotUnits)
        json.add("tickUnits", tickUnits)
        json.add("windowStart", windowStart.nanoseconds)
        json.add("windowEnd", windowEnd.nanoseconds)
    }
}
