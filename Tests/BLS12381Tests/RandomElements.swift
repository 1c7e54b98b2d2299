import BLS12381
import SeededRandomness

extension RandomSource {
    mutating func scalar() throws -> Scalar { try Scalar(reducing: bytes(48)) }

    mutating func g1() throws -> G1Element { try scalar() * .generator }

    mutating func g2() throws -> G2Element { try scalar() * .generator }

    mutating func randomiser() throws -> Randomiser { try Randomiser(high: next(), low: next()) }
}
