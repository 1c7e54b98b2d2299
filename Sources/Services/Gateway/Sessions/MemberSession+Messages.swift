internal import Access
internal import Encoding
internal import Follower
internal import MarketData
internal import Primitives
internal import Venue

extension MemberSession {
    /// Does what a message says.
    func handle(_ name: MessageName, _ fields: inout RequestFields) throws(APIError) {
        switch name.operation {
        case "ping":
            try fields.finish()
            send("pong", name) { _ in }
        case "auth": try signIn(name, &fields)
        case "subscribe": try subscribe(name, &fields)
        case "unsubscribe": try unsubscribe(name, &fields)
        case "order": try place(name, &fields)
        case "cancel": try cancel(name, &fields)
        case "amend": try amend(name, &fields)
        case "mass_cancel": try cancelMany(name, &fields)
        default: throw RequestFields.wrong("type", "is none that is known")
        }
    }

    // MARK: Who it is

    private func signIn(
        _ name: MessageName,
        _ fields: inout RequestFields
    ) throws(APIError) {
        let token = try fields.text("token", bytesMax: 4_096)
        let isGuarded = try fields.flag("cancel_on_disconnect")
        try fields.finish()
        let principal = try authenticate(
            .bearer(token, NetworkAddress(address)),
            isGuarded: isGuarded
        )
        send("ack", name) { writer in
            writer.add("user_id", principal.user.description)
            writer.add("cancel_on_disconnect", isGuarded)
        }
    }

    // MARK: Channels

    private func subscribe(
        _ name: MessageName,
        _ fields: inout RequestFields
    ) throws(APIError) {
        let channel = try channel(&fields)
        // The acknowledgement goes first, so that the state stands behind it.
        send("ack", name) { _ in }
        switch gateway.channels.subscribe(self, to: channel) {
        case .subscribed: return
        case .unknownInstrument:
            throw APIError(.notReady, "the instrument is not open for data yet; try again")
        case .tooMany: throw APIError(.conflict, "the session has as many channels as it may")
        }
    }

    private func unsubscribe(
        _ name: MessageName,
        _ fields: inout RequestFields
    ) throws(APIError) {
        gateway.channels.unsubscribe(self, from: try channel(&fields))
        send("ack", name) { _ in }
    }

    /// The channel that a message names.
    private func channel(_ fields: inout RequestFields) throws(APIError) -> MarketChannel {
        try gateway.channel(&fields) { () throws(APIError) in
            try principal(for: .readOwn).account
        }
    }

    // MARK: Orders

    private func place(
        _ name: MessageName,
        _ fields: inout RequestFields
    ) throws(APIError) {
        let principal = try principal(for: .placeOrder)
        let request = OrderRequest(listing: gateway.parts.listing, account: principal.account)
        var order = try request.newOrder(&fields, typeName: "order_type")
        let key = try fields.optionalText("idempotency_key")
        try fields.finish()
        if let key { try Gateway.name(&order, by: key) }
        try gateway.desk.place(order) { answer in self.send(answer, name, principal) }
    }

    private func cancel(
        _ name: MessageName,
        _ fields: inout RequestFields
    ) throws(APIError) {
        let principal = try principal(for: .cancelOrder)
        let request = OrderRequest(listing: gateway.parts.listing, account: principal.account)
        let reference = try request.reference(&fields)
        fields.ignore("instrument")
        try fields.finish()
        try gateway.desk.change(.cancelOrder(reference), reference) { answer in
            self.send(answer, name, principal)
        }
    }

    private func amend(
        _ name: MessageName,
        _ fields: inout RequestFields
    ) throws(APIError) {
        let principal = try principal(for: .placeOrder)
        let request = OrderRequest(listing: gateway.parts.listing, account: principal.account)
        let reference = try request.reference(&fields)
        let amendment = try request.amendment(reference, &fields)
        try fields.finish()
        try gateway.desk.change(.amendOrder(amendment), reference) { answer in
            self.send(answer, name, principal)
        }
    }

    private func cancelMany(
        _ name: MessageName,
        _ fields: inout RequestFields
    ) throws(APIError) {
        let principal = try principal(for: .cancelOrder)
        let request = OrderRequest(listing: gateway.parts.listing, account: principal.account)
        let cancel = try request.massCancel(symbol: fields.optionalText("instrument"))
        try fields.finish()
        try gateway.desk.cancelMany(cancel) { answer in
            switch answer {
            case .failure(let error): self.send(error, for: name)
            case .success(let answer):
                self.send("ack", name) { writer in answer.write(to: &writer) }
            }
        }
    }

    private func send(
        _ answer: OrderDesk.Answer,
        _ name: MessageName,
        _ principal: Principal
    ) {
        switch answer {
        case .failure(let error): send(error, for: name)
        case .success(let answer):
            if let refusal = answer.result.refusal { return send(APIError(refusal), for: name) }
            let user = principal.user.description
            send("ack", name) { writer in
                writer.add("repeated", answer.isRepeated)
                answer.result.write(gateway.parts.listing, user: user, to: &writer)
            }
        }
    }
}
