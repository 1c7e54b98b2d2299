import Cryptography
import Encoding
import KeyStore
import LogStore
import MerkleLog
import Platform

extension Console {
    /// Opens the log that the first operand names, and checks its checkpoint with the key that was given.
    static func openLog(
        _ arguments: Arguments,
        _ terminal: Terminal
    ) throws(ConsoleError) -> LogReader {
        let directory = try platform { () throws(PlatformError) in
            try LinuxDirectory.open(arguments.operands[0])
        }
        let reading = try checkpointReading(arguments)
        return try log { () throws(LogStoreError) in
            try LogReader(directory: directory, reading: reading)
        }
    }

    /// How checkpoints are read: with the key of `--key` if it was given.
    static func checkpointReading(
        _ arguments: Arguments
    ) throws(ConsoleError) -> CheckpointFormat.Reading {
        guard let text = arguments.text("--key") else { return CheckpointFormat.readingUnverified }
        let key: NoteVerifierKey
        do throws(NoteError) {
            key = try NoteVerifierKey(vkey: Text(text))
        } catch {
            throw arguments.usage("--key is no verifier key: \(error)")
        }
        return CheckpointFormat.reading(
            origin: nil,
            keys: [key],
            verifier: NativeEd25519.verifier
        )
    }

    /// Runs something that uses a log: damage is a bad log, everything else the environment.
    static func log<Result: ~Copyable>(
        _ body: () throws(LogStoreError) -> Result
    ) throws(ConsoleError) -> Result {
        do throws(LogStoreError) {
            return try body()
        } catch {
            switch error {
            case .platform(let fault): throw .environment(fault.description)
            case .stopped(.platform(let fault)): throw .environment(fault.description)
            case .noCheckpoint: throw .environment(error.description)
            default: throw .disagreement(error.description)
            }
        }
    }
}
