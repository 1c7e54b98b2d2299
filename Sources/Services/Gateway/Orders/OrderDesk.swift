internal import Access
internal import Follower
internal import Primitives
internal import Sequencer
internal import Synchronization
internal import Venue

/// Takes orders from all interfaces, sends them to the venue, and gives each its answer.
final class OrderDesk: Sendable {
    /// What a request about orders came to.
    typealias Answer = Result<OrderAnswer, APIError>

    private let gate: CommandGate
    private let keys: OrderKeys
    let listing: Listing
    /// The last command of each account that was answered, so that its next query can wait for it.
    private let lastCommands = Mutex<[AccountID: UInt64]>([:])
    private static let lastCommandsMax = 1 << 16

    init(_ parts: GatewayParts) {
        gate = parts.gate
        keys = parts.keys
        listing = parts.listing
    }

    /// Places an order, once for each name.
    ///
    /// - Parameters:
    ///   - order: The order; with a client id it is placed at most once in 24 hours.
    ///   - answer: Receives what became of it, when that is durable; called once unless this throws.
    /// - Throws: Why it was not placed.
    func place(
        _ order: NewOrder,
        _ answer: @escaping @Sendable (Answer) -> Void
    ) throws(APIError) {
        if order.clientID != 0 {
            switch try keys.claim(order) {
            case .fresh: break
            case .done(let result):
                return answer(.success(OrderAnswer(result: result, isRepeated: true)))
            case .inProgress:
                throw APIError(.keyInProgress, "this order is being placed; ask again")
            case .reused:
                throw APIError(.keyReused, "another order of yours has this name already")
            }
        }
        do throws(CommandRejection) {
            try gate.submit(.placeOrder(order)) { end in
                answer(self.finish(end, order))
            }
        } catch {
            if order.clientID != 0 { keys.abandon(order) }
            throw APIError(error)
        }
    }

    private func finish(_ end: CommandEnd, _ order: NewOrder) -> Answer {
        guard case .durable(let outcome) = end else {
            return .failure(Self.unknown)
        }
        var result = OrderResult(outcome)
        result.clientID = order.clientID
        if order.clientID != 0 { keys.settle(order, result) }
        note(order.account, outcome.reply.sequence)
        return .success(OrderAnswer(result: result, isRepeated: false))
    }

    /// Cancels or amends one order.
    func change(
        _ command: Command,
        _ reference: OrderReference,
        _ answer: @escaping @Sendable (Answer) -> Void
    ) throws(APIError) {
        try send(command, reference.account) { ended in
            answer(
                ended.map { outcome in
                    let named = reference.order == .none ? nil : reference.order
                    let result = OrderResult(outcome, order: named, clientID: reference.clientID)
                    return OrderAnswer(result: result, isRepeated: false)
                }
            )
        }
    }

    /// Cancels many orders; the answer has how many there were.
    func cancelMany(
        _ cancel: MassCancel,
        _ answer: @escaping @Sendable (Result<MassCancelAnswer, APIError>) -> Void
    ) throws(APIError) {
        try send(.massCancel(cancel), cancel.account) { ended in
            answer(
                ended.flatMap { outcome in
                    if let refusal = outcome.reply.refusal { return .failure(APIError(refusal)) }
                    let orders = outcome.events.compactMap { event -> OrderID? in
                        guard case .orderChanged(let changed) = event,
                            changed.reason == .massCancelled
                        else { return nil }
                        return changed.order
                    }
                    return .success(
                        MassCancelAnswer(orders: orders, sequence: outcome.reply.sequence)
                    )
                }
            )
        }
    }

    /// Sends any command on behalf of an account.
    func send(
        _ command: Command,
        _ account: AccountID,
        _ answer: @escaping @Sendable (Result<CommandOutcome, APIError>) -> Void
    ) throws(APIError) {
        do throws(CommandRejection) {
            try gate.submit(command) { end in
                guard case .durable(let outcome) = end else {
                    return answer(.failure(Self.unknown))
                }
                self.note(account, outcome.reply.sequence)
                answer(.success(outcome))
            }
        } catch {
            throw APIError(error)
        }
    }

    private static var unknown: APIError {
        APIError(
            .outcomeUnknown,
            "the venue stopped before the outcome was known; repeat the request with the same name"
        )
    }

    // MARK: Reading what was written

    private func note(_ account: AccountID, _ sequence: UInt64) {
        lastCommands.withLock { commands in
            // Forgetting only means that a query may see an older moment.
            if commands.count >= Self.lastCommandsMax, commands[account] == nil { commands = [:] }
            commands[account] = max(commands[account] ?? 0, sequence)
        }
    }

    /// The last command of an account that was answered here; 0 for none.
    func lastCommand(of account: AccountID) -> UInt64 {
        lastCommands.withLock { commands in commands[account] ?? 0 }
    }
}

/// What became of an order, and whether that was answered before.
struct OrderAnswer: Sendable {
    let result: OrderResult
    let isRepeated: Bool
}

/// What a mass cancel ended.
struct MassCancelAnswer: Sendable {
    let orders: [OrderID]
    let sequence: UInt64
}
