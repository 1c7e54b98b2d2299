import Cryptography
import Foundation
import Platform
import TestSupport

/// The Python interpreter that `make setup` installs, with the wheels that dependencies.txt lists.
///
/// A script beside the tests reads one JSON document from its standard input and writes one to its
/// standard output. Nothing else passes between the two, so neither side can lean on the other's code.
enum Interpreter {
    /// Why there is no answer; every one of these is a failure of the test, not a reason to skip it.
    enum Failure: Error, CustomStringConvertible {
        case missing(path: String)
        case failed(script: String, ending: ChildProcess.Ending, message: String)

        var description: String {
            switch self {
            case .missing(let path): "there is no interpreter at \(path); run `make setup`"
            case .failed(let script, let ending, let message):
                "\(script) ended with \(ending): \(message)"
            }
        }
    }

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
        guard Places.hasPython else { throw Failure.missing(path: Places.python) }
        let program = try FinishedProgram.run(
            // Isolated: neither the environment nor the working folder changes what is imported.
            [Places.python, "-I", Places.tests().appending(path: "Scripts/\(script)").path],
            input: [UInt8](JSONEncoder().encode(question))
        )
        guard program.ending == .exited(0) else {
            throw Failure.failed(script: script, ending: program.ending, message: program.errors)
        }
        return try JSONDecoder().decode(Answer.self, from: Data(program.output))
    }
}
