import BLS12381
import Cryptography
import KeyStore
import ThresholdKeys
import SeededRandomness

extension SimulatedMember {
    /// What the member publishes, and after how many heights each entry arrives.
    func speak(_ view: Ceremony, _ log: SimulatedLog) -> [(delay: UInt64, bytes: [UInt8])] {
        // Who wants to steal has to see what the others deal first.
        let isWaiting =
            has(.stolenShares) && view.phase == .deal
            && view.height < parameters.schedule.commitEnd + 2
        guard !isWaiting else { return [] }
        let bundles = act(on: view)
        guard !isCorrect else {
            return bundles.map { bundle in (1 + UInt64(source.below(2)), sign(bundle)) }
        }
        var entries: [(delay: UInt64, bytes: [UInt8])] = []
        for bundle in altered(bundles, view) {
            guard !has(.silent(bundle.kind)) else { continue }
            var delay = 1 + UInt64(source.below(has(.stolenShares) ? 1 : 3))
            if has(.late(bundle.kind)) { delay = SimulatedCeremony.phaseLength }
            entries.append((delay, sign(bundle)))
        }
        for bytes in noise(view, log) { entries.append((1 + UInt64(source.below(4)), bytes)) }
        return entries
    }

    /// The bundles with the member's faults in them, and those that it adds.
    private func altered(_ bundles: [UnsignedBundle], _ view: Ceremony) -> [UnsignedBundle] {
        var result: [UnsignedBundle] = []
        for bundle in bundles {
            guard isByzantine, let body = body(of: bundle) else {
                result.append(bundle)
                continue
            }
            let changed = alter(body, by: bundle.sender, view)
            result.append(remade(changed, bundle))
            if has(.equivocate(bundle.kind)) {
                result.append(remade(contradict(changed), bundle))
            }
        }
        if let complaint = addedComplaint(to: bundles, view) {
            result.removeAll { bundle in bundle.kind == .complaint }
            result += complaint
        }
        return result
    }

    private func remade(_ body: BundleBody, _ bundle: UnsignedBundle) -> UnsignedBundle {
        UnsignedBundle(body, sender: bundle.sender, nonce: parameters.nonce)
    }

    /// What is in a bundle of its own.
    private func body(of bundle: UnsignedBundle) -> BundleBody? {
        do throws(BundleRefusal) {
            return try CheckedBundle(
                checking: sign(bundle),
                in: parameters,
                verifier: NativeEd25519.verifies
            ).body
        } catch {
            preconditionFailure("a member's own bundle is in order: \(error)")
        }
    }

    private func alter(
        _ body: BundleBody,
        by index: UInt32,
        _ view: Ceremony
    ) -> BundleBody {
        switch body {
        case .commit:
            if has(.otherCommit) { return .commit(SHA256.hash(of: source.bytes(32))) }
            guard misbehaviours.contains(where: { $0.changesDeal }), let deal = alteredDeal() else {
                return body
            }
            return .commit(deal.commitDigest(dealer: index, nonce: parameters.nonce))
        case .deal(var deal):
            if misbehaviours.contains(where: { $0.changesDeal }), let altered = alteredDeal() {
                deal = altered
            }
            let others = view.parameters.dealers.map { $0.index }.filter { $0 != index }
            if has(.stolenShares), let stolen = others.compactMap({ view.deal(of: $0) }).first {
                deal.shares = stolen.shares
            }
            return .deal(deal)
        case .complaints: return body
        case .justifications(var items):
            if has(.wrongJustification) { items[0].share = items[0].share + .one }
            return .justifications(items)
        case .confirmation(var confirmation):
            if has(.otherResult) { confirmation.keySetHash = SHA256.hash(of: source.bytes(8)) }
            if has(.wrongPartial) { confirmation.partial = strangePartial() }
            return .confirmation(confirmation)
        }
    }

    private func strangePartial() -> Signature {
        do throws(BLSError) {
            return try SecretKey(keyMaterial: source.bytes(32)).sign(source.bytes(8))
        } catch {
            preconditionFailure("32 bytes are enough")
        }
    }

    /// The deal with its faults, the same each time: what the member would say if it were time to deal.
    private func alteredDeal() -> Deal? {
        var future = Ceremony(parameters)
        future.advance(to: parameters.schedule.commitEnd)
        // A second member with the same secret, which the phases of the first do not concern.
        var ghost = makeMember(secret)
        guard let bundle = ghost?.act(on: future).first, case .deal(var deal)? = body(of: bundle)
        else { return nil }
        var choices = RandomSource(seed: UInt64(person.name) &+ parameters.epoch)
        if has(.commitmentCount) {
            if choices.chance(50) {
                deal.commitments.append(.generator)
            } else {
                deal.commitments.removeLast()
            }
        }
        if has(.receivers) {
            if choices.chance(50) { deal.shares.swapAt(0, 1) } else { deal.shares.removeLast() }
        }
        if has(.otherConstant) { deal.commitments[0] = deal.commitments[0] + .generator }
        let victims = choices.pick(1 + choices.below(3), of: Array(deal.shares.indices))
        for victim in victims {
            if has(.damagedShares) { deal.shares[victim].ciphertext[5] ^= 4 }
            if has(.wrongShares) { deal.shares[victim] = wrongShare(victim, bundle.sender) }
        }
        return deal
    }

