import Encoding
import Foundation
import MerkleLog
import Testing
import TestSupport

/// Files as other logs, mirrors and witnesses serve them.
@Suite("tiled logs of others", SharedFiles.vectors.needs("tlog-tiles-logs"))
struct TiledLogVectorTests {
    private static let folder = SharedFiles.vectors.url("tlog-tiles-logs")
    private static let served = folder.appending(path: "sunlight/cmd/skylight/testdata")

    private static func bytes(_ path: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: served.appending(path: path)))
    }

    /// All files below a folder.
    private static func files(in path: String) throws -> Set<String> {
        let folder = served.appending(path: path)
        let names = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
        return Set(
            try names.filter { name in
                let file = folder.appending(path: name)
                return try file.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true
            }
        )
    }

    @Test("a mirror's files are those that a log of 300 entries has, under our paths")
    func mirror() throws {
        let origin = "000de184301123b9278c086a7d9f68c9577e83872224c197058fd90784ea9706"
        let mirror = "witness/mirror/" + origin
        let tiles = Tile.written(from: 0, to: 300)
        let found = try Self.files(in: mirror).subtracting(["checkpoint"])
        #expect(found == Set(tiles.map(\.path)))
        for path in found { #expect(Tile(path: path)?.path == path) }
        #expect(Tile(.entries, index: 1, inTreeOfSize: 300)?.path == "tile/entries/001.p/44")
    }

    @Test("a log of certificates has our hash tiles, and entries of its own kind")
    func certificates() throws {
        let found = try Self.files(in: "tree/tile").filter { name in
            !name.hasPrefix("data/") && !name.hasPrefix("names/")
        }
        let tiles = Tile.written(from: 0, to: 300).map(\.path).filter { path in
            !path.hasPrefix("tile/entries/")
        }
        #expect(Set(found.map { name in "tile/" + name }) == Set(tiles))
        // Its paths for entries are not ours, and are refused rather than mistaken.
        #expect(Tile(path: "tile/data/000") == nil)
        #expect(Tile(path: "tile/names/000") == nil)
    }

    @Test(
        "checkpoints that others signed and cosigned are read, and written as they were",
        arguments: ["tree", "witness", "witness/mirror", "witness2"]
    )
    func checkpoints(name: String) throws {
        let paths = try Self.files(in: name).filter { path in
            path.hasSuffix("checkpoint") && !path.hasPrefix("mirror/")
        }
        #expect(!paths.isEmpty)
        var readable = 0
        for path in paths {
            let bytes = try Self.bytes(name + "/" + path)
            // What is named so that nobody serves it is no checkpoint either.
            if String(decoding: bytes, as: UTF8.self).hasPrefix("decoy") {
                #expect(throws: NoteError.self) { _ = try SignedCheckpoint(parsing: bytes) }
                continue
            }
            let signed = try SignedCheckpoint(parsing: bytes)
            #expect(signed.checkpoint.size == 300)
            #expect(signed.encoded == bytes)
            readable += 1
        }
        #expect(readable == 1)
    }

    @Test("the proof of another program is read, and written as it was")
    func proof() throws {
        let file = Self.folder.appending(path: "tessera-index2.tlog-proof")
        let bytes = [UInt8](try Data(contentsOf: file))
        let proof = try TlogProof(parsing: bytes)
        #expect(proof.index == 2)
        #expect(proof.checkpoint.checkpoint.size == 15)
        #expect(proof.encoded == bytes)
    }
}
