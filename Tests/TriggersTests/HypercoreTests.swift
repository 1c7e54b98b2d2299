import ComponentHost
import Foundation
import Testing
import TestSupport
import Triggers

@Suite("Hypercore feeds") struct HypercoreTests {
    private let place: TemporaryDirectory
    private let sink = CollectingSink()

    init() throws { place = try TemporaryDirectory() }

    static let keys = [
        "v10.0.0-alpha.39": "ce4ac79ee505b2dd152264ede67c5014c19bc4cdeee243935d999251ed58359e",
        "v10.4.1": "62fac6d4f1332a84a18e533b79c8dc8787978353986f2d59ce92a005996e6a4b",
        "v10.4.1-partial": "72e9ad82c6f2242345c447fa0016e7a477d018acac893bce0dc6b957dee469a8",
    ]

    private func manager(_ key: String, _ directory: String) throws -> TriggerManager {
        var settings = quickSettings()
        settings.feeds = [HypercoreFeed(key: key.uppercased(), directory: directory)]
        let manager = try TriggerManager(path: place.cursors, settings: settings, sink: sink)
        manager.watch([.hypercoreAppend(feedKey: key)])
        return manager
    }

    private var blocks: [(index: UInt64, data: [UInt8])] {
        sink.all.compactMap { occurrence in
            guard case .hypercoreAppend(_, let index, let data) = occurrence.data else {
                return nil
            }
            return (index, data)
        }
    }

    @Test(
        "of JavaScript's implementation are read whole, each block once",
        Recordings.needsShared,
        arguments: keys.keys.sorted()
    )
    func recorded(version: String) throws {
        let key = try #require(Self.keys[version])
        let folder = Recordings.shared.appending(path: "hypercore/\(version)").path
        let manager = try manager(key, folder)
        defer { manager.stop() }
        eventually("all blocks are there") { sink.count == 1_000 }
        let data = try Data(contentsOf: URL(filePath: folder + "/data"))
        #expect(blocks.map(\.index) == (0..<1_000).map { UInt64($0) })
        #expect(blocks.flatMap(\.data) == Array(data))
        #expect(sink.handedOver == 1_000)
    }

    /// The first entries of a feed that was recorded, as they were before the rest was appended.
    private func copy(entries: Int, to name: String) throws -> String {
        let folder = place.path + "/" + name
        try FileManager.default.createDirectory(
            atPath: folder,
            withIntermediateDirectories: true
        )
        let log = try Data(contentsOf: Recordings.own.appending(path: "hypercore/oplog"))
        var end = 8_192
        for _ in 0..<entries {
            let count = log[end + 4..<end + 8].reversed().reduce(0) { $0 << 8 | Int($1) } >> 2
            end += 8 + count
        }
        try log[..<end].write(to: URL(filePath: folder + "/oplog"))
        let data = try Data(contentsOf: Recordings.own.appending(path: "hypercore/data"))
        try data.write(to: URL(filePath: folder + "/data"))
        return folder
    }

    private let sampleKey = keys["v10.4.1-partial"] ?? ""

    @Test("grow, and deliver what is new, also after a restart") func growth() throws {
        let folder = try copy(entries: 1, to: "feed")
        for count in [1, 2, 3, 7, 8, 20] {
            _ = try copy(entries: count, to: "feed")
            let manager = try manager(sampleKey, folder)
            eventually("\(count) blocks are there") { sink.count == count }
            manager.stop()
        }
        #expect(blocks.map(\.index) == (0..<20).map { UInt64($0) })
        #expect(sink.handedOver == 20)
    }

    @Test("whose oplog ends in the middle of an entry are read up to there") func torn() throws {
        let folder = try copy(entries: 5, to: "feed")
        let path = folder + "/oplog"
        let log = try Data(contentsOf: URL(filePath: path))
        try log.dropLast(3).write(to: URL(filePath: path))
        let manager = try manager(sampleKey, folder)
        defer { manager.stop() }
        eventually("four blocks are there") { sink.count == 4 }
        try log.write(to: URL(filePath: path))
        eventually("the fifth follows") { sink.count == 5 }
    }

    @Test(
        "with a changed block, node or signature deliver nothing that is not signed",
        arguments: ["data", "node", "signature", "key"]
    )
    func tampering(what: String) throws {
        let folder = try copy(entries: 3, to: "feed")
        var key = sampleKey
        var log = try Data(contentsOf: URL(filePath: folder + "/oplog"))
        switch what {
        case "data":
            var data = try Data(contentsOf: URL(filePath: folder + "/data"))
            data[2] ^= 1
            try data.write(to: URL(filePath: folder + "/data"))
        case "key": key = String(repeating: "0", count: 64)
        default:
            // The last entry: its tree nodes come first, its signature follows; the checksum is made good again.
            var start = 8_192
            for _ in 0..<2 {
                let words = log[start + 4..<start + 8].reversed()
                start += 8 + words.reduce(0) { $0 << 8 | Int($1) } >> 2
            }
            let place = what == "node" ? start + 8 + 6 : log.count - 10
            log[place] ^= 1
            var crc: UInt32 = 0xffff_ffff
            for byte in log[(start + 4)...] {
                crc ^= UInt32(byte)
                for _ in 0..<8 { crc = crc >> 1 ^ (crc & 1 == 1 ? 0xedb8_8320 : 0) }
            }
            for index in 0..<4 {
                log[start + index] = UInt8(truncatingIfNeeded: ~crc >> (8 * index))
            }
            try log.write(to: URL(filePath: folder + "/oplog"))
        }
        let manager = try manager(key, folder)
        defer { manager.stop() }
        eventually("it is noticed") { manager.health[1].failures > 1 }
        #expect(manager.health[1].lastError?.contains("damaged") == true)
        #expect(sink.count == 0)
    }

    @Test("that are missing fail, and are followed once they are there") func missing() throws {
        let folder = place.path + "/later"
        let manager = try manager(sampleKey, folder)
        defer { manager.stop() }
        eventually("it fails") { manager.health[1].condition == .failing }
        _ = try copy(entries: 2, to: "later")
        eventually("it is followed") { sink.count == 2 }
    }
}
