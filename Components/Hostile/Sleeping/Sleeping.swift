// Sleeps for an hour in the host, where no limit on instructions counts.

import Guest

@_extern(wasm, module: "wasi:clocks/monotonic-clock@0.2.0", name: "subscribe-duration") @_extern(c)
func subscribe_duration(_ nanoseconds: UInt64) -> Int32

@_extern(wasm, module: "wasi:io/poll@0.2.0", name: "[method]pollable.block") @_extern(c)
func pollable_block(_ pollable: Int32)

/// Answers after an hour.
func sleep(_ action: TriggerAction) throws(Failure) -> [WasmResponse] {
    pollable_block(subscribe_duration(3_600_000_000_000))
    return [WasmResponse(payload: [UInt8]("awake".utf8))]
}

@_expose(wasm, "run") @_cdecl("run")
func run(_ arguments: UnsafeRawPointer) -> UnsafeMutableRawPointer {
    unsafe OperatorWorld.run(arguments, sleep)
}

@_expose(wasm, "cabi_post_run") @_cdecl("cabi_post_run")
func runEnded(_ result: UnsafeMutableRawPointer) { unsafe OperatorWorld.end() }
