import Console
import Cryptography
import Foundation
import Platform
import Primitives
import TestSupport
import Venue

/// A client of a venue process that knows the protocol from docs/protocol-stdio.md and nothing else.
///
/// It sends command number n with tag n and expects it to become number n of the journal.
struct VenueClient {
    struct Failure: Error { var what: String }

    let process: ChildProcess
    /// The last command that was durable when the venue started, and the hash of its state then.
    let recovered: UInt64
    let recoveredHash: [UInt8]
    /// The last command that was acknowledged.
    private(set) var acknowledged: UInt64
    private(set) var sent: UInt64
    private var bytes: [UInt8] = []
    private var taken = 0

    init(_ path: String, options: [String] = []) throws {
        // A write to a venue that was killed must be an error here, not the end of the tests.
        _ = signal(SIGPIPE, SIG_IGN)
        let words = ["serve", "--data", path, "--stdio"] + options
        process = try ChildProcess(Places.program(), words)
        var bytes: [UInt8] = []
        while bytes.count < 69, try process.output.read(appendingTo: &bytes) {}
        guard bytes.count >= 69, Self.integer(bytes[0..<4]) == 65, bytes[4] == 1 else {
            throw Failure(what: "no frame that says ready: \(bytes)")
        }
        recovered = Self.integer(bytes[5..<13])
        recoveredHash = Array(bytes[37..<69])
        acknowledged = recovered
        sent = recovered
        self.bytes = bytes
        taken = 69
    }

    /// Sends the next commands of a session.
    mutating func send(_ session: KilledSession, count: UInt64) throws {
        var frames: [UInt8] = []
        for number in sent + 1...sent + count {
            var payload = ByteWriter()
            let command = session.command(number)
            command.encode(to: &payload)
            frames += Self.bytes(UInt64(18 + payload.count), 4) + Self.bytes(number, 8)
            frames += Self.bytes(number, 8) + Self.bytes(UInt64(command.typeNumber), 2)
            frames += payload.bytes
        }
        sent += count
        try process.write(frames)
    }

    /// Reads until so many commands are acknowledged, or the venue's answers end.
    mutating func read(until command: UInt64) throws {
        while acknowledged < command {
            try takeReplies()
            if acknowledged >= command { return }
            if try !process.output.read(appendingTo: &bytes) { return }
        }
    }

    /// Closes its input, passes over its answers, and waits for its end.
    func end() throws -> ChildProcess.Ending {
        process.closeInput()
        var rest: [UInt8] = []
        while try process.output.read(appendingTo: &rest) {}
        return process.wait()
    }

    private mutating func takeReplies() throws {
        while bytes.count >= taken + 4 {
            let length = Int(Self.integer(bytes[taken..<taken + 4]))
            let end = taken + 4 + length
            if bytes.count < end { return }
            let frame = bytes[taken + 4..<end]
            guard frame.first == 2, length == 39 else {
                throw Failure(what: "no reply: \(Array(frame))")
            }
            let tag = Self.integer(frame.dropFirst(1).prefix(8))
            let sequence = Self.integer(frame.dropFirst(9).prefix(8))
            guard tag == acknowledged + 1, sequence == tag else {
                throw Failure(what: "command \(tag) became \(sequence) after \(acknowledged)")
            }
            acknowledged = sequence
            taken = end
        }
    }

    private static func integer(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    private static func bytes(_ value: UInt64, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * UInt64($0))) }
    }
}

/// The commands of a session that is interrupted again and again; command n is stamped with time n.
struct KilledSession {
    private let setUp = FlowSession.setUp()
    private let flow: [FlowCommand]

    init(seed: UInt64, count: Int) { flow = FlowGenerator.commands(seed: seed, count: count) }

    /// The session of a flow file.
    init(flow file: String) throws {
        flow = try FlowFormat.parse([UInt8](Data(contentsOf: URL(filePath: file))), file: file)
    }

    var count: UInt64 { UInt64(setUp.count + flow.count) }

    func command(_ number: UInt64) -> Command {
        let index = Int(number) - 1
        return index < setUp.count
            ? setUp[index] : FlowSession.command(for: flow[index - setUp.count])
    }

    /// The hash of the state after the first commands, without a journal.
    func stateHash(after last: UInt64) -> [UInt8] {
        var venue = Venue()
        var events = EventBuffer()
        for number in 1..<last + 1 {
            venue.apply(
                command(number),
                sequence: number,
                time: Timestamp(number),
                into: &events
            )
            events.removeAll()
        }
        return venue.stateHash().bytes
    }
}
