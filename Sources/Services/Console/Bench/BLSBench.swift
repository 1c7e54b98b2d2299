import BLS12381
import Cryptography
import Platform

/// Measures signatures on BLS12-381, on one thread: what an observer, the aggregator and a client do.
enum BLSBench {
    /// Microseconds of each operation, the medians of the runs.
    struct Result {
        var sign = 0.0
        var verify = 0.0
        var verifyPrepared = 0.0
        var hashToCurve = 0.0
        var combine = 0.0
        var batchVerify12 = 0.0
        /// Of all signatures, hashes and combinations that were computed.
        var resultHash = ""
    }

    /// Measures everything.
    ///
    /// - Parameters:
    ///   - runs: How often; the result is the median.
    ///   - repetitions: How often each operation is done in a run, with other messages each time.
    ///   - seed: What keys and messages are made of.
    ///   - progress: Is told what is going on.
    /// - Returns: The measurements.
    /// - Throws: `disagreement` when a good signature does not verify.
    static func run(
        runs: Int,
        repetitions: Int,
        seed: UInt64,
        progress: (String) -> Void
    ) throws(ConsoleError) -> Result {
        do throws(BLSError) {
            let (result, isRight) = try measure(runs, repetitions, seed, progress)
            if isRight { return result }
        } catch {
            throw .disagreement("the curve's own values were refused: \(error)")
        }
        throw .disagreement("a good signature does not verify")
    }

    private static func measure(
        _ runs: Int,
        _ repetitions: Int,
        _ seed: UInt64,
        _ progress: (String) -> Void
    ) throws(BLSError) -> (result: Result, isRight: Bool) {
        var measurement = try BLSMeasurement(seed: seed, messageCount: repetitions)
        for run in 1...runs {
            progress("run \(run) of \(runs)")
            try measurement.run()
        }
        return (measurement.result, !measurement.isWrong)
    }
}

/// A committee of twelve with a threshold of eight, and the times that its work took.
private struct BLSMeasurement: ~Copyable {
    private let key: SecretKey
    private let publicKey: PublicKey
    private let preparedKey: PreparedPublicKey
    private let messages: [[UInt8]]
    /// The signatures of the first message by the shares.
    private let parts: [Threshold.PartialSignature]
    private let batch: [BatchEntry]
    private let clock = LinuxClock()

    private var sign: [Double] = []
    private var verify: [Double] = []
    private var verifyPrepared: [Double] = []
    private var hashToCurve: [Double] = []
    private var combine: [Double] = []
    private var batchVerify12: [Double] = []
    private var hasher = SHA256.Hasher()
    private(set) var isWrong = false

    init(seed: UInt64, messageCount: Int) throws(BLSError) {
        var random = SplitMix64(seed: seed)
        func bytes(_ count: Int) -> [UInt8] {
            (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        }
        let messages = (0..<messageCount).map { _ in bytes(32) }
        var coefficients: [Scalar] = []
        for _ in 0..<8 { coefficients.append(try Scalar(reducing: bytes(48))) }
        var parts: [Threshold.PartialSignature] = []
        var batch: [BatchEntry] = []
        for index in 1...12 as ClosedRange<UInt32> {
            let share = try SecretKey(scalar: Threshold.share(of: coefficients, index: index))
            let signature = share.sign(messages[0])
            parts.append(Threshold.PartialSignature(index: index, signature: signature))
            batch.append(
                BatchEntry(
                    key: share.publicKey,
                    signature: signature,
                    randomiser: try Randomiser(high: random.next(), low: random.next())
                )
            )
        }
        let key = try SecretKey(scalar: coefficients[0])
        publicKey = key.publicKey
        preparedKey = publicKey.prepared
        self.key = key
        self.messages = messages
        self.parts = parts
        self.batch = batch
    }

    /// Does everything once for each message, in turn, so that a busy moment of the machine meets all alike.
    mutating func run() throws(BLSError) {
        var hashes: [G1Element] = []
        hashToCurve += try time { index throws(BLSError) in
            hashes.append(.hash(messages[index], tag: .basicSignature))
        }
        var signatures: [[UInt8]] = []
        sign += try time { index throws(BLSError) in
            signatures.append(key.sign(messages[index]).compressed)
        }
        var isGood = true
        verify += try time { index throws(BLSError) in
            let signature = try Signature(compressed: signatures[index])
            isGood = publicKey.verifies(signature, of: messages[index]) && isGood
        }
        verifyPrepared += try time { index throws(BLSError) in
            let signature = try Signature(compressed: signatures[index])
            isGood = preparedKey.verifies(signature, of: messages[index]) && isGood
        }
        var combined: [Signature] = []
        combine += try time { index throws(BLSError) in
            combined.append(try Threshold.combine(quorum(index)))
        }
        batchVerify12 += try time { index throws(BLSError) in
            isGood = BatchVerification.verifies(batch, of: messages[0]) && isGood
        }
        for signature in combined where signature.compressed != signatures[0] { isGood = false }
        for hash in hashes { hasher.update(hash.compressed) }
        for signature in signatures { hasher.update(signature) }
        if !isGood { isWrong = true }
    }

    /// Eight of the parts, others for each number.
    private func quorum(_ number: Int) -> [Threshold.PartialSignature] {
        (0..<8).map { position in parts[(5 * position + number) % 12] }
    }

    /// The microseconds that an operation takes, as an array of one.
    private func time(_ operation: (Int) throws(BLSError) -> Void) throws(BLSError) -> [Double] {
        let start = clock.monotonicNanoseconds()
        for index in messages.indices { try operation(index) }
        let elapsed = clock.monotonicNanoseconds() - start
        return [Double(elapsed) / Double(messages.count) / 1_000]
    }

    /// The medians of the runs.
    var result: BLSBench.Result {
        BLSBench.Result(
            sign: sign.median,
            verify: verify.median,
            verifyPrepared: verifyPrepared.median,
            hashToCurve: hashToCurve.median,
            combine: combine.median,
            batchVerify12: batchVerify12.median,
            resultHash: hasher.finalize().hex
        )
    }
}
