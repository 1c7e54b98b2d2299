import Cryptography
import Encoding
import HTTP
import KeyStore
import MerkleLog
import Platform
import Witness

extension Console {
    static var witnessServeSyntax: CommandSyntax {
        CommandSyntax(
            "witness serve",
            summary: "be a witness: cosign the checkpoints of logs that only grow",
            details: """
                Serves C2SP tlog-witness until a signal asks to stop. The configuration names the logs, one key
                a line: log VKEY [ORIGIN]. The directory keeps the last checkpoint of each log; whoever sets it
                back breaks the promise of the witness. The name of the key is the name of the witness.
                """,
            options: [
                OptionSyntax("--config", "FILE", "the logs and their keys"),
                OptionSyntax("--data", "DIR", "the state; it is made if it is missing"),
                OptionSyntax("--key", "FILE", "the sealed key of the kind witness"),
                OptionSyntax("--passphrase-file", "FILE", "the passphrase of the key"),
                listenOption,
            ],
            body: witnessServe
        )
    }

    @Sendable private static func witnessServe(
        _ arguments: Arguments,
        _ terminal: Terminal
    ) throws(ConsoleError) {
        let stop = StopSignals()
        let configuration = try witnessConfiguration(arguments)
        let signer = try witnessSigner(arguments)
        let path = try arguments.requiredText("--data", "DIR")
        let directory: LinuxDirectory
        do throws(PlatformError) {
            directory = try LinuxDirectory.open(path, create: true)
        } catch {
            throw .environment("\(error); name a directory that can be written to")
        }
        let address = try listenAddress(arguments)
        let witness: Witness
        do throws(WitnessError) {
            witness = try Witness(
                directory: directory,
                configuration: configuration,
                signer: signer,
                clock: LinuxClock()
            )
        } catch {
            switch error {
            case .platform: throw .environment(error.description)
            default: throw .disagreement(error.description)
            }
        }
        let server = try http { () throws(HTTPError) in
            try WitnessServer(witness, address: address) { error in
                terminal.note("parallax: \(error)")
            }
        }
        terminal.line("witness \(signer.key.vkey.string)")
        terminal.line(
            "serving \(configuration.logs.count) logs at \(address.url(port: server.port))"
        )
        while !stop.wait(milliseconds: 1_000) {
            if let failure = server.failure { throw .environment("\(failure)") }
        }
        server.stop()
    }

    private static func witnessConfiguration(
        _ arguments: Arguments
    ) throws(ConsoleError) -> WitnessConfiguration {
        let path = try arguments.requiredText("--config", "FILE")
        let bytes = try contents(path)
        do throws(WitnessError) {
            return try WitnessConfiguration(parsing: String(decoding: bytes, as: UTF8.self))
        } catch {
            guard case .configuration(let line, let reason) = error else {
                throw .environment(error.description)
            }
            throw .malformed(file: path, line: line, reason)
        }
    }

    private static func witnessSigner(_ arguments: Arguments) throws(ConsoleError) -> WitnessSigner
    {
        let path = try arguments.requiredText("--key", "FILE")
        let secret = try arguments.requiredText("--passphrase-file", "FILE")
        do {
            let stored = try StoredKey(opening: path, .witness, Passphrase(file: secret))
            let signing = SharedSigningKey(try stored.signingKey())
            let key = try NoteVerifierKey(
                name: Text(stored.head.name),
                cosignature: signing.publicKey
            )
            return WitnessSigner(
                key: key,
                verifier: NativeEd25519.verifier,
                sign: { message in signing.sign(message) }
            )
        } catch let error as NoteError {
            throw .usage("the name of the key in \(path): \(error)", command: arguments.command)
        } catch {
            throw .environment("\(error)")
        }
    }

    /// The bytes of a file that the user named.
    static func contents(_ path: String) throws(ConsoleError) -> [UInt8] {
        do throws(PlatformError) {
            return try WholeFile.read(path)
        } catch {
            throw .environment(error.description)
        }
    }
}

/// A signing key that several threads use as long as one of them has it.
private final class SharedSigningKey: Sendable {
    private let key: SigningKey

    init(_ key: consuming SigningKey) { self.key = key }

    var publicKey: Ed25519.PublicKey { key.publicKey }

    func sign(_ message: [UInt8]) -> [UInt8] { key.sign(message) }
}
