import Foundation
import Testing
import TestSupport

/// A script of requests and of what the answers must be, as the program hurl reads it: the part of its
/// format that the vectors use.
struct HurlScript {
    struct Step {
        var url = ""
        var body = ""
        var status = 0
        /// What the body of the answer must have in it.
        var contains: [String] = []
        /// What the body of the answer must be.
        var equals: String?
    }

    /// The condition of tests that read the scripts of others.
    static let needsVectors = SharedFiles.vectors.needs("tlog-witness")

    let steps: [Step]

    /// Reads the script that stands in an archive of several files (txtar).
    init(in archive: String) throws {
        var lines = try SharedFiles.vectors.text("tlog-witness/\(archive)")
            .split(separator: "\n", omittingEmptySubsequences: false)
            .drop { line in line != "-- add-checkpoint.hurl --" }
        try #require(lines.popFirst() != nil, "\(archive) has no script")
        let script = lines.prefix { line in !line.hasPrefix("-- ") }
        var steps: [Step] = []
        var step = Step()
        var isInBody = false
        for line in script {
            if line == "```" {
                isInBody.toggle()
            } else if isInBody {
                step.body += line + "\n"
            } else if line.hasPrefix("POST ") {
                if step.status != 0 { steps.append(step) }
                step = Step()
                step.url = String(line.dropFirst(5))
            } else if line.hasPrefix("HTTP ") {
                step.status = try #require(Int(line.dropFirst(5)))
            } else if line.hasPrefix("body contains ") {
                step.contains.append(Self.text(line.dropFirst(14)))
            } else if line.hasPrefix("body == ") {
                step.equals = Self.text(line.dropFirst(8))
            } else {
                try #require(line.isEmpty || line == "[Asserts]", "\(line)")
            }
        }
        steps.append(step)
        self.steps = steps
    }

    /// What stands between the quotation marks.
    private static func text(_ quoted: Substring) -> String {
        String(quoted.dropFirst().dropLast()).replacing("\\n", with: "\n")
    }
}
