public import Venue

/// What can be wrong with a request, by a code that never changes its meaning; `docs/api.md` has the table.
///
/// Refusals of the venue and of the sign-in have codes of their own: `Refusal.code` and `AccessRefusal`.
public enum ErrorCode: String, CaseIterable, Sendable {
    /// The body is no JSON, or two readers could take it in two ways.
    case invalidJSON = "invalid_json"
    /// The message of a call is no good Protocol Buffers, or not the one that the method takes.
    case invalidMessage = "invalid_message"
    /// A member or parameter is missing or has the wrong form; `details.field` names it.
    case invalidRequest = "invalid_request"
    /// A member or parameter is not known; `details.field` names it.
    case unknownField = "unknown_field"
    /// No instrument has that symbol.
    case unknownInstrument = "unknown_instrument"
    /// No asset has that symbol.
    case unknownAsset = "unknown_asset"
    /// The price is no whole number of ticks.
    case priceOffTick = "price_off_tick"
    /// The quantity is no whole number of lots.
    case quantityOffLot = "quantity_off_lot"
    /// The amount is no whole number of the asset's smallest units.
    case amountOffUnit = "amount_off_unit"
    /// The cursor is not one that this list gave out.
    case invalidCursor = "invalid_cursor"
    /// Nothing has that path or name, or it is not the caller's.
    case notFound = "not_found"
    /// The path has other methods.
    case methodNotAllowed = "method_not_allowed"
    /// The body is not of the type that the path takes.
    case unsupportedMediaType = "unsupported_media_type"
    /// The key was used before for another request.
    case keyReused = "idempotency_key_reused"
    /// A request with that key is in work; ask again.
    case keyInProgress = "idempotency_key_in_progress"
    /// What is asked does not fit the state, such as approving a withdrawal twice.
    case conflict
    /// Two different operators must act.
    case secondOperatorNeeded = "second_operator_needed"
    /// The venue does not do this, by its configuration.
    case disabled
    /// Too many requests wait; nothing happened.
    case busy
    /// What is asked for is not ready yet, such as the proof of a trade of the last second.
    case notReady = "not_ready"
    /// Something that is needed is away; nothing happened.
    case unavailable
    /// The venue stops; nothing happened.
    case stopping
    /// The venue's journal failed before the outcome was known; ask again with the same key.
    case outcomeUnknown = "outcome_unknown"
    /// A fault of the venue.
    case internalError = "internal_error"

    /// The status of HTTP that goes with the code.
    public var status: Int {
        switch self {
        case .invalidJSON, .invalidMessage, .invalidRequest, .unknownField, .priceOffTick,
            .quantityOffLot, .amountOffUnit, .invalidCursor:
            400
        case .disabled, .secondOperatorNeeded: 403
        case .unknownInstrument, .unknownAsset, .notFound: 404
        case .methodNotAllowed: 405
        case .conflict, .keyReused, .keyInProgress: 409
        case .unsupportedMediaType: 415
        case .busy: 429
        case .internalError: 500
        case .notReady, .unavailable, .stopping, .outcomeUnknown: 503
        }
    }
}

