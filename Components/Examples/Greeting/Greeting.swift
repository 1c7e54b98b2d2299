// Greets whoever a raw trigger names.

import Guest

func greet(_ action: TriggerAction) throws(Failure) -> [WasmResponse] {
    guard case .raw(let name) = action.data else { throw Failure("the trigger is not raw") }
    let greeting = Host.configuration("greeting") ?? "Hello"
    Host.log(.info, "greeting \(name.count) bytes")
    return [WasmResponse(payload: [UInt8](greeting.utf8) + [0x20] + name)]
}

@_expose(wasm, "run") @_cdecl("run")
func run(_ arguments: UnsafeRawPointer) -> UnsafeMutableRawPointer {
    unsafe OperatorWorld.run(arguments, greet)
}

@_expose(wasm, "cabi_post_run") @_cdecl("cabi_post_run")
func runEnded(_ result: UnsafeMutableRawPointer) { unsafe OperatorWorld.end() }
