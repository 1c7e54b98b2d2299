// Opens and reads a file that it was not given. The trigger's bytes are the path; the answer says what
// happened: `no directory`, `refused` with the number of the error code, or `read` with the content.

import Guest

@_extern(wasm, module: "wasi:filesystem/preopens@0.2.0", name: "get-directories") @_extern(c)
func get_directories(_ result: UnsafeMutableRawPointer)

@_extern(wasm, module: "wasi:filesystem/types@0.2.0", name: "[method]descriptor.open-at")
@_extern(c)
func descriptor_open_at(
    _ directory: Int32,
    _ pathFlags: Int32,
    _ path: UnsafeRawPointer?,
    _ pathCount: Int,
    _ openFlags: Int32,
    _ flags: Int32,
    _ result: UnsafeMutableRawPointer
)

@_extern(wasm, module: "wasi:filesystem/types@0.2.0", name: "[method]descriptor.read") @_extern(c)
func descriptor_read(
    _ file: Int32,
    _ count: UInt64,
    _ offset: UInt64,
    _ result: UnsafeMutableRawPointer
)

/// Tries to read the file.
///
/// - Throws: When the trigger is not raw.
func read(_ action: TriggerAction) throws(Failure) -> [WasmResponse] {
    guard case .raw(let path) = action.data else { throw Failure("the trigger is not raw") }
    return [WasmResponse(payload: unsafe content(of: path))]
}

@unsafe private func content(of path: [UInt8]) -> [UInt8] {
    let area = UnsafeMutableRawPointer.allocate(byteCount: 32, alignment: 8)
    unsafe get_directories(area)
    guard unsafe area.load(fromByteOffset: 4, as: Int.self) > 0 else {
        return [UInt8]("no directory".utf8)
    }
    let directory = unsafe area.load(as: UnsafeRawPointer.self).load(as: Int32.self)
    unsafe path.withUnsafeBytes { path in
        unsafe descriptor_open_at(directory, 1, path.baseAddress, path.count, 0, 1, area)
    }
    if unsafe area.load(as: UInt8.self) != 0 {
        return unsafe [UInt8]("refused \(area.load(fromByteOffset: 4, as: UInt8.self))".utf8)
    }
    unsafe descriptor_read(area.load(fromByteOffset: 4, as: Int32.self), 4096, 0, area)
    if unsafe area.load(as: UInt8.self) != 0 {
        return unsafe [UInt8]("refused \(area.load(fromByteOffset: 4, as: UInt8.self))".utf8)
    }
    let bytes = unsafe UnsafeRawBufferPointer(
        start: area.load(fromByteOffset: 4, as: UnsafeRawPointer?.self),
        count: area.load(fromByteOffset: 8, as: Int.self)
    )
    return unsafe [UInt8]("read ".utf8) + [UInt8](bytes)
}

@_expose(wasm, "run") @_cdecl("run")
func run(_ arguments: UnsafeRawPointer) -> UnsafeMutableRawPointer {
    unsafe OperatorWorld.run(arguments, read)
}

@_expose(wasm, "cabi_post_run") @_cdecl("cabi_post_run")
func runEnded(_ result: UnsafeMutableRawPointer) { unsafe OperatorWorld.end() }
