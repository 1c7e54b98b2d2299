import Primitives
import Venue

/// Amending and cancelling.
extension ReferenceVenue {
    func cancel(_ reference: OrderReference) {
        guard accounts.contains(reference.account.rawValue) else {
            return refuse(.unknownAccount, reference)
        }
        guard let order = find(reference) else { return refuse(.unknownOrder, reference) }
        end(order, .cancelled, .cancelled)
    }

    func massCancel(_ command: MassCancel) {
        let namesAccount = command.scope != .instrument
        let namesInstrument = command.scope != .account
        let account = namesAccount ? command.account : .clearingHouse
        if namesAccount && !accounts.contains(command.account.rawValue) {
            return refuse(.unknownAccount, account: account)
        }
        if namesInstrument && instrument(command.instrument) == nil {
            return refuse(.unknownInstrument, account: account)
        }
        let named: [ReferenceOrder] =
            switch command.scope {
            case .account: orders.filter { $0.placed.account == command.account }
            case .instrument: instrumentOrder(command.instrument)
            case .accountOnInstrument:
                orders.filter {
                    $0.placed.account == command.account
                        && $0.placed.instrument == command.instrument
                }
            }
        for order in named { end(order, .cancelled, .massCancelled) }
    }

    func amend(_ amendment: OrderAmendment) {
        let reference = amendment.reference
        guard accounts.contains(reference.account.rawValue) else {
            return refuse(.unknownAccount, reference)
        }
        guard let order = find(reference) else { return refuse(.unknownOrder, reference) }
        if let refusal = termsRefusal(amendment, order) { return refuse(refusal, reference) }

        let quantity = amendment.quantity.lots
        var price = amendment.price == .none ? order.price : amendment.price.ticks
        let trigger = amendment.trigger == .none ? order.trigger : amendment.trigger.ticks
        let onlyQuantity = price == order.price && trigger == order.trigger
        if onlyQuantity && quantity < order.open { return reduce(order, to: quantity) }
        if amendment.keepsPriority { return refuse(.wouldLosePriority, reference) }

        let wouldTake =
            order.placed.postOnly != .off && order.place == .book
            && takes(order.placed, price: price)
        if wouldTake && order.placed.postOnly == .reprice {
            guard let moved = priceThatRests(order.placed) else {
                return refuse(.wouldTake, reference)
            }
            price = moved
        }
        let hold =
            order.isPriceless
            ? 0
            : requiredHold(
                order.placed,
                price: price,
                quantity: quantity,
                rate: max(order.makerRate, order.takerRate)
            )
        if hold - order.held > available(to: order.placed) {
            return refuse(.insufficientFunds, reference)
        }
        if wouldTake && order.placed.postOnly == .reject { return refuse(.wouldTake, reference) }

        order.open = quantity
        order.price = price
        order.trigger = trigger
        setHold(of: order, to: hold)
        restart(order)
    }

    /// Makes an order smaller where it stands.
    private func reduce(_ order: ReferenceOrder, to quantity: Int64) {
        order.open = quantity
        order.visible = min(order.visible, quantity)
        refreshHold(order)
        report(order, order.state, .amended)
    }

    /// Sends an order with new terms on its way again.
    private func restart(_ order: ReferenceOrder) {
        if order.place == .book {
            report(order, order.state, .amended)
            return restOrMatch(order)
        }
        join(order, .waiting)
        report(order, .pendingTrigger, .amended)
        if triggersNow(order) { trigger(order) }
    }

    private func termsRefusal(
        _ amendment: OrderAmendment,
        _ order: ReferenceOrder
    ) -> Refusal? {
        let instrument = known(order.placed.instrument)
        if let refusal = tradingRefusal(instrument) { return refusal }
        let hasTrigger = order.isWaiting && order.placed.type != .trailingStop
        if amendment.trigger != .none && !hasTrigger { return .invalidOrder }
        if amendment.price != .none && order.isPriceless { return .invalidOrder }
        let quantity = amendment.quantity.lots
        if quantity > Limits.quantityMax - order.filled { return .invalidQuantity }
        if let refusal = quantityRefusal(quantity, instrument) { return refusal }
        let display = order.placed.display.lots
        if quantity > order.open && hasTooManyParts(quantity, display: display) {
            return .invalidDisplay
        }
        if amendment.price != .none {
            if let refusal = priceRefusal(amendment.price.ticks, instrument) { return refusal }
        }
        if amendment.trigger != .none && !isValid(amendment.trigger.ticks, instrument) {
            return .invalidTrigger
        }
        return nil
    }

    private func find(_ reference: OrderReference) -> ReferenceOrder? {
        let own = orders.filter { $0.placed.account == reference.account }
        if reference.order != .none { return own.first { $0.id == reference.order } }
        if reference.clientID == 0 { return nil }
        return own.first { $0.placed.clientID == reference.clientID }
    }

    private func refuse(_ refusal: Refusal, _ reference: OrderReference) {
        refuse(
            refusal,
            account: reference.account,
            clientID: reference.clientID,
            order: reference.order
        )
    }
}
