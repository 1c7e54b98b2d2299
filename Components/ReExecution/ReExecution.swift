// The venue as a WebAssembly module: an observer that does not trust the venue follows its journal itself, in a
// sandbox, and signs only what it came to.
//
// The host writes into the input, then calls a function that reads it there. What a function has to say beyond
// its status lies in the answer, until the next call.
//
//     input(count) -> address        memory for `count` bytes that the host may write, until the next `input`
//     begin(count) -> status         input: the venue's key (32 bytes) and name; forgets everything before
//     restore(count) -> status       input: u32 size of what `begin` takes, that, and a snapshot
//     apply(count) -> status         input: records (RecordCoding.swift)
//     check(count) -> status         input: an interval's leaves, each u32 size and bytes; answer: interval
//     followed() -> status           answer: the last interval
//     hash() -> status               answer: the 32 bytes of the hash of the venue's state
//     snapshot() -> status           answer: u32 count, then u32 address and u32 size of each part of the snapshot
//     contract(trade) -> status      answer: the waiting service contract of a trade
//     answer() -> i64                address << 32 | size of the answer
//     sequence() -> i64              how many commands were applied
//     trades() -> i64                how many trades they led to
//
// An interval as an answer: u64 number, u64 first command, u64 last command, u64 time, u64 size of the log, 32
// bytes state hash, 32 bytes root, then the log's origin. A contract: u64 trade, u32 instrument, u32 buyer, u32
// seller, u64 start and u64 end of its window. All integers have their lowest byte first. With a status that is
// not `good`, the answer is a sentence that says what is wrong.

import Cryptography
import Encoding
import Primitives
import Projection
import Statements
import Venue

/// What a function answers.
enum Status: Int32 {
    /// It was done.
    case good = 0
    /// The venue said something that is not so; only a snapshot from before leads on.
    case disagreement = 1
    /// The input cannot be read; only a snapshot leads on.
    case malformed = 2
    /// There is nothing of that kind, or it cannot be done now; nothing changed.
    case unavailable = 3
}

/// The one follower of this instance, with its input and its answer.
@safe struct Instance: ~Copyable {
    private var follower: JournalFollower?
    private var input = unsafe UnsafeMutableRawBufferPointer(start: nil, count: 0)
    private(set) var answer: [UInt8] = []
    /// The parts of the snapshot that are no tables; they stay where they are until the next call.
    private var smallParts: [UInt8] = []

    /// The last command that was applied.
    private(set) var sequence: UInt64 = 0
    /// How many trades there were.
    private(set) var trades: UInt64 = 0

    mutating func makeInput(_ count: Int) -> UnsafeMutableRawPointer? {
        if unsafe count > input.count {
            unsafe input.deallocate()
            unsafe input = .allocate(byteCount: count, alignment: 16)
        }
        return unsafe input.baseAddress
    }

    /// Frees an input that only a snapshot needed to be so large.
    private mutating func dropInput() {
        unsafe input.deallocate()
        unsafe input = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    }