    /// A well encrypted share that is not the one that was committed to.
    private func wrongShare(_ position: Int, _ dealer: UInt32) -> EncryptedShare {
        let other = secretSource(Array(repeating: 7, count: 32))
        return EncryptedShare(
            Scalar(UInt64(position) + 99),
            route: .init(
                nonce: parameters.nonce,
                dealer: dealer,
                receiver: parameters.seats[position]
            ),
            source: other
        )
    }

    private func secretSource(_ secret: [UInt8]) -> SecretSource {
        do throws(ThresholdKeysError) {
            return try SecretSource(secret: secret, nonce: parameters.nonce)
        } catch {
            preconditionFailure("the secret has 32 bytes")
        }
    }

    /// Another body of the same kind.
    private func contradict(_ body: BundleBody) -> BundleBody {
        switch body {
        case .commit: return .commit(SHA256.hash(of: source.bytes(32)))
        case .deal(var deal):
            deal.shares[0].tag[0] ^= 1
            return .deal(deal)
        case .complaints(let items):
            let dealers = parameters.dealers.map { $0.index }
            let dealer = items[0].dealer == dealers[0] ? dealers[1] : dealers[0]
            return .complaints([Complaint(dealer: dealer, disclosure: nil)])
        case .justifications(var items):
            items[0].share = items[0].share + .one
            return .justifications(items)
        case .confirmation(var confirmation):
            confirmation.keySetHash = SHA256.hash(of: source.bytes(8))
            return .confirmation(confirmation)
        }
    }
}

// MARK: - Complaints without reason, and noise

extension SimulatedMember {
    /// The complaints that the member makes up, with those that it has a reason for; none if it makes up none.
    private func addedComplaint(
        to bundles: [UnsignedBundle],
        _ view: Ceremony
    ) -> [UnsignedBundle]? {
        guard view.phase == .complaint, let receiver, !hasComplained else { return nil }
        let dealt = parameters.dealers.map { $0.index }.filter { view.deal(of: $0) != nil }
        guard dealt.count > 1 else { return nil }
        let target = source.pick(dealt)
        var added: [Complaint] = []
        if has(.falseComplaint), let complaint = disclosure(target, of: target, receiver, view) {
            added = [complaint]
        }
        if has(.forgedComplaint) {
            let other = dealt.first { $0 != target } ?? target
            if let complaint = disclosure(target, of: other, receiver, view) { added = [complaint] }
        }
        if has(.unprovenComplaint) || has(.equivocate(.complaint)) {
            added = [Complaint(dealer: target, disclosure: nil)]
        }
        if has(.manyUnprovenComplaints) {
            added = dealt.map { dealer in Complaint(dealer: dealer, disclosure: nil) }
        }
        guard !added.isEmpty else { return nil }
        hasComplained = true
        for bundle in bundles where bundle.kind == .complaint {
            guard case .complaints(let own)? = body(of: bundle) else { continue }
            added += own.filter { item in !added.contains { $0.dealer == item.dealer } }
        }
        added.sort { left, right in left.dealer < right.dealer }
        var bodies: [BundleBody] = [.complaints(added)]
        if has(.equivocate(.complaint)) { bodies.append(contradict(bodies[0])) }
        return bodies.map { body in
            UnsignedBundle(body, sender: receiver, nonce: parameters.nonce)
        }
    }

    /// A complaint about one dealer that discloses the share of another, or its own.
    private func disclosure(
        _ dealer: UInt32,
        of other: UInt32,
        _ receiver: UInt32,
        _ view: Ceremony
    ) -> Complaint? {
        guard let seat = parameters.seats.first(where: { $0.index == receiver }),
            let sent = view.deal(of: other)?.share(for: receiver)
        else { return nil }
        let disclosure = Complaint.Disclosure(
            sent,
            route: .init(nonce: parameters.nonce, dealer: other, receiver: seat),
            key: person.decryptionKey,
            source: secretSource(source.bytes(32))
        )
        return Complaint(dealer: dealer, disclosure: disclosure)
    }

    /// Entries that no honest member puts into the log.
    private func noise(_ view: Ceremony, _ log: SimulatedLog) -> [[UInt8]] {
        guard source.chance(30) else { return [] }
        var entries: [[UInt8]] = []
        if has(.garbage) { entries.append(source.bytes(source.below(200))) }
        if has(.damagedCopies), var copy = log.pick(from: &source), !copy.isEmpty {
            copy[source.below(copy.count)] ^= 1 << UInt8(source.below(8))
            entries.append(copy)
        }
        if has(.replay), let copy = log.pick(from: &source) { entries.append(copy) }
        if has(.replay), let copy = log.pickEarlier(from: &source) { entries.append(copy) }
        if has(.impersonation) {
            let victim = source.pick(parameters.seats.map { $0.index }.filter { $0 != receiver })
            entries.append(sign(.commit(SHA256.hash(of: source.bytes(4))), as: victim))
            entries.append(
                sign(.complaints([Complaint(dealer: victim, disclosure: nil)]), as: victim)
            )
        }
        return entries
    }
}
