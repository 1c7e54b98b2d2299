import Foundation
import Journal
import Platform
import Primitives
import Testing
import TestSupport
import Venue

/// The real program on the real file system, with system calls that fail because strace makes them fail.
@Suite(
    "The venue process when system calls fail",
    .enabled(if: SystemCallTracer.isUsable, "strace is not installed or not permitted here"),
    .serialized
)
struct SystemFaultTests {
    @Test(
        "a failed call of the journal ends acceptance, and nothing acknowledged is lost",
        arguments: [
            "fdatasync:error=EIO:when=3", "fdatasync:error=EIO:when=7",
            "pwrite64:error=ENOSPC:when=4", "pwrite64:error=EIO:when=9",
        ]
    )
    func failedCall(_ injection: String) throws {
        let directory = try TemporaryDirectory()
        // The first start makes the journal undisturbed.
        var venue = try TracedVenue(directory.path, injection: nil)
        let firstRun = try venue.exchange(rounds: 3, count: 20)
        #expect(firstRun.acknowledged == 60)
        #expect(firstRun.failure == nil)
        #expect(try venue.end() == .exited(0))

        venue = try TracedVenue(directory.path, injection: injection)
        let secondRun = try venue.exchange(rounds: 30, count: 20)
        let failure = try #require(secondRun.failure)
        #expect(failure.contains(injection.hasPrefix("fdatasync") ? "sync" : "write"))
        #expect(try venue.end() != .exited(0))
        #expect(secondRun.acknowledged < 600)

        let recovered = try RecoveredJournal(directory.open())
        #expect(recovered.report.lastSequence >= UInt64(60 + secondRun.acknowledged))
        #expect(recovered.report.lastSequence <= UInt64(60 + secondRun.sent))
        recovered.venue.checkInvariants()
    }
}

/// A venue process under strace, and the client at its other end (docs/protocol-stdio.md).
struct TracedVenue {
    struct Run {
        var sent = 0
        var acknowledged = 0
        /// What the venue said when the journal failed.
        var failure: String?
    }

    private let process: ChildProcess
    private var bytes: [UInt8] = []
    private var tag: UInt64 = 0

    init(_ path: String, injection: String?) throws {
        var arguments = ["-f", "-o", "/dev/null"]
        if let injection {
            let call = injection.prefix { character in character != ":" }
            arguments += ["-e", "trace=\(call)", "-e", "inject=\(injection)"]
        } else {
            arguments += ["-e", "trace=none"]
        }
        process = try ChildProcess(
            SystemCallTracer.program,
            arguments + [Places.program(), "serve", "--data", path, "--stdio"],
            errors: "/dev/null"
        )
    }

    /// Sends `count` commands and waits for their answers, `rounds` times or until the journal fails.
    mutating func exchange(rounds: Int, count: Int) throws -> Run {
        var run = Run()
        for _ in 0..<rounds {
            var frames: [UInt8] = []
            for _ in 0..<count {
                tag += 1
                frames += Self.little(UInt32(18)) + Self.little(tag) + Self.little(UInt64(0))
                frames += Self.little(Command.advanceTime.typeNumber)
            }
            do { try process.write(frames) } catch { return run }
            run.sent += count
            while run.acknowledged < run.sent, run.failure == nil {
                guard try process.output.read(appendingTo: &bytes) else { return run }
                take(&run)
            }
            if run.failure != nil { return run }
        }
        return run
    }

    /// Lets the venue end; tells how it did.
    func end() throws -> ChildProcess.Ending {
        process.closeInput()
        var rest: [UInt8] = []
        while try process.output.read(appendingTo: &rest) {}
        return process.wait()
    }

    private mutating func take(_ run: inout Run) {
        while bytes.count >= 4 {
            let length = bytes[..<4].reversed().reduce(0) { length, byte in length << 8 | Int(byte)
            }
            guard bytes.count >= 4 + length else { return }
            let frame = bytes[4..<4 + length]
            if frame.first == 2 { run.acknowledged += 1 }
            if frame.first == 4 { run.failure = String(decoding: frame.dropFirst(), as: UTF8.self) }
            bytes.removeFirst(4 + length)
        }
    }

    private static func little<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
        (0..<Value.bitWidth / 8).map { index in UInt8(truncatingIfNeeded: value >> (8 * index)) }
    }
}
