import BLS12381
public import Cryptography

/// The secret side of a ceremony: what one member knows and says.
///
/// It has no state that matters: everything it says follows from its secret of 32 bytes, its keys and the log. A
/// member that restarts makes this value again from the same secret, reads the log again into a
/// `Ceremony`, and says the very same things; saying something twice is not a fault. So the secret is
/// what has to be kept, in sealed storage, until the ceremony is concluded.
///
/// A seat that changes its identity key takes part as two members: as dealer with the old key, and as receiver
/// with the new one.
public struct CeremonyMember: ~Copyable, Sendable {
    /// What was agreed before.
    public let parameters: CeremonyParameters
    /// The index of the seat that deals; none if the member has no old share.
    public let dealer: UInt32?
    /// The index of the seat that receives a share; none if the member leaves.
    public let receiver: UInt32?
    /// Whether the member may disclose the common point of a share to prove that it is wrong.
    ///
    /// One whose decryption key lies in a device that does not give that point away complains without proof.
    public let disclosesPoints: Bool

    private let source: SecretSource
    private let decryptionKey: DecryptionKey
    private let polynomial: SecretPolynomial?
    private var deal: Deal?
    /// The shares that were decrypted, in the order of the dealers.
    private var shares: SecretScalars
    private var states: [ShareState]
    private var newShare: KeyShare?
    private var said: Phase = .waiting

    /// What is known about the share from a dealer.
    private enum ShareState {
        /// It was not looked at, or there is none.
        case unknown
        /// It is the one that the dealer committed to.
        case right
        /// It is wrong.
        case wrong
    }

    /// Makes a member that helps to make keys anew, or joins when keys are reshared.
    ///
    /// - Parameters:
    ///   - parameters: The ceremony.
    ///   - identityKey: The key that verifies what the member signs; it decides which seats are its own.
    ///   - secret: 32 bytes that nobody can guess, drawn for this ceremony alone.
    ///   - decryptionKey: The key of the seat that receives a share, of which a copy is kept until the end.
    ///   - disclosesPoints: Whether common points may be disclosed.
    /// - Throws: `notAMember`, `wrongSecretLength` or `wrongDecryptionKey`.
    public init(
        _ parameters: CeremonyParameters,
        identityKey: Ed25519.PublicKey,
        secret: [UInt8],
        decryptionKey: borrowing DecryptionKey,
        disclosesPoints: Bool = true
    ) throws(ThresholdKeysError) {
        let source = try SecretSource(secret: secret, nonce: parameters.nonce)
        let dealer = parameters.isFresh ? Self.seat(of: identityKey, in: parameters.seats) : nil
        let polynomial: SecretPolynomial? =
            dealer == nil
            ? nil
            : SecretPolynomial(count: parameters.threshold, constant: nil, source: source)
        try self.init(
            parameters,
            seats: (dealer, Self.seat(of: identityKey, in: parameters.seats)),
            source: source,
            polynomial: polynomial,
            decryptionKey: decryptionKey.duplicate(),
            disclosesPoints: disclosesPoints
        )
    }

    /// Makes a member that holds an old share and helps to reshare it, whether it stays or leaves.
    ///
    /// - Parameters:
    ///   - parameters: The ceremony.
    ///   - identityKey: The key that verifies what the member signs; it decides which seats are its own.
    ///   - secret: 32 bytes that nobody can guess, drawn for this ceremony alone.
    ///   - decryptionKey: The key of the seat that receives a share; any if the member leaves.
    ///   - previous: The old share. It stays with its owner until the new one is in force.
    ///   - disclosesPoints: Whether common points may be disclosed.
    /// - Throws: `notAMember`, `wrongSecretLength`, `wrongDecryptionKey` or `wrongShare`.
    public init(
        _ parameters: CeremonyParameters,
        identityKey: Ed25519.PublicKey,
        secret: [UInt8],
        decryptionKey: borrowing DecryptionKey,
        resharing previous: borrowing KeyShare,
        disclosesPoints: Bool = true
    ) throws(ThresholdKeysError) {
        let source = try SecretSource(secret: secret, nonce: parameters.nonce)
        guard let old = parameters.previous,
            let dealer = Self.seat(of: identityKey, in: old.seats)
        else { throw .notAMember }
        guard previous.venue == parameters.venue, previous.epoch == old.keySet.epoch,
            previous.index == dealer, previous.publicKey == old.keySet.shareKey(of: dealer)
        else { throw .wrongShare(index: dealer) }
        let polynomial = SecretPolynomial(
            count: parameters.threshold,
            constant: previous.secret.scalar,
            source: source
        )
        try self.init(
            parameters,
            seats: (dealer, Self.seat(of: identityKey, in: parameters.seats)),
            source: source,
            polynomial: polynomial,
            decryptionKey: decryptionKey.duplicate(),
            disclosesPoints: disclosesPoints
        )
    }

