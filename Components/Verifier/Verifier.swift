// The verifier of bundles as a WebAssembly module: a counterparty checks a bundle in a browser, or wherever it
// likes, with the same code as on the command line. The module imports nothing, so it can reach nothing.
//
// The host allocates memory here, writes bundle and trust file into it, and reads the verdict:
//
//     allocate(count) -> address     memory that the host may write, until it is released
//     release(address)               gives memory back
//     verify(bundle, bundleCount, trust, trustCount) -> address
//                                    checks the bundle; the answer is memory that the host must release:
//                                    4 bytes, little-endian, say how many bytes of JSON follow
//
// The JSON is the one that `parallax verify --json` prints; docs/bundle.md describes it.

import Verification

@_expose(wasm, "allocate") @_cdecl("allocate")
func allocate(_ count: Int) -> UnsafeMutableRawPointer {
    .allocate(byteCount: max(count, 1), alignment: 16)
}

@_expose(wasm, "release") @_cdecl("release")
func release(_ address: UnsafeMutableRawPointer) { unsafe address.deallocate() }

@_expose(wasm, "verify") @_cdecl("verify")
func verify(
    _ bundle: UnsafeRawPointer,
    _ bundleCount: Int,
    _ trust: UnsafeRawPointer,
    _ trustCount: Int
) -> UnsafeMutableRawPointer {
    let json = unsafe Verification.verify(
        bundle: [UInt8](UnsafeRawBufferPointer(start: bundle, count: bundleCount)),
        trust: [UInt8](UnsafeRawBufferPointer(start: trust, count: trustCount))
    )
    let answer = unsafe allocate(4 + json.count)
    unsafe answer.storeBytes(of: UInt32(json.count).littleEndian, as: UInt32.self)
    unsafe json.withUnsafeBytes { bytes in
        unsafe UnsafeMutableRawBufferPointer(start: answer + 4, count: bytes.count)
            .copyMemory(from: bytes)
    }
    return unsafe answer
}
