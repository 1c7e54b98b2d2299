import KeyStore
import ThresholdKeys

extension SimulatedCeremony {
    /// What must hold after every ceremony; none if all does.
    func violation() -> String? {
        blame() ?? evidence() ?? liveness()
    }

    private func member(_ role: Role, _ index: UInt32) -> SimulatedMember? {
        let seats = role == .dealer ? parameters.dealers : parameters.seats
        let seat = seats.first { $0.index == index }
        return members.first { $0.person.identityKey == seat?.identityKey }
    }

    /// Only those are blamed that did something wrong.
    private func blame() -> String? {
        for fault in ceremony.faults {
            guard let member = member(fault.role, fault.index) else {
                // The seat of a person who is not there any more.
                return "\(fault) names nobody"
            }
            if member.isByzantine { continue }
            // One that was away when it was asked cannot be told from one that refuses.
            if fault.kind == .missingJustification, !member.isCorrect { continue }
            return "\(fault.kind) is blamed on \(fault.role) \(fault.index), who is honest"
        }
        return nil
    }

    /// Every evidence can be verified alone.
    private func evidence() -> String? {
        for fault in ceremony.faults {
            guard let evidence = fault.evidence else { continue }
            let holds = evidence.verify(
                against: fault.role,
                fault.index,
                in: parameters,
                verifier: NativeEd25519.verifies
            )
            if !holds { return "the evidence for \(fault.kind) does not hold alone" }
        }
        return nil
    }

    /// With enough correct members there are new keys, and all of them have their share.
    private func liveness() -> String? {
        let dealers = members.count { $0.isCorrect && $0.dealer != nil }
        let receivers = members.count { $0.isCorrect && $0.receiver != nil }
        guard dealers >= parameters.qualifiedCountMin, receivers >= parameters.threshold else {
            return ceremony.outcome == nil ? "there is no outcome" : nil
        }
        guard case .activated(_, let confirmed) = ceremony.outcome else {
            return "\(dealers) dealers and \(receivers) receivers are correct, but "
                + "\(ceremony.outcome.map { "\($0)" } ?? "there is no outcome")"
        }
        let isEarly = confirmed.count >= parameters.confirmationCountPreferred
        for member in members where member.isCorrect {
            guard let index = member.receiver, !confirmed.contains(index), !isEarly else {
                continue
            }
            return "\(index) is correct, but its confirmation does not count"
        }
        return nil
    }
}