    private init(
        _ parameters: CeremonyParameters,
        seats: (dealer: UInt32?, receiver: UInt32?),
        source: consuming SecretSource,
        polynomial: consuming SecretPolynomial?,
        decryptionKey: consuming DecryptionKey,
        disclosesPoints: Bool
    ) throws(ThresholdKeysError) {
        guard seats.dealer != nil || seats.receiver != nil else { throw .notAMember }
        if let index = seats.receiver,
            parameters.receiver(index)?.encryptionKey != decryptionKey.encryptionKey
        {
            throw .wrongDecryptionKey(index: index)
        }
        self.parameters = parameters
        dealer = seats.dealer
        receiver = seats.receiver
        self.source = source
        self.polynomial = polynomial
        self.decryptionKey = decryptionKey
        self.disclosesPoints = disclosesPoints
        shares = SecretScalars(count: parameters.dealers.count)
        states = [ShareState](repeating: .unknown, count: parameters.dealers.count)
    }

    private static func seat(
        of identityKey: Ed25519.PublicKey,
        in seats: [CeremonySeat]
    ) -> UInt32? {
        seats.first { seat in seat.identityKey == identityKey }?.index
    }

    /// What to say next, given what the log shows; once a phase, and nothing in most of them.
    ///
    /// - Parameter ceremony: The log as read so far, with the same parameters; a precondition.
    /// - Returns: The bundles to sign and to put into the log before the phase ends.
    public mutating func act(on ceremony: Ceremony) -> [UnsignedBundle] {
        precondition(ceremony.parameters.nonce == parameters.nonce, "this is another ceremony")
        guard ceremony.phase > said else { return [] }
        said = ceremony.phase
        switch ceremony.phase {
        case .waiting, .concluded: return []
        case .commit: return commit()
        case .deal: return publishDeal()
        case .complaint: return complain(ceremony)
        case .justification: return justify(ceremony)
        case .confirmation: return confirm(ceremony)
        }
    }

    private func bundle(_ body: BundleBody, by sender: UInt32) -> [UnsignedBundle] {
        [UnsignedBundle(body, sender: sender, nonce: parameters.nonce)]
    }
}

// MARK: - Dealing

extension CeremonyMember {
    private mutating func makeDeal(_ index: UInt32) -> Deal? {
        if deal == nil, let made = dealOnce(index) { deal = made }
        return deal
    }

    private func dealOnce(_ index: UInt32) -> Deal? {
        switch polynomial {
        case .some(let polynomial):
            Deal(polynomial, dealer: index, in: parameters, source: source)
        case .none: nil
        }
    }

    private mutating func commit() -> [UnsignedBundle] {
        guard let dealer, let deal = makeDeal(dealer) else { return [] }
        let digest = deal.commitDigest(dealer: dealer, nonce: parameters.nonce)
        return bundle(.commit(digest), by: dealer)
    }

    private mutating func publishDeal() -> [UnsignedBundle] {
        guard let dealer, let deal = makeDeal(dealer) else { return [] }
        return bundle(.deal(deal), by: dealer)
    }

    private func justify(_ ceremony: Ceremony) -> [UnsignedBundle] {
        guard let dealer, let record = ceremony.dealers.first(where: { $0.seat.index == dealer })
        else { return [] }
        var answers: [Justification] = []
        switch polynomial {
        case .some(let polynomial):
            for index in record.asked.sorted() {
                answers.append(
                    Justification(receiver: index, share: polynomial.value(at: index))
                )
            }
        case .none: return []
        }
        return answers.isEmpty ? [] : bundle(.justifications(answers), by: dealer)
    }
}

// MARK: - Receiving

extension CeremonyMember {
    private func route(from dealer: UInt32, to seat: CeremonySeat) -> EncryptedShare.Route {
        EncryptedShare.Route(nonce: parameters.nonce, dealer: dealer, receiver: seat)
    }

