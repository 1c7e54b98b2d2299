/// One result of an operator's component (`wasm-response` of `wavs:operator/output`).
public struct WasmResponse: Equatable, Sendable {
    /// What the operators sign.
    public var payload: [UInt8]
    /// The place among the service's results, for managers that ask for an order.
    public var ordering: UInt64?
    /// What makes the event id unique; the trigger's data without it.
    public var eventIDSalt: [UInt8]?

    /// Makes a response.
    public init(payload: [UInt8], ordering: UInt64? = nil, eventIDSalt: [UInt8]? = nil) {
        self.payload = payload
        self.ordering = ordering
        self.eventIDSalt = eventIDSalt
    }
}

/// What an aggregator's component is asked about (`aggregator-input`).
public struct AggregatorInput: Equatable, Sendable {
    /// What the operators worked on.
    public var triggerAction: TriggerAction
    /// What they found.
    public var operatorResponse: WasmResponse

    /// Makes an input.
    public init(triggerAction: TriggerAction, operatorResponse: WasmResponse) {
        self.triggerAction = triggerAction
        self.operatorResponse = operatorResponse
    }
}

/// What an aggregator's component wants done (`aggregator-action`).
public enum AggregatorAction: Equatable, Sendable {
    /// To be called again after some seconds.
    case timer(delaySeconds: UInt64)
    /// The signed results to be submitted.
    case submit(SubmitAction)
}

/// Where signed results go (`submit-action`); a price of gas is in the chain's smallest unit.
public enum SubmitAction: Equatable, Hashable, Sendable {
    /// To a contract on a chain of Ethereum's kind.
    case evm(chain: String, address: EVMAddress, gasPrice: UInt128?)
    /// To a contract on a Cosmos chain.
    case cosmos(chain: String, bech32: String, prefixCount: UInt32, gasPrice: UInt128?)
}

/// How a submission ended: the transaction's hash, or what went wrong.
public enum SubmissionResult: Equatable, Sendable {
    /// The chain took it.
    case accepted(TransactionHash)
    /// It failed, in words.
    case failed(String)
}

/// How important a line of the log is (`log-level`).
public enum LogLevel: Int, Equatable, Comparable, Sendable, CaseIterable {
    /// Something failed.
    case error
    /// Something is odd.
    case warn
    /// What happens.
    case info
    /// Details for whoever looks for a fault.
    case debug
    /// Everything.
    case trace

    /// The level's name in the interface.
    public var name: String {
        switch self {
        case .error: "error"
        case .warn: "warn"
        case .info: "info"
        case .debug: "debug"
        case .trace: "trace"
        }
    }

    /// Whether the first is more important.
    public static func < (left: LogLevel, right: LogLevel) -> Bool {
        left.rawValue < right.rawValue
    }
}
