/// A log's signed word about the root of its tree, with proofs that lead to that root (RFC 9942).
///
/// The tree is the one of RFC 9162 with SHA-256. The signature covers the root alone: neither the size of the tree
/// nor the index of the leaf is signed, so whoever relies on them needs the log's checkpoint too.
public struct COSEReceipt: Equatable, Sendable {
    /// That a leaf is in a tree.
    public struct InclusionProof: Equatable, Sendable {
        /// How many leaves the tree has.
        public let treeSize: UInt64
        /// Which leaf it is, counted from 0.
        public let leafIndex: UInt64
        /// The hashes from the leaf to the root, each of 32 bytes, at least one and at most 64.
        public let path: [[UInt8]]

        /// Makes a proof; none if there is no such leaf, or the path is not as described.
        public init?(treeSize: UInt64, leafIndex: UInt64, path: [[UInt8]]) {
            guard leafIndex < treeSize, COSEReceipt.isPath(path) else { return nil }
            self.treeSize = treeSize
            self.leafIndex = leafIndex
            self.path = path
        }
    }

    /// That a tree continues an older one.
    public struct ConsistencyProof: Equatable, Sendable {
        /// How many leaves the older tree has, at least one.
        public let oldSize: UInt64
        /// How many leaves the newer tree has, more than the older one.
        public let newSize: UInt64
        /// The hashes from the older root to the newer one, each of 32 bytes, at least one and at most 64.
        public let path: [[UInt8]]

        /// Makes a proof; none if there are no such trees, or the path is not as described.
        public init?(oldSize: UInt64, newSize: UInt64, path: [[UInt8]]) {
            guard oldSize > 0, oldSize < newSize, COSEReceipt.isPath(path) else { return nil }
            self.oldSize = oldSize
            self.newSize = newSize
            self.path = path
        }
    }

    /// What a receipt proves, from 1 to 16 times.
    public enum Proofs: Equatable, Sendable {
        /// Leaves are in the tree with the root that is signed.
        case inclusion([InclusionProof])
        /// The tree with the root that is signed continues older ones.
        case consistency([ConsistencyProof])
    }

    /// The tree of RFC 9162 with SHA-256, in the registry of RFC 9942.
    public static var rfc9162SHA256: Int64 { 1 }
    /// Most proofs in one receipt.
    public static var proofsMax: Int { 16 }
    /// How many bytes a hash has.
    public static var hashSize: Int { 32 }

    /// The signed message; its payload is the root, or none.
    public let message: COSESign1
    /// The proofs.
    public let proofs: Proofs

    /// The algorithm of the signature.
    public let algorithm: COSEAlgorithm

    /// Makes a receipt for a root, which is left out of it, as RFC 9942 §5 recommends.
    ///
    /// - Parameters:
    ///   - proofs: From 1 to 16 proofs that lead to the root.
    ///   - root: The root of the tree, 32 bytes.
    ///   - algorithm: The algorithm of `signer`.
    ///   - keyID: Which key signs.
    ///   - claims: Which log signs, and for what.
    ///   - signer: Signs the bytes it is given.
    /// - Throws: What `signer` throws.
    public init<Failure: Error>(
        proofs: Proofs,
        root: [UInt8],
        algorithm: COSEAlgorithm,
        keyID: [UInt8],
        claims: CWTClaims,
        signer: (_ message: [UInt8]) throws(Failure) -> [UInt8]
    ) throws(Failure) {
        precondition(root.count == Self.hashSize)
        let protected = COSEHeaders(
            algorithm: algorithm,
            keyID: keyID,
            claims: claims,
            tree: Self.rfc9162SHA256
        )
        message = try COSESign1(
            protected: protected,
            unprotected: COSEHeaders(proofs: Self.map(proofs)),
            payload: root,
            isDetached: true,
            signer: signer
        )
        self.proofs = proofs
        self.algorithm = algorithm
    }

    /// Reads a receipt.
    ///
    /// - Throws: What a message throws; `missing` when algorithm, tree or proofs are not where they must be;
    ///   `unsupportedTree` for another kind of tree; `invalidRoot`, `invalidProofs` or `invalidProof` when
    ///   those cannot be; `malformed` for a proof.
    /// - Complexity: O(n).
    public init(
        decoding bytes: [UInt8],
        limits: DecodingLimits = .standard,
        accepting leniency: CBORLeniency = []
    ) throws(COSEError) {
        message = try COSESign1(decoding: bytes, limits: limits, accepting: leniency)
        guard let algorithm = message.protected.algorithm else {
            throw .missing(label: COSELabel.algorithm)
        }
        self.algorithm = algorithm
        guard let tree = message.protected.map[COSELabel.tree]?.integer else {
            throw .missing(label: COSELabel.tree)
        }
        guard tree == Self.rfc9162SHA256 else { throw .unsupportedTree(tree) }
        guard let map = message.unprotected.map[COSELabel.proofs]?.map else {
            throw .missing(label: COSELabel.proofs)
        }
        if let root = message.payload, root.count != Self.hashSize { throw .invalidRoot }
        proofs = try Self.proofs(map, limits, leniency)
    }