    /// Decrypts the share from a dealer and compares it with the commitments, unless that was done.
    private mutating func open(_ position: Int, of record: DealerRecord, for seat: CeremonySeat) {
        guard case .unknown = states[position], let deal = record.deal,
            let sent = deal.share(for: seat.index)
        else { return }
        let point = decryptionKey.secret.scalar * sent.ephemeralKey
        let route = route(from: record.seat.index, to: seat)
        states[position] = .wrong
        if let share = sent.share(point: point, route: route),
            deal.matches(share, receiver: seat.index)
        {
            shares[position] = share
            states[position] = .right
        }
    }

    /// Complains about every wrong share in a deal that counts.
    ///
    /// Which deals count was fixed when the phase began, so the answer is the same whenever it is made.
    private mutating func complain(_ ceremony: Ceremony) -> [UnsignedBundle] {
        guard let receiver, let seat = parameters.receiver(receiver) else { return [] }
        var complaints: [Complaint] = []
        for (position, record) in ceremony.dealers.enumerated() {
            open(position, of: record, for: seat)
            guard case .wrong = states[position], let sent = record.deal?.share(for: receiver)
            else {
                continue
            }
            let disclosure =
                disclosesPoints
                ? Complaint.Disclosure(
                    sent,
                    route: route(from: record.seat.index, to: seat),
                    key: decryptionKey,
                    source: source
                ) : nil
            complaints.append(Complaint(dealer: record.seat.index, disclosure: disclosure))
        }
        if !disclosesPoints, complaints.count > parameters.faultyDealerCountMax {
            // More dealers are faulty than the protocol bears; the first ones are as good as any.
            complaints = Array(complaints.prefix(parameters.faultyDealerCountMax))
        }
        return complaints.isEmpty ? [] : bundle(.complaints(complaints), by: receiver)
    }

    /// Puts the shares from the qualified dealers together; none if one is missing.
    private mutating func combine(_ ceremony: Ceremony, for seat: CeremonySeat) -> Scalar? {
        let factors = ceremony.factors(of: ceremony.qualified)
        var sum = Scalar.zero
        var place = 0
        for (position, record) in ceremony.dealers.enumerated() where record.isQualified {
            open(position, of: record, for: seat)
            let published = record.published.first { $0.receiver == seat.index }
            var share = shares[position]
            if case .right = states[position] {
            } else if let published {
                share = published.share
            } else {
                return nil
            }
            sum = sum + (factors.map { $0[place] * share } ?? share)
            place += 1
        }
        return sum
    }

    /// Confirms the result with a partial signature, if the member got its share of it.
    private mutating func confirm(_ ceremony: Ceremony) -> [UnsignedBundle] {
        guard let receiver, let seat = parameters.receiver(receiver),
            let keySet = ceremony.candidate, let publicKey = keySet.shareKey(of: receiver),
            let scalar = combine(ceremony, for: seat)
        else { return [] }
        let secret: SecretKey
        do throws(BLSError) {
            secret = try SecretKey(scalar: scalar)
        } catch {
            preconditionFailure("a share of zero has no share key")
        }
        let ownKey = secret.publicKey
        precondition(ownKey == publicKey, "right shares add up to a right share")
        let share = KeyShare(
            venue: parameters.venue,
            epoch: parameters.epoch,
            index: receiver,
            publicKey: publicKey,
            secret: secret
        )
        let partial = share.sign(keySet.testMessage).signature
        newShare = consume share
        return bundle(
            .confirmation(Confirmation(keySetHash: keySet.hash, partial: partial)),
            by: receiver
        )
    }
}

// MARK: - Succession

/// Which share is in force after a ceremony.
public enum Succession: ~Copyable, Sendable {
    /// The new one, or none for a member that leaves or got no right share; the old one is wiped.
    case activated(KeyShare?)
    /// The old one, if there was one: the ceremony failed or still runs.
    case kept(KeyShare?)
}

extension CeremonyMember {
    /// Ends the member's part: hands out the new share and wipes the old one if the ceremony has put new keys in
    /// force, and everything but the old one if not.
    ///
    /// A member that did not act in the phase of confirmation, because it was away, gets its share here
    /// all the same if the shares that it was sent are right.
    ///
    /// - Parameters:
    ///   - previous: The old share, which is given away here for good.
    ///   - ceremony: The log as read so far, with the same parameters; a precondition.
    /// - Returns: The share that is in force.
    public consuming func succeed(
        _ previous: consuming KeyShare?,
        after ceremony: Ceremony
    ) -> Succession {
        precondition(ceremony.parameters.nonce == parameters.nonce, "this is another ceremony")
        guard case .activated = ceremony.outcome else { return .kept(previous) }
        if newShare == nil { _ = confirm(ceremony) }
        return .activated(newShare)
    }
}