    private func read(_ count: Int) -> UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(rebasing: input[..<count])
    }

    private mutating func say(_ sentence: String, _ status: Status) -> Status {
        answer = Array(sentence.utf8)
        return status
    }

    private mutating func say(_ error: FollowError) -> Status {
        let status: Status =
            switch error {
            case .betweenIntervals: .unavailable
            default: error.isDisagreement ? .disagreement : .malformed
            }
        return say(error.description, status)
    }

    /// Keeps a follower after it did something.
    private mutating func keep(_ current: consuming JournalFollower) {
        sequence = current.sequence
        trades = current.tradeCount
        follower = consume current
    }

    // MARK: Beginning

    private static func parties(_ bytes: UnsafeRawBufferPointer) -> (VenueName, [UInt8])? {
        guard bytes.count > 32 else { return nil }
        let all = unsafe [UInt8](bytes)
        guard let text = Text(utf8: Array(all[32...])) else { return nil }
        do throws(StatementError) {
            return (try VenueName(text), Array(all[..<32]))
        } catch {
            return nil
        }
    }

    mutating func begin(_ count: Int) -> Status {
        guard let (name, key) = unsafe Self.parties(read(count)) else {
            return say("the venue's key and name are malformed", .malformed)
        }
        keep(JournalFollower(venue: name, venueKey: key))
        return .good
    }

    mutating func restore(_ count: Int) -> Status {
        follower = nil
        let bytes = unsafe read(count)
        guard bytes.count >= 4 else { return say("the snapshot is cut off", .malformed) }
        let size = unsafe Int(UInt32(littleEndian: bytes.loadUnaligned(as: UInt32.self)))
        guard size <= bytes.count - 4,
            let (name, key) = unsafe Self.parties(
                UnsafeRawBufferPointer(rebasing: bytes[4..<4 + size])
            )
        else { return say("the venue's key and name are malformed", .malformed) }
        do throws(FollowError) {
            keep(
                try unsafe JournalFollower.restore(
                    venue: name,
                    venueKey: key,
                    from: UnsafeRawBufferPointer(rebasing: bytes[(4 + size)...])
                )
            )
        } catch {
            return say(error)
        }
        dropInput()
        return followed()
    }

    // MARK: Following

    // The follower is taken out while it works: after an error it stays out, because it is of no more use.

    mutating func apply(_ count: Int) -> Status {
        guard var current = follower.take() else { return nothing() }
        do throws(FollowError) {
            try unsafe current.apply(read(count))
        } catch {
            return say(error)
        }
        keep(current)
        return .good
    }

    mutating func check(_ count: Int) -> Status {
        guard var current = follower.take() else { return nothing() }
        do throws(FollowError) {
            let followed = try unsafe current.check(leaves: read(count))
            tell(followed, current.origin)
        } catch {
            return say(error)
        }
        keep(current)
        return .good
    }

    mutating func followed() -> Status {
        guard var current = follower.take() else { return nothing() }
        let followed = current.followed()
        if let followed { tell(followed, current.origin) }
        keep(current)
        return followed == nil ? say("no interval has just ended", .unavailable) : .good
    }

    mutating func hash() -> Status {
        guard var current = follower.take() else { return nothing() }
        answer = current.stateHash().bytes
        keep(current)
        return .good
    }

    private mutating func nothing() -> Status { say("nothing was begun", .malformed) }

    private mutating func tell(_ followed: FollowedInterval, _ origin: Text?) {
        var writer = ByteWriter(capacity: 256)
        writer.append(followed.interval.number)
        writer.append(followed.interval.firstSequence)
        writer.append(followed.interval.lastSequence)
        writer.append(followed.time.nanoseconds)
        writer.append(followed.size)
        writer.append(contentsOf: followed.interval.stateHash.bytes)
        writer.append(contentsOf: followed.root.bytes)
        writer.append(contentsOf: origin?.utf8 ?? [])
        answer = writer.bytes
    }

    mutating func contract(_ trade: UInt64) -> Status {
        guard let current = follower.take() else { return nothing() }
        let contract = current.waitingContract(TradeID(trade))
        keep(current)
        guard let contract else { return say("no contract of that trade waits", .unavailable) }
        var writer = ByteWriter(capacity: 64)
        writer.append(contract.trade.rawValue)
        writer.append(contract.instrument.rawValue)
        writer.append(contract.buyer.rawValue)
        writer.append(contract.seller.rawValue)
        writer.append(contract.windowStart.nanoseconds)
        writer.append(contract.windowEnd.nanoseconds)
        answer = writer.bytes
        return .good
    }

    // MARK: Snapshots

    mutating func snapshot() -> Status {
        guard var current = follower.take() else { return nothing() }
        var parts: [(UInt32, UInt32)] = []
        var small: [UInt8] = []
        do throws(FollowError) {
            small = try current.snapshotHead()
        } catch {
            keep(current)
            return say(error)
        }
        // The venue writes its small parts first, out of places that do not last; the tables stay where they are.
        unsafe current.writeVenue { bytes in
            if bytes.count <= 128, parts.isEmpty {
                small += unsafe [UInt8](bytes)
            } else {
                let address = UInt32(UInt(bitPattern: bytes.baseAddress))
                parts.append((address, UInt32(bytes.count)))
            }
        }
        keep(current)
        smallParts = small
        var writer = ByteWriter(capacity: 8 * parts.count + 16)
        writer.append(UInt32(parts.count + 1))
        let address = unsafe smallParts.withUnsafeBytes { bytes in
            UInt32(UInt(bitPattern: bytes.baseAddress))
        }
        writer.append(address)
        writer.append(UInt32(small.count))
        for (address, count) in parts {
            writer.append(address)
            writer.append(count)
        }
        answer = writer.bytes
        return .good
    }
}

/// A module has one instance and one thread: its exported functions are the only ones that come here.
nonisolated(unsafe) private var instance = Instance()

@_expose(wasm, "input") @_cdecl("input")
func input(_ count: Int) -> UnsafeMutableRawPointer? { unsafe instance.makeInput(count) }

@_expose(wasm, "begin") @_cdecl("begin")
func begin(_ count: Int) -> Int32 { unsafe instance.begin(count).rawValue }

@_expose(wasm, "restore") @_cdecl("restore")
func restore(_ count: Int) -> Int32 { unsafe instance.restore(count).rawValue }

@_expose(wasm, "apply") @_cdecl("apply")
func apply(_ count: Int) -> Int32 { unsafe instance.apply(count).rawValue }

@_expose(wasm, "check") @_cdecl("check")
func check(_ count: Int) -> Int32 { unsafe instance.check(count).rawValue }

@_expose(wasm, "followed") @_cdecl("followed")
func followed() -> Int32 { unsafe instance.followed().rawValue }

@_expose(wasm, "hash") @_cdecl("hash")
func hash() -> Int32 { unsafe instance.hash().rawValue }

@_expose(wasm, "snapshot") @_cdecl("snapshot")
func snapshot() -> Int32 { unsafe instance.snapshot().rawValue }

@_expose(wasm, "contract") @_cdecl("contract")
func contract(_ trade: UInt64) -> Int32 { unsafe instance.contract(trade).rawValue }

@_expose(wasm, "answer") @_cdecl("answer")
func answer() -> UInt64 {
    unsafe instance.answer.withUnsafeBytes { bytes in
        UInt64(UInt(bitPattern: bytes.baseAddress)) << 32 | UInt64(bytes.count)
    }
}

@_expose(wasm, "sequence") @_cdecl("sequence")
func sequence() -> UInt64 { unsafe instance.sequence }

@_expose(wasm, "trades") @_cdecl("trades")
func trades() -> UInt64 { unsafe instance.trades }