    /// The bytes of the receipt.
    ///
    /// - Complexity: O(n).
    public var encoded: [UInt8] { message.encoded }

    /// Whether the receipt is a good signature of a root, which the verifier has computed from a proof.
    ///
    /// - Parameters:
    ///   - root: The root of the tree; if the receipt has one too, both must be equal.
    ///   - verifier: Checks a signature of a message.
    /// - Returns: What `verifier` says; false without asking it if the receipt has another root.
    /// - Throws: What `verifier` throws.
    public func isValid<Failure: Error>(
        root: [UInt8],
        verifier: (_ message: [UInt8], _ signature: [UInt8]) throws(Failure) -> Bool
    ) throws(Failure) -> Bool {
        if let attached = message.payload {
            guard attached == root else { return false }
            return try message.isValid(verifier: verifier)
        }
        return try message.isValid(detachedPayload: root, verifier: verifier)
    }

    static func isPath(_ path: [[UInt8]]) -> Bool {
        (1...64).contains(path.count) && path.allSatisfy { hash in hash.count == hashSize }
    }
}

// MARK: - Proofs

extension COSEReceipt {
    /// The keys in the header of proofs (RFC 9942 §4.2).
    private enum Kind {
        static let inclusion: Int64 = -1
        static let consistency: Int64 = -2
    }

    private static func map(_ proofs: Proofs) -> CBORMap {
        var map = CBORMap()
        switch proofs {
        case .inclusion(let proofs):
            precondition((1...proofsMax).contains(proofs.count))
            map[Kind.inclusion] = .array(
                proofs.map { proof in encoded(proof.treeSize, proof.leafIndex, proof.path) }
            )
        case .consistency(let proofs):
            precondition((1...proofsMax).contains(proofs.count))
            map[Kind.consistency] = .array(
                proofs.map { proof in encoded(proof.oldSize, proof.newSize, proof.path) }
            )
        }
        return map
    }

    /// One proof, of either kind: two numbers and a path, as bytes in the receipt.
    private static func encoded(_ first: UInt64, _ second: UInt64, _ path: [[UInt8]]) -> CBORValue {
        let parts: [CBORValue] = [
            .unsigned(first), .unsigned(second), .array(path.map(CBORValue.bytes)),
        ]
        return .bytes(CBORValue.array(parts).encoded)
    }

    private static func proofs(
        _ map: CBORMap,
        _ limits: DecodingLimits,
        _ leniency: CBORLeniency
    ) throws(COSEError) -> Proofs {
        guard let entry = map.entries.first, map.entries.count == 1 else { throw .invalidProofs }
        guard let list = entry.value.array, (1...proofsMax).contains(list.count) else {
            throw .invalidProofs
        }
        var inclusion: [InclusionProof] = []
        var consistency: [ConsistencyProof] = []
        for (index, item) in list.enumerated() {
            guard let bytes = item.bytes else { throw .invalidProofs }
            let parts: Parts
            do throws(CBORError) {
                parts = try Parts(bytes, limits, leniency)
            } catch {
                throw .malformed(.proof(index: index), error)
            }
            switch entry.key.integer {
            case Kind.inclusion:
                let proof = InclusionProof(
                    treeSize: parts.first,
                    leafIndex: parts.second,
                    path: parts.path
                )
                guard let proof else { throw .invalidProof(index: index) }
                inclusion.append(proof)
            case Kind.consistency:
                let proof = ConsistencyProof(
                    oldSize: parts.first,
                    newSize: parts.second,
                    path: parts.path
                )
                guard let proof else { throw .invalidProof(index: index) }
                consistency.append(proof)
            default: throw .invalidProofs
            }
        }
        return inclusion.isEmpty ? .consistency(consistency) : .inclusion(inclusion)
    }

    /// A proof of either kind as it is read.
    private struct Parts {
        var first: UInt64
        var second: UInt64
        var path: [[UInt8]]

        init(
            _ bytes: [UInt8],
            _ limits: DecodingLimits,
            _ leniency: CBORLeniency
        ) throws(CBORError) {
            var decoder = try CBORDecoder(bytes, limits: limits, accepting: leniency)
            guard try decoder.readArrayCount() == 3 else { throw .unexpectedType(position: 0) }
            first = try decoder.readUnsigned()
            second = try decoder.readUnsigned()
            let count = try decoder.readArrayCount()
            path = []
            for _ in 0..<count { path.append(try decoder.readBytes()) }
            try decoder.requireEnd()
        }
    }
}

extension COSEHeaders {
    /// The unprotected header of a receipt.
    fileprivate init(proofs: CBORMap) {
        var map = CBORMap()
        map[COSELabel.proofs] = .map(proofs)
        self.init(checked: map)
    }
}
