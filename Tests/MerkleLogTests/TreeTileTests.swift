import Cryptography
import MerkleLog
import Testing

@Suite("tiles and entry bundles") struct TreeTileTests {
    @Test(
        "their paths are those of C2SP, there and back",
        arguments: [
            (Tile(.hashes(level: 0), index: 0), "tile/0/000"),
            (Tile(.hashes(level: 0), index: 0, width: 1), "tile/0/000.p/1"),
            (Tile(.hashes(level: 1), index: 999, width: 255), "tile/1/999.p/255"),
            (Tile(.hashes(level: 2), index: 1_000), "tile/2/x001/000"),
            (Tile(.hashes(level: 7), index: 1_234_067), "tile/7/x001/x234/067"),
            (Tile(.entries, index: 1_234_067, width: 17), "tile/entries/x001/x234/067.p/17"),
            (Tile(.entries, index: 1_000_000), "tile/entries/x001/x000/000"),
            (
                Tile(.hashes(level: 63), index: 1 << 63 - 1),
                "tile/63/x009/x223/x372/x036/x854/x775/807"
            ),
        ]
    )
    func paths(tile: Tile, path: String) {
        #expect(tile.path == path)
        #expect(Tile(path: path) == tile)
    }

    @Test(
        "any other path names nothing",
        arguments: [
            "", "tile", "tile/", "tile/0", "tile/0/", "/tile/0/000", "tile/0/000/", "tile//000",
            "tile/00/000", "tile/64/000", "tile/-1/000", "tile/+1/000", "tile/data/000",
            "tile/Entries/000", "tile/0/0", "tile/0/00", "tile/0/0000", "tile/0/x000",
            "tile/0/x001",
            "tile/0/x000/001", "tile/0/001/001", "tile/0/x01/001", "tile/0/X001/001",
            "tile/0/x001/x001", "tile/0/00a", "tile/0/000.p", "tile/0/000.p/", "tile/0/000.p/0",
            "tile/0/000.p/00", "tile/0/000.p/01", "tile/0/000.p/256", "tile/0/000.p/1000",
            "tile/0/000.p/-1", "tile/0/000.p/1/", "tile/0/000.p/1/2", "tile/0/.p/1",
            "tile/0/000.P/1",
            "tile/0/000 ", "tile/0/x001/000.p/1/000", "tile/0/x001.p/1/000",
            "tile/0/x009/x223/x372/x036/x854/x775/808", "tile/0/x099/x223/x372/x036/x854/x775/807",
            "tile/0/x001/x000/x000/x000/x000/x000/x000/000", "checkpoint", "tile/0/../000",
        ]
    )
    func wrongPaths(path: String) { #expect(Tile(path: path) == nil) }

    @Test("a tree of 70,000 has the tiles of the specification's example") func example() {
        let tiles = Tile.written(from: 0, to: 70_000)
        func count(_ content: Tile.Content, isPartial: Bool) -> Int {
            tiles.count { tile in tile.content == content && tile.isPartial == isPartial }
        }
        #expect(count(.hashes(level: 0), isPartial: false) == 273)
        #expect(count(.entries, isPartial: false) == 273)
        #expect(count(.hashes(level: 1), isPartial: false) == 1)
        let partial = tiles.filter(\.isPartial).map(\.path)
        #expect(
            partial == [
                "tile/entries/273.p/112", "tile/0/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1",
            ]
        )
        #expect(tiles.count == 2 * 274 + 2 + 1)
        #expect(
            Tile.written(from: 0, to: 256).map(\.path)
                == ["tile/entries/000", "tile/0/000", "tile/1/000.p/1"]
        )
        #expect(Tile.written(from: 256, to: 256).isEmpty)
        #expect(Tile.written(from: 0, to: 0).isEmpty)
        #expect(
            Tile.written(from: 255, to: 257).map(\.path)
                == [
                    "tile/entries/000", "tile/entries/001.p/1", "tile/0/000", "tile/0/001.p/1",
                    "tile/1/000.p/1",
                ]
        )
    }

    @Test("every complete node of every size is found in its tile") func nodes() throws {
        let sizes = [1, 2, 255, 256, 257, 300, 511, 512, 513, 777, 1_024]
        let leaves = (0..<1_024).map { index in
            MerkleTree.leafHash([UInt8("\(index)".utf8.count)] + "\(index)".utf8)
        }
        let nodes = NodeTable(leaves)
        for size in sizes {
            var tiles: [Tile: [SHA256.Digest]] = [:]
            for tile in Tile.written(from: 0, to: UInt64(size)) {
                guard case .hashes(let level) = tile.content else { continue }
                let first = tile.index * 256
                tiles[tile] = (first..<first + UInt64(tile.width)).map { index in
                    nodes.node(level * 8, index)
                }
            }
            for level in 0..<11 {
                for index in 0..<UInt64(size >> level) {
                    let place = try #require(
                        Tile.holding(level: level, index: index, inTreeOfSize: UInt64(size))
                    )
                    let hashes = try #require(tiles[place.tile], "\(place.tile.path)")
                    #expect(Tile.node(above: hashes[place.hashes]) == nodes.node(level, index))
                }
                let beyond = UInt64(size >> level)
                #expect(
                    Tile.holding(level: level, index: beyond, inTreeOfSize: UInt64(size)) == nil
                )
            }
        }
        #expect(Tile.holding(level: -1, index: 0, inTreeOfSize: 9) == nil)
        #expect(Tile.holding(level: 63, index: 0, inTreeOfSize: MerkleTree.sizeMax) == nil)
        #expect(
            Tile.holding(level: 62, index: 0, inTreeOfSize: MerkleTree.sizeMax)?.hashes == 0..<64
        )
        #expect(Tile.holding(level: 0, index: 0, inTreeOfSize: 1 << 63) == nil)
        #expect(Tile(.entries, index: .max, inTreeOfSize: MerkleTree.sizeMax) == nil)
        #expect(Tile(.hashes(level: 8), index: 0, inTreeOfSize: MerkleTree.sizeMax) == nil)
    }

    @Test("growing in any steps writes the same tiles as at once") func steps() {
        for (first, second) in [
            (0, 700), (1, 2), (255, 256), (256, 257), (300, 66_000), (65_535, 65_537),
        ] {
            let (first, second) = (UInt64(first), UInt64(second))
            var tiles = Set(Tile.written(from: 0, to: first))
            tiles.formUnion(Tile.written(from: first, to: second))
            #expect(tiles.isSuperset(of: Tile.written(from: 0, to: second)))
        }
    }

    @Test("a tile of another size than its width says is refused") func tileSizes() throws {
        let hashes = (0..<3).map { index in MerkleTree.leafHash([UInt8(index)]) }
        let bytes = Tile.encode(hashes)
        let tile = Tile(.hashes(level: 0), index: 0, width: 3)
        #expect(try tile.hashes(bytes) == hashes)
        #expect(throws: TileError.wrongSize(expected: 96, found: 95)) {
            try tile.hashes(Array(bytes.dropLast()))
        }
        #expect(throws: TileError.wrongSize(expected: 96, found: 97)) {
            try tile.hashes(bytes + [0])
        }
    }

    @Test("a bundle holds entries of every length that has 16 bits") func bundles() throws {
        let entries = [0, 1, 255, 256, 65_535, 0].map { count in
            [UInt8](repeating: UInt8(count & 0x7f), count: count)
        }
        let bytes = EntryBundle.encode(entries)
        #expect(Array(bytes[..<5]) == [0, 0, 0, 1, 1])
        #expect(try EntryBundle.decode(bytes, width: 6) == entries)
        #expect(throws: TileError.trailingBytes(position: bytes.count - 2)) {
            try EntryBundle.decode(bytes, width: 5)
        }
        #expect(throws: TileError.truncated(position: bytes.count)) {
            try EntryBundle.decode(bytes, width: 7)
        }
    }

    @Test("a path or a bundle that was changed is refused, or is one of its own") func fuzzed() {
        var state: UInt64 = 1
        func below(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(bound))
        }
        let paths = [
            "tile/7/x001/x234/067.p/17", "tile/entries/000", "tile/63/x009/x223/999.p/255",
        ]
        let characters = [UInt8]("0123456789x/.p-entries ".utf8)
        let bundle = EntryBundle.encode([[1, 2, 3], [], [UInt8](repeating: 7, count: 300)])
        for round in 0..<20_000 {
            var text = [UInt8](paths[round % 3].utf8)
            var bytes = bundle
            for _ in 0...below(3) {
                let place = below(text.count)
                switch below(3) {
                case 0: text[place] = characters[below(characters.count)]
                case 1: text.insert(characters[below(characters.count)], at: place)
                default: text.remove(at: place)
                }
                bytes[below(bytes.count)] = UInt8(below(256))
            }
            let path = String(decoding: text, as: UTF8.self)
            if let tile = Tile(path: path) { #expect(tile.path == path) }
            do throws(TileError) {
                let width = 1 + below(5)
                let entries = try EntryBundle.decode(bytes, width: width)
                #expect(entries.count == width)
                #expect(EntryBundle.encode(entries) == bytes)
            } catch {
                // Most are refused; that nothing traps and nothing else is accepted is what is tested.
                #expect(!error.description.isEmpty)
            }
        }
    }

    @Test("a bundle that is cut anywhere is refused") func cutBundles() {
        let bytes = EntryBundle.encode([[1, 2, 3], [], [4]])
        for count in 0..<bytes.count {
            #expect(throws: TileError.self) {
                try EntryBundle.decode(Array(bytes[..<count]), width: 3)
            }
        }
    }
}
