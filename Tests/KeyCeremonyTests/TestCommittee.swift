import Cryptography
import Encoding
import Foundation
import KeyCeremony
import KeyStore
import Statements
import TestSupport
import ThresholdKeys

/// The people of a committee, each with a folder of its own.
enum TestCommittee {
    static let categories = SeatCategory.allCases

    /// Somebody who may have a seat.
    final class Person: Sendable {
        let id: String
        let identity = SigningKey.generate()
        let directory: TemporaryDirectory
        let encryptionKey: EncryptionKey

        init(_ id: String) throws {
            self.id = id
            directory = try TemporaryDirectory()
            try SeatStore.create(
                directory: directory.path,
                name: id,
                passphrase: Passphrase(bytes: passphrase),
                cost: .least
            )
            encryptionKey = try Self.store(directory.path, id).encryptionKey
        }

        func store() throws -> SeatStore { try Self.store(directory.path, id) }

        private static func store(_ path: String, _ id: String) throws -> SeatStore {
            try SeatStore(
                directory: path,
                name: id,
                passphrase: Passphrase(bytes: passphrase),
                cost: .least
            )
        }

        func enrolment(_ index: UInt32) -> SeatEnrolment {
            SeatEnrolment(
                index: index,
                id: Text(id),
                operator: Text("Operator \(id)"),
                group: Text("Group \(id)"),
                region: ["europe", "americas", "asia"][Int(index) % 3],
                category: categories[Int(index) % categories.count],
                identityKey: identity.publicKey,
                encryptionKey: encryptionKey
            )
        }
    }

    static let passphrase = Array("correct horse".utf8)

    static func file(venue: String, indices: [UInt32]) throws -> CommitteeFile {
        CommitteeFile(
            venue: try VenueName(Text(venue)),
            seats: try indices.map { index in try Person("seat-\(index)").enrolment(index) }
        )
    }
}
