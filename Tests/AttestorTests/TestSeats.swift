import Attestor
import BLS12381
import Cryptography
import Encoding
import KeyStore
import Primitives
import Statements

/// Twelve seats with keys of their own; their shares are of no group, because no certificate is made of them.
final class TestSeats: Sendable {
    struct Seat: Sendable {
        let index: UInt32
        let identity: Ed25519.PublicKey
        let share: PublicKey
    }

    let seats: [Seat]

    init() throws {
        var seats: [Seat] = []
        for index in UInt32(1)...12 {
            seats.append(
                Seat(
                    index: index,
                    identity: Self.identity(index).publicKey,
                    share: try Self.share(index).publicKey
                )
            )
        }
        self.seats = seats
    }

    static func identity(_ index: UInt32) -> SigningKey {
        SigningKey(seed: [UInt8](repeating: UInt8(index), count: 32))
    }

    static func share(_ index: UInt32) throws -> SecretKey {
        try SecretKey(keyMaterial: [UInt8](repeating: UInt8(100 + index), count: 32))
    }

    /// The keys of one seat.
    func keys(_ index: UInt32) -> SeatKeys {
        SeatKeys(
            identityKey: Self.identity(index).publicKey,
            sign: { message in Self.identity(index).sign(message) },
            signWithShare: { _, message in
                do { return try Self.share(index).sign(message) } catch { return nil }
            }
        )
    }

    /// The roster of an epoch.
    func roster(_ venue: VenueName, epoch: UInt64) throws -> EpochStatement {
        let categories: [SeatCategory] = [
            .groundStation, .groundStation, .groundStation, .ssaProvider, .ssaProvider,
            .fleetOperator, .fleetOperator, .academic, .regulator, .independent, .independent,
            .independent,
        ]
        return EpochStatement(
            venue: venue,
            epoch: epoch,
            groupKey: seats[0].share.compressed,
            validFrom: Timestamp(1),
            seats: try seats.map { seat in
                EpochStatement.Seat(
                    index: seat.index,
                    did: try OrbitDID(
                        kind: .observer,
                        registrar: venue,
                        id: Text("seat-\(seat.index)")
                    ),
                    operator: Text("operator \(seat.index)"),
                    group: Text("group \(seat.index)"),
                    region: Text("region \(seat.index % 4)"),
                    category: categories[Int(seat.index) - 1],
                    identityKey: seat.identity.bytes,
                    shareKey: seat.share.compressed
                )
            }
        )
    }
}
