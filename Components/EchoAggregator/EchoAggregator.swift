// The smallest aggregator: it has every result submitted at once, where the settings of the component in the
// service's description say: `chain`, such as `evm:31337`, and `address`, 40 hexadecimal digits.

import Cryptography
import Guest

/// Has the result submitted.
///
/// - Throws: When a setting is missing, or the address is none.
func submit(_ input: AggregatorInput) throws(Failure) -> [AggregatorAction] {
    guard let chain = Host.configuration("chain") else {
        throw Failure("the component has no setting chain")
    }
    guard let text = Host.configuration("address") else {
        throw Failure("the component has no setting address")
    }
    let address = try address(text)
    return [.submit(.evm(chain: chain, address: address, gasPrice: nil))]
}

private func address(_ text: String) throws(Failure) -> EVMAddress {
    let bytes: [UInt8]
    do throws(Hex.DecodingError) {
        bytes = try Hex.decode(text)
    } catch {
        throw Failure("the setting address is not hexadecimal")
    }
    guard bytes.count == 20 else { throw Failure("the setting address has not 20 bytes") }
    return EVMAddress(bytes: bytes)
}

@_expose(wasm, "process-input") @_cdecl("process_input")
func processInput(_ arguments: UnsafeRawPointer) -> UnsafeMutableRawPointer {
    unsafe AggregatorWorld.process(arguments, submit)
}

@_expose(wasm, "handle-timer-callback") @_cdecl("handle_timer_callback")
func handleTimerCallback(_ arguments: UnsafeRawPointer) -> UnsafeMutableRawPointer {
    unsafe AggregatorWorld.process(arguments, submit)
}

@_expose(wasm, "handle-submit-callback") @_cdecl("handle_submit_callback")
func handleSubmitCallback(_ arguments: UnsafeRawPointer) -> UnsafeMutableRawPointer {
    unsafe AggregatorWorld.submitted(arguments) { (input, result) throws(Failure) in
        switch result {
        case .accepted: Host.log(.info, "submitted \(input.operatorResponse.payload.count) bytes")
        case .failed(let reason): Host.log(.warn, "not submitted: \(reason)")
        }
    }
}

@_expose(wasm, "cabi_post_process-input") @_cdecl("cabi_post_process_input")
func processInputEnded(_ result: UnsafeMutableRawPointer) { unsafe AggregatorWorld.end() }

@_expose(wasm, "cabi_post_handle-timer-callback") @_cdecl("cabi_post_handle_timer_callback")
func handleTimerCallbackEnded(_ result: UnsafeMutableRawPointer) { unsafe AggregatorWorld.end() }

@_expose(wasm, "cabi_post_handle-submit-callback") @_cdecl("cabi_post_handle_submit_callback")
func handleSubmitCallbackEnded(_ result: UnsafeMutableRawPointer) { unsafe AggregatorWorld.end() }
