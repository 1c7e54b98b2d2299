import Cryptography
import TestSupport
import Testing

extension SharedFiles {
    /// A file of JSON as an object, read by another parser than ours.
    func object(_ path: String) throws -> [String: Any] {
        try #require(try json(path) as? [String: Any])
    }
}

/// Bytes of a message of hexadecimal digits.
func hex(_ text: String) throws -> [UInt8] { try Hex.decode(text) }
