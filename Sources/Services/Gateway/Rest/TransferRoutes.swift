internal import Access
internal import Encoding
internal import Follower
internal import HTTP
internal import Primitives
internal import Sequencer
internal import Venue

extension Gateway {
    static let transferRoutes: [Route] = [
        Route("POST", "/api/deposits", .deposit, depositTestFunds),
        Route("POST", "/api/v1/faucet", .deposit, depositTestFunds),
        Route("GET", "/api/v1/deposits", .readOwn, listDeposits),
        Route("POST", "/api/v1/withdrawals", .requestWithdrawal, requestWithdrawal),
        Route("GET", "/api/v1/withdrawals", .readOwn, listWithdrawals),
        Route("GET", "/api/v1/withdrawals/{id}", .readOwn, showWithdrawal),
        Route("DELETE", "/api/v1/withdrawals/{id}", .requestWithdrawal, cancelWithdrawal),
        Route("POST", "/api/v1/operator/deposits", .operateVenue, creditDeposit),
        Route("GET", "/api/v1/operator/withdrawals", .approveWithdrawal, listForOperators),
        Route(
            "POST",
            "/api/v1/operator/withdrawals/{id}/approve",
            .approveWithdrawal,
            approveWithdrawal
        ),
        Route(
            "POST",
            "/api/v1/operator/withdrawals/{id}/reject",
            .approveWithdrawal,
            rejectWithdrawal
        ),
        Route(
            "POST",
            "/api/v1/operator/withdrawals/{id}/execute",
            .approveWithdrawal,
            executeWithdrawal
        ),
    ]

    // MARK: Deposits

    /// FastEx's deposit: whoever asks gives themselves test funds, where the venue allows that.
    @Sendable private static func depositTestFunds(
        _ gateway: Gateway,
        _ exchange: Exchange
    ) throws(APIError) {
        guard gateway.parts.hasTestFunds else {
            throw APIError(.disabled, "this venue has no test funds; an operator credits deposits")
        }
        let principal = try exchange.principal()
        var fields = try exchange.fields()
        let transfer = try gateway.transfer(&fields, principal.account)
        try fields.finish()
        let draft = TransferDraft(
            kind: .deposit,
            transfer: transfer,
            destination: "test funds",
            requestedBy: principal.user.description,
            key: exchange.request.headers["Idempotency-Key"]
        )
        try gateway.deposit(draft, exchange)
    }

    /// A real deposit, which an operator has seen arrive.
    @Sendable private static func creditDeposit(
        _ gateway: Gateway,
        _ exchange: Exchange
    ) throws(APIError) {
        let principal = try exchange.principal()
        var fields = try exchange.fields()
        let name = try fields.text("username")
        let reference = try fields.text("reference")
        let found = try perform { () throws(AccessError) in
            try gateway.parts.access.user(named: name)
        }
        guard let user = found else {
            throw APIError(.notFound, "there is no such user", field: "username")
        }
        let transfer = try gateway.transfer(&fields, user.account)
        try fields.finish()
        // What arrived once is credited once, whichever operator says so.
        let draft = TransferDraft(
            kind: .deposit,
            transfer: transfer,
            destination: reference,
            requestedBy: "operators",
            key: reference
        )
        try gateway.deposit(draft, exchange, executedBy: principal.user.description)
    }

    private func deposit(
        _ draft: TransferDraft,
        _ exchange: Exchange,
        executedBy: String? = nil
    ) throws(APIError) {
        let (record, isRepeated) = try parts.transfers.request(draft, state: .requested)
        if isRepeated, record.state != .requested, record.state != .failed {
            return try answerDeposit(record, exchange)
        }
        try execute(record, by: executedBy, exchange) { ended, exchange in
            do throws(APIError) {
                try self.answerDeposit(ended, exchange)
            } catch {
                exchange.fail(error)
            }
        }
    }

    /// Answers with the balance, as FastEx does; it is the venue's own, after the deposit.
    private func answerDeposit(
        _ record: TransferRecord,
        _ exchange: Exchange
    ) throws(APIError) {
        if let refusal = record.refusal { throw APIError(refusal) }
        guard record.state == .executed else {
            throw APIError(.keyInProgress, "the deposit is in work; ask again")
        }
        let listed = parts.listing.asset(record.transfer.asset)
        let user = exchange.caller?.user.description ?? ""
        parts.sequencer.read { venue in
            let balance = venue.balance(of: record.transfer.account, in: record.transfer.asset)
            exchange.answer { writer in
                writer.add("user_id", user)
                writer.add("asset", listed?.symbol ?? "")
                writer.name("available")
                writer.amount(balance.available, listed)
                writer.name("locked")
                writer.amount(balance.locked, listed)
                writer.add("deposit_id", digits: record.id)
            }
        }
    }

