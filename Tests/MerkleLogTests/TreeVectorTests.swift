import Cryptography
import Foundation
import MerkleLog
import Testing
import TestSupport

@Suite("trees and proofs of others") struct TreeVectorTests {
    static let leaves =
        ["", "00", "10", "2021", "3031", "40414243", "5051525354555657"]
        + ["606162636465666768696a6b6c6d6e6f"]

    @Test("the eight shared leaves have these roots and proofs") func sharedLeaves() throws {
        let nodes = NodeTable(
            try Self.leaves.map { leaf in MerkleTree.leafHash(try Hex.decode(leaf)) }
        )
        var counts: [String: Int] = [:]
        for line in try vectorLines("ct-leaves/tree.txt", keepsEmpty: true) {
            counts[line[0], default: 0] += 1
            let first = try #require(UInt64(line[1]))
            if line[0] == "root" {
                #expect(CompactRange(size: first, node: nodes.node).root.hex == line[2])
                continue
            }
            let size = try #require(UInt64(line[2]))
            let path =
                line[0] == "inclusion"
                ? InclusionProof(index: first, size: size, node: nodes.node).path
                : ConsistencyProof(oldSize: first, newSize: size, node: nodes.node).path
            #expect(path.map(\.hex) == Array(line[3...]), "\(line[0]) \(first) \(size)")
        }
        #expect(counts == ["root": 9, "inclusion": 36, "consistency": 28])
    }

    @Test("the log that Tessera wrote has our tiles, bundles and roots") func tessera() throws {
        let lines = try vectorLines("tessera-log/log.txt", keepsEmpty: true)
        let row = try #require(lines.first { line in line[0] == "bundle" && line[1] == "15" })
        let bundle = try Hex.decode(row[2])
        let entries = try EntryBundle.decode(bundle, width: 15)
        let hashes = entries.map { entry in MerkleTree.leafHash(entry) }
        let nodes = NodeTable(hashes)
        for line in lines {
            let size = try #require(Int(line[1]))
            switch line[0] {
            case "root":
                #expect(CompactRange(size: UInt64(size), node: nodes.node).root.hex == line[2])
            case "bundle":
                #expect(EntryBundle.encode(Array(entries[..<size])) == (try Hex.decode(line[2])))
            case "tile":
                let bytes = try Hex.decode(line[2])
                #expect(Tile.encode(Array(hashes[..<size])) == bytes)
                let tile = try #require(
                    Tile(.hashes(level: 0), index: 0, inTreeOfSize: UInt64(size))
                )
                #expect(try tile.hashes(bytes) == Array(hashes[..<size]))
            case "inclusion":
                let proof = InclusionProof(index: 2, size: 15, path: line[3...].compactMap(digest))
                #expect(proof == InclusionProof(index: 2, size: 15, node: nodes.node))
                #expect(
                    proof.verifies(
                        leafHash: hashes[2],
                        root: CompactRange(size: 15, node: nodes.node).root
                    )
                )
            default: Issue.record("\(line)")
            }
        }
        #expect(lines.count == 23)
    }

    @Test("the kept cases of transparency-dev hold and fail as they say") func keptCases() throws {
        var counts: [String: Int] = [:]
        for line in try vectorLines("transparency-dev-merkle/proofs.txt", keepsEmpty: true) {
            let vector = ProofCase(
                kind: line[0],
                numbers: line[3...4].compactMap { UInt64($0) },
                hashes: line[5...6].map { text in text == "-" ? "" : text },
                path: line[7...].map { text in text == "-" ? "" : text }
            )
            #expect(vector.holds == (line[1] == "holds"), "\(line[0]) \(line[2])")
            counts[line[0] + " " + line[1], default: 0] += 1
        }
        #expect(
            counts == [
                "inclusion holds": 5, "inclusion fails": 31, "consistency holds": 5,
                "consistency fails": 39,
            ]
        )
    }

    @Test(
        "all cases of transparency-dev hold and fail as they say",
        SharedFiles.vectors.needs("transparency-dev-merkle"),
        arguments: ["inclusion", "consistency"]
    )
    func allCases(kind: String) throws {
        let folder = SharedFiles.vectors.url("transparency-dev-merkle/testdata/\(kind)")
        let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
        var counts = [true: 0, false: 0]
        var odd = 0
        for case let file as URL in try #require(files) where file.pathExtension == "json" {
            let json = try JSONSerialization.jsonObject(with: Data(contentsOf: file))
            let object = try #require(json as? [String: Any])
            let vector = try ProofCase(kind: kind, object)
            let mustHold = try #require(object["wantErr"] as? Bool) == false
            counts[mustHold, default: 0] += 1
            if mustHold, vector.isOdd {
                // A root that is no SHA-256 digest: there it is compared as bytes, here it cannot be written.
                odd += 1
                #expect(file.lastPathComponent == "sizes-are-equal-one-and-proof-is-empty.json")
                continue
            }
            #expect(vector.holds == mustHold, "\(file.path)")
        }
        #expect(counts == [true: 6, false: 92])
        #expect(odd == (kind == "consistency" ? 1 : 0))
    }
}

/// A proof of transparency-dev/merkle, with what it is about.
struct ProofCase {
    var kind: String
    /// Index and size, or both sizes.
    var numbers: [UInt64]
    /// Leaf hash and root, or both roots; in hexadecimal.
    var hashes: [String]
    var path: [String]

    init(kind: String, numbers: [UInt64], hashes: [String], path: [String]) {
        self.kind = kind
        self.numbers = numbers
        self.hashes = hashes
        self.path = path
    }

    init(kind: String, _ object: [String: Any]) throws {
        func hex(_ text: String) throws -> String {
            Hex.encode([UInt8](try #require(Data(base64Encoded: text))))
        }
        self.kind = kind
        let names =
            kind == "inclusion"
            ? ["leafIdx", "treeSize", "leafHash", "root"] : ["size1", "size2", "root1", "root2"]
        numbers = try names[..<2].map { name in
            try #require(object[name] as? NSNumber).uint64Value
        }
        hashes = try names[2...].map { name in try hex(object[name] as? String ?? "") }
        path = try (object["proof"] as? [String] ?? []).map(hex)
    }

    /// Whether a hash has not 32 bytes.
    var isOdd: Bool { (hashes + path).contains { text in digest(text) == nil } }

    var holds: Bool {
        let path = path.compactMap(digest)
        guard numbers.count == 2, path.count == self.path.count, let first = digest(hashes[0]),
            let second = digest(hashes[1])
        else { return false }
        if kind == "inclusion" {
            return InclusionProof(index: numbers[0], size: numbers[1], path: path)
                .verifies(leafHash: first, root: second)
        }
        return ConsistencyProof(oldSize: numbers[0], newSize: numbers[1], path: path)
            .verifies(oldRoot: first, newRoot: second)
    }
}
