// Asks a host over HTTP that it may not ask. The trigger's bytes are the authority, such as
// `127.0.0.1:8080`; the answer says what happened: `refused` with the number of the error code, or `status`
// with the number of the answer.

import Guest

@_extern(wasm, module: "wasi:http/types@0.2.0", name: "[constructor]fields") @_extern(c)
func fields_constructor() -> Int32

@_extern(wasm, module: "wasi:http/types@0.2.0", name: "[constructor]outgoing-request") @_extern(c)
func request_constructor(_ headers: Int32) -> Int32

@_extern(wasm, module: "wasi:http/types@0.2.0", name: "[method]outgoing-request.set-authority")
@_extern(c)
func request_set_authority(
    _ request: Int32,
    _ isGiven: Int32,
    _ text: UnsafeRawPointer?,
    _ textCount: Int
) -> Int32

@_extern(wasm, module: "wasi:http/types@0.2.0", name: "[method]outgoing-request.set-scheme")
@_extern(c)
func request_set_scheme(
    _ request: Int32,
    _ isGiven: Int32,
    _ scheme: Int32,
    _ text: UnsafeRawPointer?,
    _ textCount: Int
) -> Int32

@_extern(wasm, module: "wasi:http/outgoing-handler@0.2.0", name: "handle") @_extern(c)
func outgoing_handle(
    _ request: Int32,
    _ hasOptions: Int32,
    _ options: Int32,
    _ result: UnsafeMutableRawPointer
)

@_extern(
    wasm,
    module: "wasi:http/types@0.2.0",
    name: "[method]future-incoming-response.subscribe"
) @_extern(c)
func future_subscribe(_ future: Int32) -> Int32

@_extern(wasm, module: "wasi:http/types@0.2.0", name: "[method]future-incoming-response.get")
@_extern(c)
func future_get(_ future: Int32, _ result: UnsafeMutableRawPointer)

@_extern(wasm, module: "wasi:http/types@0.2.0", name: "[method]incoming-response.status")
@_extern(c)
func response_status(_ response: Int32) -> Int32

@_extern(wasm, module: "wasi:io/poll@0.2.0", name: "[method]pollable.block") @_extern(c)
func pollable_block(_ pollable: Int32)

/// Tries to ask the host.
///
/// - Throws: When the trigger is not raw.
func ask(_ action: TriggerAction) throws(Failure) -> [WasmResponse] {
    guard case .raw(let authority) = action.data else { throw Failure("the trigger is not raw") }
    return [WasmResponse(payload: [UInt8](unsafe answer(of: authority).utf8))]
}

/// The results have their payload at the next multiple of 8, because an error code can hold a `u64`.
@unsafe private func answer(of authority: [UInt8]) -> String {
    let area = UnsafeMutableRawPointer.allocate(byteCount: 64, alignment: 8)
    let request = request_constructor(fields_constructor())
    _ = unsafe authority.withUnsafeBytes { text in
        unsafe request_set_authority(request, 1, text.baseAddress, text.count)
    }
    _ = request_set_scheme(request, 1, 0, nil, 0)
    unsafe outgoing_handle(request, 0, 0, area)
    if unsafe area.load(as: UInt8.self) != 0 {
        return unsafe "refused \(area.load(fromByteOffset: 8, as: UInt8.self))"
    }
    let future = unsafe area.load(fromByteOffset: 8, as: Int32.self)
    pollable_block(future_subscribe(future))
    unsafe future_get(future, area)
    guard unsafe area.load(as: UInt8.self) == 1 else { return "no answer" }
    if unsafe area.load(fromByteOffset: 16, as: UInt8.self) != 0 {
        return unsafe "refused \(area.load(fromByteOffset: 24, as: UInt8.self))"
    }
    return unsafe "status \(response_status(area.load(fromByteOffset: 24, as: Int32.self)))"
}

@_expose(wasm, "run") @_cdecl("run")
func run(_ arguments: UnsafeRawPointer) -> UnsafeMutableRawPointer {
    unsafe OperatorWorld.run(arguments, ask)
}

@_expose(wasm, "cabi_post_run") @_cdecl("cabi_post_run")
func runEnded(_ result: UnsafeMutableRawPointer) { unsafe OperatorWorld.end() }