extension Refusal {
    /// The stable code of the refusal.
    public var code: String {
        switch self {
        case .unknownAccount: "unknown_account"
        case .reservedAccount: "reserved_account"
        case .unknownAsset: "unknown_asset"
        case .unknownInstrument: "unknown_instrument"
        case .unknownOrder: "unknown_order"
        case .unknownContract: "unknown_contract"
        case .accountExists: "account_exists"
        case .assetExists: "asset_exists"
        case .instrumentExists: "instrument_exists"
        case .instrumentClosed: "instrument_closed"
        case .instrumentHalted: "instrument_halted"
        case .illegalPhaseChange: "illegal_phase_change"
        case .contractEnded: "contract_ended"
        case .contractWindowOpen: "contract_window_open"
        case .evidenceUsed: "evidence_used"
        case .invalidRule: "invalid_rule"
        case .invalidOrder: "invalid_order"
        case .notInThisPhase: "not_in_this_phase"
        case .invalidQuantity: "invalid_quantity"
        case .quantityOffIncrement: "quantity_off_increment"
        case .invalidDisplay: "invalid_display"
        case .invalidPrice: "invalid_price"
        case .priceOffIncrement: "price_off_increment"
        case .priceOutsideBand: "price_outside_band"
        case .invalidTrigger: "invalid_trigger"
        case .invalidTrail: "invalid_trail"
        case .invalidExpiry: "invalid_expiry"
        case .invalidAmount: "invalid_amount"
        case .wouldLosePriority: "would_lose_priority"
        case .duplicateClientID: "duplicate_client_order_id"
        case .tooManyOrders: "too_many_orders"
        case .tooManyTrailingStops: "too_many_trailing_stops"
        case .venueFull: "venue_full"
        case .insufficientFunds: "insufficient_funds"
        case .insufficientBond: "insufficient_bond"
        case .wouldTake: "would_take"
        }
    }

    /// What the refusal means, for people.
    public var message: String {
        switch self {
        case .unknownAccount: "the account was never opened"
        case .reservedAccount: "the account belongs to the house"
        case .unknownAsset: "the asset was never defined"
        case .unknownInstrument: "the instrument was never defined"
        case .unknownOrder: "no live order of yours has that name"
        case .unknownContract: "no contract has that number"
        case .accountExists: "the account exists already"
        case .assetExists: "the asset exists already"
        case .instrumentExists: "the instrument exists already"
        case .instrumentClosed: "the instrument is closed"
        case .instrumentHalted: "trading in the instrument is halted"
        case .illegalPhaseChange: "the instrument cannot go from its phase to that one"
        case .contractEnded: "the contract has ended"
        case .contractWindowOpen: "the contract's window has not ended"
        case .evidenceUsed: "there was a penalty for this evidence before"
        case .invalidRule: "a number is outside its range"
        case .invalidOrder: "the order's fields do not go together"
        case .notInThisPhase: "the phase of trading takes no such order"
        case .invalidQuantity: "the quantity is outside what the instrument allows"
        case .quantityOffIncrement: "the quantity is no multiple of the instrument's increment"
        case .invalidDisplay: "the displayed quantity does not go with the order"
        case .invalidPrice: "the price is outside what the venue allows"
        case .priceOffIncrement: "the price is no multiple of the instrument's increment"
        case .priceOutsideBand: "the price is outside the instrument's band"
        case .invalidTrigger: "the trigger price is out of range or off the increment"
        case .invalidTrail: "the trailing distance is out of range or off the increment"
        case .invalidExpiry: "the expiry is missing, superfluous, or not in the future"
        case .invalidAmount: "the amount is not above 0, or larger than the venue can hold"
        case .wouldLosePriority: "the amendment would cost the order its priority"
        case .duplicateClientID: "a live order of yours has this client order id"
        case .tooManyOrders: "you have as many live orders as you may"
        case .tooManyTrailingStops: "the instrument has as many trailing stops as it may"
        case .venueFull: "the venue is full"
        case .insufficientFunds: "there is not that much available"
        case .insufficientBond: "the bond is smaller than that"
        case .wouldTake: "the order must not take, and would"
        }
    }

    /// The status of HTTP that goes with the refusal.
    var status: Int {
        switch self {
        case .unknownAccount, .unknownAsset, .unknownInstrument, .unknownOrder, .unknownContract:
            404
        case .accountExists, .assetExists, .instrumentExists, .duplicateClientID, .contractEnded,
            .contractWindowOpen, .evidenceUsed, .illegalPhaseChange, .instrumentClosed,
            .instrumentHalted, .notInThisPhase:
            409
        case .venueFull: 503
        default: 422
        }
    }
}
