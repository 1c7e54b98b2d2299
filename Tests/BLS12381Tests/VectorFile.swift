import BLS12381
import Cryptography
import Foundation
import SeededRandomness

/// The lines of a vector file beside the tests, each split at its blanks.
func vectorLines(_ name: String) throws -> [[String]] {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(
        path: "Vectors/\(name)"
    )
    return try lines(of: file)
}

private func lines(of file: URL) throws -> [[String]] {
    try String(contentsOf: file, encoding: .utf8)
        .split(separator: "\n").map { line in line.split(separator: " ").map(String.init) }
}

/// The large vector sets, which are not in the repository but in a folder beside it.
enum SharedVectors {
    private static let folder = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "shared/vectors")

    static func has(_ name: String) -> Bool {
        FileManager.default.fileExists(atPath: folder.appending(path: name).path)
    }

    static func lines(_ name: String) throws -> [[String]] {
        try BLS12381Tests.lines(of: folder.appending(path: name))
    }

    static func bytes(_ name: String) throws -> [UInt8] {
        try [UInt8](Data(contentsOf: folder.appending(path: name)))
    }

    static func decode<Value: Decodable>(_ type: Value.Type, _ name: String) throws -> Value {
        try JSONDecoder().decode(type, from: Data(contentsOf: folder.appending(path: name)))
    }
}

/// The bytes of hexadecimal text; `-` stands for none.
func decode(_ text: String) throws -> [UInt8] {
    try text == "-" ? [] : Hex.decode(text)
}

extension RandomSource {
    mutating func scalar() throws -> Scalar { try Scalar(reducing: bytes(48)) }

    mutating func g1() throws -> G1Element { try scalar() * .generator }

    mutating func g2() throws -> G2Element { try scalar() * .generator }

    mutating func randomiser() throws -> Randomiser { try Randomiser(high: next(), low: next()) }
}