    // MARK: Withdrawals

    @Sendable private static func requestWithdrawal(
        _ gateway: Gateway,
        _ exchange: Exchange
    ) throws(APIError) {
        let principal = try exchange.principal()
        var fields = try exchange.fields()
        let transfer = try gateway.transfer(&fields, principal.account)
        let destination = try fields.text("destination")
        try fields.finish()
        let draft = TransferDraft(
            kind: .withdrawal,
            transfer: transfer,
            destination: destination,
            requestedBy: principal.user.description,
            key: exchange.request.headers["Idempotency-Key"]
        )
        let (record, isRepeated) = try gateway.parts.transfers.request(draft, state: .requested)
        exchange.answer(isRepeated ? 200 : 201) { writer in
            record.write(gateway.parts.listing, isForOperator: false, to: &writer)
        }
    }

    @Sendable private static func listWithdrawals(
        _ gateway: Gateway,
        _ exchange: Exchange
    ) throws(APIError) {
        try gateway.list(.withdrawal, of: exchange.principal().account, exchange)
    }

    @Sendable private static func listDeposits(
        _ gateway: Gateway,
        _ exchange: Exchange
    ) throws(APIError) {
        try gateway.list(.deposit, of: exchange.principal().account, exchange)
    }

    @Sendable private static func showWithdrawal(
        _ gateway: Gateway,
        _ exchange: Exchange
    ) throws(APIError) {
        let record = try gateway.own(exchange)
        exchange.answer { writer in
            record.write(gateway.parts.listing, isForOperator: false, to: &writer)
        }
    }

    @Sendable private static func cancelWithdrawal(
        _ gateway: Gateway,
        _ exchange: Exchange
    ) throws(APIError) {
        let record = try gateway.own(exchange)
        let moved = try gateway.parts.transfers.move(
            record.id,
            from: [.requested, .approved],
            to: .cancelled
        )
        exchange.answer { writer in
            moved.write(gateway.parts.listing, isForOperator: false, to: &writer)
        }
    }

    /// The caller's own withdrawal that a path names; somebody else's is not there.
    private func own(_ exchange: Exchange) throws(APIError) -> TransferRecord {
        let account = try exchange.principal().account
        let record = try named(exchange)
        guard record.transfer.account == account, record.kind == .withdrawal else {
            throw APIError(.notFound, "no withdrawal of yours has that number")
        }
        return record
    }

    private func named(_ exchange: Exchange) throws(APIError) -> TransferRecord {
        guard let id = Int64(exchange.parameter("id")) else {
            throw APIError(.notFound, "no withdrawal has that number")
        }
        return try parts.transfers.record(id)
    }

    // MARK: Operators

    @Sendable private static func listForOperators(
        _ gateway: Gateway,
        _ exchange: Exchange
    ) throws(APIError) {
        try gateway.list(.withdrawal, of: nil, exchange)
    }

    @Sendable private static func approveWithdrawal(
        _ gateway: Gateway,
        _ exchange: Exchange
    ) throws(APIError) {
        let operatorName = try exchange.principal().user.description
        let record = try gateway.withdrawal(exchange)
        let moved = try gateway.parts.transfers.move(
            record.id,
            from: [.requested],
            to: .approved,
            approvedBy: operatorName
        ) { before throws(APIError) in
            guard before.requestedBy != operatorName else { throw Self.secondOperator }
        }
        gateway.answer(exchange, moved)
    }

    @Sendable private static func rejectWithdrawal(
        _ gateway: Gateway,
        _ exchange: Exchange
    ) throws(APIError) {
        let record = try gateway.withdrawal(exchange)
        let moved = try gateway.parts.transfers.move(
            record.id,
            from: [.requested, .approved],
            to: .rejected,
            executedBy: exchange.principal().user.description
        )
        gateway.answer(exchange, moved)
    }

