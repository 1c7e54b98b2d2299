import Cryptography
import Foundation

/// The Python interpreter that `make setup` installs, with the wheels that dependencies.txt lists.
///
/// A script beside the tests reads one JSON document from its standard input and writes one to its
/// standard output. Nothing else passes between the two, so neither side can lean on the other's code.
enum Interpreter {
    /// Why there is no answer; every one of these is a failure of the test, not a reason to skip it.
    enum Failure: Error, CustomStringConvertible {
        case missing(path: String)
        case failed(script: String, status: Int32, message: String)

        var description: String {
            switch self {
            case .missing(let path): "there is no interpreter at \(path); run `make setup`"
            case .failed(let script, let status, let message):
                "\(script) ended with status \(status): \(message)"
            }
        }
    }

    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()

    private static let executable = folder.deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: ".build/python/bin/python")

    /// Runs a script.
    ///
    /// - Parameters:
    ///   - script: The name of a file in the folder of scripts.
    ///   - question: What the script reads.
    ///   - answer: The type of what it writes.
    /// - Returns: What it wrote.
    /// - Throws: `Failure`, or what the coding of JSON throws.
    static func ask<Question: Encodable, Answer: Decodable>(
        _ script: String,
        _ question: Question,
        as answer: Answer.Type
    ) throws -> Answer {
        guard FileManager.default.isExecutableFile(atPath: executable.path) else {
            throw Failure.missing(path: ".build/python/bin/python")
        }
        let exchange = try Exchange()
        try JSONEncoder().encode(question).write(to: exchange.input)
        let process = Process()
        process.executableURL = executable
        // Isolated: neither the environment nor the working folder changes what is imported.
        process.arguments = ["-I", folder.appending(path: "Scripts/\(script)").path]
        process.standardInput = try FileHandle(forReadingFrom: exchange.input)
        process.standardOutput = try FileHandle(forWritingTo: exchange.output)
        process.standardError = try FileHandle(forWritingTo: exchange.errors)
        try process.run()
        process.waitUntilExit()
        guard process.terminationReason == .exit, process.terminationStatus == 0 else {
            throw Failure.failed(
                script: script,
                status: process.terminationStatus,
                message: try String(contentsOf: exchange.errors, encoding: .utf8)
            )
        }
        return try JSONDecoder().decode(Answer.self, from: Data(contentsOf: exchange.output))
    }

    /// A folder for the three streams of one run.
    ///
    /// They are files, because full pipes would block both sides.
    private final class Exchange {
        let folder: URL
        var input: URL { folder.appending(path: "input") }
        var output: URL { folder.appending(path: "output") }
        var errors: URL { folder.appending(path: "errors") }

        init() throws {
            folder = try FileManager.default.url(
                for: .itemReplacementDirectory,
                in: .userDomainMask,
                appropriateFor: FileManager.default.temporaryDirectory,
                create: true
            )
            for file in [input, output, errors] { try Data().write(to: file) }
        }

        deinit {
            // What remains in the folder for temporary files harms nobody.
            _ = Result { try FileManager.default.removeItem(at: folder) }
        }
    }
}

/// How many times more cases than usual `make check` asks for.
let effort = max(
    ProcessInfo.processInfo.environment["PARALLAX_SIMULATION_SEEDS"].flatMap(Int.init) ?? 1,
    1
)
