internal import Cryptography
internal import Foundation

/// The lines of a file in the folder `Vectors` of a test target.
///
/// - Parameters:
///   - name: The file.
///   - parts: Into how many parts at most a line is split at its blanks.
///   - keepsEmpty: Whether nothing between two blanks is a part, too.
///   - target: The name of the target; the caller's own if none is named.
/// - Returns: The parts of each line that is not empty.
/// - Throws: What the system says when the file cannot be read.
package func vectorLines(
    _ name: String,
    parts: Int = .max,
    keepsEmpty: Bool = false,
    of target: String = #fileID
) throws -> [[String]] {
    let file = Places.tests(target).appending(path: "Vectors").appending(path: name)
    return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map { line in
        line.split(separator: " ", maxSplits: parts - 1, omittingEmptySubsequences: !keepsEmpty)
            .map(String.init)
    }
}

/// The bytes of a field of a vector file in hexadecimal digits, where `-` stands for none.
package func field(_ text: String) throws -> [UInt8] {
    text == "-" ? [] : try Hex.decode(text)
}
