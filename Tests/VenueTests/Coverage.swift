import Primitives
import Venue

/// Which kinds of events, reasons and refusals random sessions have produced.
struct Coverage {
    private(set) var refusals: Set<Refusal> = []
    private(set) var reasons: Set<ChangeReason> = []
    private(set) var states: Set<OrderState> = []
    private(set) var outcomes: Set<ContractOutcome> = []
    private(set) var phases: Set<Phase> = []
    private(set) var eventNames: Set<String> = []

    mutating func note(_ events: [Event]) {
        for event in events {
            switch event {
            case .refused(let refused):
                refusals.insert(refused.refusal)
                eventNames.insert("refused")
            case .orderPlaced: eventNames.insert("orderPlaced")
            case .orderChanged(let change):
                states.insert(change.state)
                reasons.insert(change.reason)
                eventNames.insert("orderChanged")
            case .traded(let trade):
                eventNames.insert(trade.settlement == .spot ? "traded spot" : "traded service")
            case .contractEnded(let end):
                outcomes.insert(end.outcome)
                eventNames.insert("contractEnded")
            case .uncrossed: eventNames.insert("uncrossed")
            case .accountOpened: eventNames.insert("accountOpened")
            case .deposited: eventNames.insert("deposited")
            case .withdrawn: eventNames.insert("withdrawn")
            case .rulebookChanged: eventNames.insert("rulebookChanged")
            case .phaseChanged(let change):
                phases.insert(change.phase)
                eventNames.insert("phaseChanged")
            case .filed: eventNames.insert("filed")
            case .bondPosted: eventNames.insert("bondPosted")
            case .bondReleased: eventNames.insert("bondReleased")
            case .penalised: eventNames.insert("penalised")
            case .bondSlashed: eventNames.insert("bondSlashed")
            }
        }
    }

    /// Every kind of event.
    static let allEventNames: Set<String> = [
        "refused", "orderPlaced", "orderChanged", "traded spot", "traded service", "contractEnded",
        "uncrossed", "accountOpened", "deposited", "withdrawn", "rulebookChanged", "phaseChanged",
        "bondPosted", "bondReleased", "penalised", "bondSlashed",
    ]
}
