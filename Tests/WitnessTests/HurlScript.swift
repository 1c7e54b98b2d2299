import Foundation
import Testing

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

    private static let folder = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "shared/vectors/tlog-witness")

    /// Whether the scripts of others lie beside the repository.
    static let arePresent = FileManager.default.fileExists(atPath: folder.path)

    let steps: [Step]

    /// Reads the script that stands in an archive of several files (txtar).
    init(in archive: String) throws {
        let file = Self.folder.appending(path: archive)
        var lines = try String(contentsOf: file, encoding: .utf8)
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
