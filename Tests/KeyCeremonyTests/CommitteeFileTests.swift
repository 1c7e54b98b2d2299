import Foundation
import Cryptography
import Encoding
import KeyCeremony
import SeededRandomness
import Statements
import Testing
import ThresholdKeys

@Suite("files of committees") struct CommitteeFileTests {
    private let file: CommitteeFile

    init() throws {
        file = try TestCommittee.file(venue: "test.venue", indices: Array(1...12))
    }

    @Test("a file comes back as it was") func roundTrip() throws {
        #expect(try CommitteeFile(decoding: file.encoded) == file)
    }

    @Test("layout does not matter, since people edit it") func layout() throws {
        let spaced = String(decoding: file.encoded, as: UTF8.self)
            .replacingOccurrences(of: ",\"", with: ",\n    \"")
        #expect(try CommitteeFile(decoding: Array(spaced.utf8)) == file)
    }

    @Test("too few seats for a quorum are refused") func few() throws {
        var few = file
        few.seats.removeLast(5)
        #expect(throws: KeyCeremonyError.seatCount(7)) {
            _ = try CommitteeFile(decoding: few.encoded)
        }
        few = file
        few.seats.removeLast(4)
        #expect(try CommitteeFile(decoding: few.encoded).seats.count == 8)
    }

    @Test("what occurs twice is refused, and the place is named", arguments: 0..<4)
    func twice(field: Int) throws {
        var twice = file
        switch field {
        case 0: twice.seats[4].index = 4
        case 1: twice.seats[4].id = twice.seats[2].id
        case 2: twice.seats[4].identityKey = twice.seats[2].identityKey
        default: twice.seats[4].encryptionKey = twice.seats[2].encryptionKey
        }
        let error = #expect(throws: KeyCeremonyError.self) {
            _ = try CommitteeFile(decoding: twice.encoded)
        }
        #expect(error?.description.contains("seats[4]") == true)
    }

    @Test(
        "a member that is missing, unknown or wrong is named",
        arguments: [
            ("\"region\":\"europe\"", "\"place\":\"europe\"", "region"),
            ("\"category\":\"groundStation\"", "\"category\":\"ground station\"", "category"),
            ("\"index\":1,", "\"index\":13,", "index"),
            ("\"index\":1,", "\"index\":0,", "index"),
            ("\"identityKey\":\"", "\"identityKey\":\"00", "identityKey"),
            ("\"venue\":\"test.venue\"", "\"venue\":\"Test\"", "venue"),
        ]
    )
    func wrong(from: String, to: String, name: String) throws {
        let text = String(decoding: file.encoded, as: UTF8.self)
        let changed = try #require(
            text.range(of: from).map { range in
                text.replacingCharacters(in: range, with: to)
            }
        )
        let error = #expect(throws: KeyCeremonyError.self) {
            _ = try CommitteeFile(decoding: Array(changed.utf8))
        }
        #expect(error?.description.contains(name) == true)
    }

    @Test("an encryption key outside the group is refused") func badKey() throws {
        let text = String(decoding: file.encoded, as: UTF8.self)
        let key = Hex.encode(file.seats[2].encryptionKey.compressed)
        let changed = text.replacingOccurrences(
            of: key,
            with: "c0" + String(repeating: "0", count: 94)
        )
        let error = #expect(throws: KeyCeremonyError.self) {
            _ = try CommitteeFile(decoding: Array(changed.utf8))
        }
        #expect(error?.description.contains("seat 3") == true)
    }

    @Test("bytes that were changed at random are read or refused, never worse") func damaged() {
        var random = RandomSource(seed: 7)
        for _ in 0..<2_000 {
            var bytes = file.encoded
            random.mutate(&bytes)
            do throws(KeyCeremonyError) {
                let read = try CommitteeFile(decoding: bytes)
                #expect(read.seats.count >= 8)
            } catch {
                #expect(!error.description.isEmpty)
            }
        }
    }
}
