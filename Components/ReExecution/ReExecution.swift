// The venue as a WebAssembly module: an observer that does not trust the venue applies the journal's
// commands itself, in a sandbox, and compares the state hash.
//
// The host allocates memory here, writes commands into it and has them applied:
//
//     allocate(count) -> address     memory that the host may write; it is never given back
//     apply(address, count) -> i32   applies encoded commands one after the other; see `Outcome`
//     sequence() -> i64              how many commands were applied
//     trades() -> i64                how many trades they led to
//     hash(address)                  writes the 32 bytes of the state hash
//
// An encoded command is, little-endian and without padding:
//
//     offset  size
//     0       8     time in nanoseconds
//     8       2     type of the command
//     10      2     size n of the payload
//     12      n     payload, as `Command+Coding.swift` defines it

import Cryptography
import Primitives
import Venue

/// What `apply` answers.
///
/// The commands before a bad one have been applied.
enum Outcome: Int32 {
    /// All commands were applied.
    case applied = 0
    /// The bytes end inside a command.
    case truncated = 1
    /// A payload is not what its type demands.
    case undecodable = 2
}

/// The one venue of this instance and the buffer for its events.
struct ReExecution: ~Copyable {
    var venue = Venue(ordersCapacity: 1 << 10)
    var events = EventBuffer(capacity: 64)

    mutating func apply(_ bytes: UnsafeRawBufferPointer) -> Outcome {
        var rest = unsafe ByteReader(bytes)
        do throws(ByteReaderError) {
            while rest.remaining > 0 {
                let time: UInt64 = try rest.read()
                let typeNumber: UInt16 = try rest.read()
                let size: UInt16 = try rest.read()
                let payload = try unsafe rest.read(count: Int(size))
                guard unsafe apply(typeNumber, payload, at: Timestamp(time)) else {
                    return .undecodable
                }
            }
            return .applied
        } catch {
            return .truncated
        }
    }

    private mutating func apply(
        _ typeNumber: UInt16,
        _ payload: UnsafeRawBufferPointer,
        at time: Timestamp
    ) -> Bool {
        do throws(CommandDecodingError) {
            let command = try unsafe Command(typeNumber: typeNumber, payload: payload)
            events.removeAll()
            venue.apply(command, sequence: venue.sequence + 1, time: time, into: &events)
            return true
        } catch {
            return false
        }
    }
}

/// A module has one instance and one thread: its exported functions are the only ones that come here.
nonisolated(unsafe) private var instance = ReExecution()

@_expose(wasm, "allocate") @_cdecl("allocate")
func allocate(_ count: Int) -> UnsafeMutableRawPointer {
    .allocate(byteCount: count, alignment: 16)
}

@_expose(wasm, "apply") @_cdecl("apply")
func apply(_ address: UnsafeRawPointer, _ count: Int) -> Int32 {
    unsafe instance.apply(UnsafeRawBufferPointer(start: address, count: count)).rawValue
}

@_expose(wasm, "sequence") @_cdecl("sequence")
func sequence() -> UInt64 { unsafe instance.venue.sequence }

@_expose(wasm, "trades") @_cdecl("trades")
func trades() -> UInt64 { unsafe instance.venue.tradeCount }

@_expose(wasm, "hash") @_cdecl("hash")
func hash(_ address: UnsafeMutableRawPointer) {
    unsafe instance.venue.stateHash().withUnsafeBytes { bytes in
        unsafe UnsafeMutableRawBufferPointer(start: address, count: bytes.count)
            .copyMemory(from: bytes)
    }
}
