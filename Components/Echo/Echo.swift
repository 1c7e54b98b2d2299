// The smallest service: it answers with the bytes of its trigger. A new service starts as a copy of it.
//
// It shows the whole border: the input, the result, a refusal with a reason, a setting of the service's
// description (`prefix`, put before the answer) and the log.

import Guest

/// Returns the bytes that came with a raw trigger, or a line of text that says which other trigger it was.
///
/// - Throws: When `fail` is among the component's settings: its value is the reason.
func echo(_ action: TriggerAction) throws(Failure) -> [WasmResponse] {
    if let reason = Host.configuration("fail") { throw Failure(reason) }
    let bytes: [UInt8] =
        switch action.data {
        case .raw(let bytes): bytes
        case .evmContractEvent(_, let log): log.data
        case .cosmosContractEvent(_, _, let event, _, _): [UInt8](event.type.utf8)
        case .blockInterval(let chain, let height): [UInt8]("\(chain) \(height)".utf8)
        case .cron(let nanoseconds): [UInt8]("\(nanoseconds)".utf8)
        case .atprotoEvent(let event): [UInt8]((event.record ?? event.recordKey).utf8)
        case .hypercoreAppend(_, _, let data): data
        }
    Host.log(.info, "echo of \(bytes.count) bytes for \(action.configuration.workflowID)")
    let prefix = Host.configuration("prefix") ?? ""
    return [WasmResponse(payload: [UInt8](prefix.utf8) + bytes)]
}

@_expose(wasm, "run") @_cdecl("run")
func run(_ arguments: UnsafeRawPointer) -> UnsafeMutableRawPointer {
    unsafe OperatorWorld.run(arguments, echo)
}

@_expose(wasm, "cabi_post_run") @_cdecl("cabi_post_run")
func runEnded(_ result: UnsafeMutableRawPointer) { unsafe OperatorWorld.end() }
