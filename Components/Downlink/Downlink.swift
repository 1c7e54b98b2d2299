// The check of the claim `downlink_completed` as a service: a satellite's data reached a ground station.
//
// The trigger's bytes are the provider's report with the observer's own station and element set, in canonical
// JSON (`DownlinkInput`); the one response is the verdict with its figures, in canonical JSON too. It calls
// nothing of the host, so every observer with the same input signs the same bytes.

import Guest
import Orbit

/// Checks a claim.
///
/// - Throws: When the trigger is not raw. A claim that is wrong or malformed is answered, not thrown.
func check(_ action: TriggerAction) throws(Failure) -> [WasmResponse] {
    guard case .raw(let input) = action.data else {
        throw Failure("a claim comes with a raw trigger")
    }
    return [WasmResponse(payload: DownlinkCheck.answer(to: input))]
}

@_expose(wasm, "run") @_cdecl("run")
func run(_ arguments: UnsafeRawPointer) -> UnsafeMutableRawPointer {
    unsafe OperatorWorld.run(arguments, check)
}

@_expose(wasm, "cabi_post_run") @_cdecl("cabi_post_run")
func runEnded(_ result: UnsafeMutableRawPointer) { unsafe OperatorWorld.end() }