    /// The second step, by another operator than the first: the venue checks the funds, and pays.
    @Sendable private static func executeWithdrawal(
        _ gateway: Gateway,
        _ exchange: Exchange
    ) throws(APIError) {
        let operatorName = try exchange.principal().user.description
        let record = try gateway.withdrawal(exchange)
        guard record.state == .approved else {
            throw APIError(.conflict, "the withdrawal is \(record.state.rawValue)")
        }
        guard record.approvedBy != operatorName else { throw Self.secondOperator }
        try gateway.execute(record, by: operatorName, exchange) { ended, exchange in
            if let refusal = ended.refusal { return exchange.fail(APIError(refusal)) }
            gateway.answer(exchange, ended)
        }
    }

    private static var secondOperator: APIError {
        APIError(.secondOperatorNeeded, "another operator must take this step")
    }

    private func withdrawal(_ exchange: Exchange) throws(APIError) -> TransferRecord {
        let record = try named(exchange)
        try exchange.fields().finish()
        guard record.kind == .withdrawal else {
            throw APIError(.notFound, "no withdrawal has that number")
        }
        return record
    }

    private func answer(_ exchange: Exchange, _ record: TransferRecord) {
        exchange.answer { writer in
            record.write(parts.listing, isForOperator: true, to: &writer)
        }
    }

    // MARK: Shared

    /// Reads what is to be moved.
    private func transfer(
        _ fields: inout RequestFields,
        _ account: AccountID
    ) throws(APIError) -> Transfer {
        let symbol = try fields.text("asset")
        guard let asset = parts.listing.asset(symbol) else {
            throw APIError(.unknownAsset, "no asset has that symbol", field: "asset")
        }
        guard let number = try fields.decimal("amount") else {
            throw RequestFields.wrong("amount", "is missing")
        }
        guard let amount = asset.amount(number), 1...Limits.amountMax ~= amount else {
            throw APIError(
                .amountOffUnit,
                "amount must be above 0 and have at most \(asset.decimals) decimals",
                field: "amount"
            )
        }
        return Transfer(account: account, asset: asset.id, amount: amount)
    }

    /// Sends the command of a transfer, after noting durably that this is about to happen.
    private func execute(
        _ record: TransferRecord,
        by operatorName: String?,
        _ exchange: Exchange,
        _ then: @escaping @Sendable (TransferRecord, Exchange) -> Void
    ) throws(APIError) {
        let before = record.state
        let moved = try parts.transfers.move(
            record.id,
            from: [.requested, .approved, .failed],
            to: .executing,
            executedBy: operatorName,
            baseline: parts.sequencer.durableSequence
        )
        do throws(APIError) {
            try desk.send(moved.command, moved.transfer.account) { ended in
                self.workers.run {
                    do throws(APIError) {
                        let outcome = try ended.get()
                        let refusal = outcome.reply.refusal
                        let settled = try self.parts.transfers.move(
                            moved.id,
                            from: [.executing],
                            to: refusal == nil ? .executed : .refused,
                            sequence: outcome.reply.sequence,
                            refusal: refusal
                        )
                        then(settled, exchange)
                    } catch {
                        exchange.fail(error)
                    }
                }
            }
        } catch {
            // It was not queued, so nothing has happened.
            _ = try parts.transfers.move(record.id, from: [.executing], to: before)
            throw error
        }
    }

    private func list(
        _ kind: TransferKind,
        of account: AccountID?,
        _ exchange: Exchange
    ) throws(APIError) {
        var query = try exchange.query()
        let limit = try query.integer("limit", in: 1...500, standard: 100)
        let cursor = query.text("cursor")
        guard cursor == nil || Int64(cursor ?? "") != nil else {
            throw APIError(.invalidCursor, "the cursor is not one that this list gave out")
        }
        let word = query.text("status")
        let state = word.flatMap(TransferState.init(rawValue:))
        if word != nil, state == nil {
            throw RequestFields.wrong("status", "is none that is known")
        }
        try query.finish()
        let records = try parts.transfers.list(
            account: account,
            kind: kind,
            state: state,
            before: cursor.flatMap { Int64($0) },
            limit: limit
        )
        let next = records.count == limit ? records.last.map { String($0.id) } : nil
        exchange.answer { writer in
            writer.add(
                kind == .deposit ? "deposits" : "withdrawals",
                array: { writer in
                    for record in records {
                        writer.object { writer in
                            record.write(parts.listing, isForOperator: account == nil, to: &writer)
                        }
                    }
                }
            )
            writer.add("next_cursor", optional: next)
        }
    }
}
