import Attestation
import Committee
import KeyStore
import LogStore
import MerkleLog
import Platform
import Statements
import Verification

/// What evidence is made from and judged by: rosters, what is trusted, and a log.
struct EvidenceSources {
    static let options = [
        OptionSyntax("--roster", "FILES", "rosters, separated by commas"),
        OptionSyntax("--trust", "FILE", "what you rely on: keys, log, group (JSON)"),
        OptionSyntax("--log", "DIR", "a log, for rosters and for leaves"),
    ]

    /// The rosters of the files, then those of the log.
    let rosters: [Roster]
    let trust: Trust?
    let log: LogRecord?

    /// Reads what the options name.
    ///
    /// - Throws: `usage` when neither rosters nor a log are given; what is wrong with a file.
    init(_ arguments: Arguments) throws(ConsoleError) {
        guard arguments.has("--roster") || arguments.has("--log") else {
            throw arguments.usage("no roster is given; write --roster FILE or --log DIR")
        }
        let trust = try Self.trust(arguments)
        self.trust = trust
        var rosters: [Roster] = []
        for path in (arguments.text("--roster") ?? "").split(separator: ",").map(String.init) {
            let bytes = try Console.wholeFile(path)
            do throws(AttestationError) {
                rosters.append(try Roster(decoding: bytes))
            } catch {
                throw .malformed(file: path, line: 1, error.description)
            }
        }
        log = try Self.log(arguments, trust)
        if let log {
            rosters += try Console.committeeRecord { () throws(CommitteeError) in
                try log.rosters()
            }
        }
        self.rosters = rosters
    }

    private static func trust(_ arguments: Arguments) throws(ConsoleError) -> Trust? {
        guard let path = arguments.text("--trust") else { return nil }
        let bytes = try Console.wholeFile(path)
        do throws(VerificationError) {
            return try Trust(decoding: bytes)
        } catch {
            throw .malformed(file: path, line: 1, error.description)
        }
    }

    /// The log of `--log`, its checkpoint checked with the trusted keys if there are any.
    private static func log(
        _ arguments: Arguments,
        _ trust: Trust?
    ) throws(ConsoleError) -> LogRecord? {
        guard let path = arguments.text("--log") else { return nil }
        let directory = try Console.openDirectory(path)
        var reading = CheckpointFormat.readingUnverified
        if let trust {
            reading = CheckpointFormat.reading(
                origin: nil,
                keys: trust.policy.logs.map { log in log.key },
                verifier: NativeEd25519.verifier
            )
        }
        return try Console.log { () throws(LogStoreError) in
            LogRecord(try LogReader(directory: directory, reading: reading))
        }
    }

    /// The newest roster that has a seat, or the one of `--epoch`.
    ///
    /// - Throws: `disagreement` when there is none.
    func roster(
        with index: UInt32,
        _ arguments: Arguments
    ) throws(ConsoleError) -> EpochStatement {
        let epoch = try arguments.number("--epoch", in: 0...Int.max, standard: 0)
        let known = rosters.map { roster in roster.statement }.sorted { $0.epoch < $1.epoch }
        let found = known.last { roster in
            (epoch == 0 || roster.epoch == UInt64(epoch))
                && roster.seats.contains { seat in seat.index == index }
        }
        guard let found else { throw .disagreement("no roster that is given has seat \(index)") }
        return found
    }
}

extension Console {
    /// Runs something that reads a log for evidence: what is wrong with it is a bad log.
    static func committeeRecord<Result>(
        _ body: () throws(CommitteeError) -> Result
    ) throws(ConsoleError) -> Result {
        do throws(CommitteeError) { return try body() } catch {
            throw .disagreement(error.description)
        }
    }

    /// The bytes of a file that must be there.
    static func wholeFile(_ path: String) throws(ConsoleError) -> [UInt8] {
        do throws(PlatformError) {
            return try WholeFile.read(path)
        } catch {
            throw .environment(error.description)
        }
    }
}
