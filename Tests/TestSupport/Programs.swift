package import Foundation
package import Platform

/// A program that has run to its end.
package struct FinishedProgram: Sendable {
    /// How it ended.
    package let ending: ChildProcess.Ending
    /// What it wrote to its standard output.
    package let output: [UInt8]
    /// What it wrote to its standard errors.
    package let errors: String

    /// What it wrote to its standard output, as text.
    package var text: String { String(decoding: output, as: UTF8.self) }

    /// Runs a program to its end.
    ///
    /// - Parameters:
    ///   - words: The program, as a path or a name that is looked up, and its arguments.
    ///   - folder: Where it works; the package's root if none is named.
    ///   - input: What it reads from its standard input.
    /// - Returns: How it ended, and what it wrote.
    /// - Throws: What the system says when it cannot be started.
    package static func run(
        _ words: [String],
        in folder: URL = Places.root,
        input: [UInt8] = []
    ) throws -> FinishedProgram {
        let directory = try TemporaryDirectory()
        let errors = try directory.write("", to: "errors")
        let child = try ChildProcess(
            "/usr/bin/env",
            ["--chdir=" + folder.path] + words,
            errors: errors
        )
        // On a thread of its own: a full pipe in either direction must not block the other.
        let writer = try PlatformThread.start(name: "input") {
            // A program need not read all that it is given.
            _ = Result { try child.write(input) }
            child.closeInput()
        }
        var output: [UInt8] = []
        while try child.output.read(appendingTo: &output) {}
        let ending = child.wait()
        writer.join()
        return FinishedProgram(
            ending: ending,
            output: output,
            errors: String(decoding: try directory.bytes(of: "errors"), as: UTF8.self)
        )
    }

    /// Runs a program to its end, and gives what it wrote to its standard output.
    ///
    /// - Throws: `ProgramFailure` unless it ended with 0.
    package static func output(
        _ words: [String],
        in folder: URL = Places.root,
        input: [UInt8] = []
    ) throws -> [UInt8] {
        let program = try run(words, in: folder, input: input)
        guard program.ending == .exited(0) else {
            throw ProgramFailure(words: words, program: program)
        }
        return program.output
    }
}

/// A program did not end as it should.
package struct ProgramFailure: Error, CustomStringConvertible {
    let words: [String]
    let program: FinishedProgram

    package var description: String {
        "\(words.joined(separator: " ")): \(program.ending): \(program.errors)"
    }
}

extension ChildProcess {
    /// Starts a script in the interpreter of `Places.python`, apart from the environment and the working folder.
    package static func python(_ script: URL, _ arguments: [String] = []) throws -> ChildProcess {
        try ChildProcess(Places.python, ["-I", script.path] + arguments)
    }

    /// The first line that it writes, without its end; all of its output if that is less.
    package func firstLine() throws -> String {
        var bytes: [UInt8] = []
        while !bytes.contains(UInt8(ascii: "\n")), try output.read(appendingTo: &bytes) {}
        return String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    }
}
