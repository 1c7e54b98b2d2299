import Attestation
import BLS12381
import Committee
import Cryptography
import Primitives
import SeededRandomness
import Statements
import Testing
import KeyStore

/// Many attestations by observers of every kind, over a network that loses, delays and repeats, from seeds.
@Suite("Simulated attestations") struct RoundSimulationTests {
    /// How a seat behaves.
    enum Conduct: CaseIterable {
        case good, silent, slow, repeating, equivocating, wrongShare, noPoint, contrary, forged
        case dissenting
    }

    struct Delivery {
        var time: UInt64
        var order: Int
        var content: Content

        enum Content {
            case vote(Vote, isForged: Bool)
            case dissent(Dissent)
        }
    }

    /// One run: what was sent and what the round said.
    struct Run {
        var random: RandomSource
        var round: AttestationRound
        let samples: CommitteeSamples
        let keys: CommitteeKeys
        let conducts: [Conduct]
        let lossPercent: Int
        var now: UInt64 = 0
        var deliveries: [Delivery] = []
        var certificates: [QuorumCertificate] = []
        var refusals: [UInt32: Int] = [:]
        var faults: Set<UInt32> = []
        var hasRetired = false
        /// The seats whose good vote arrived and that never contradicted themselves.
        var arrived: Set<UInt32> = []
        var contrary: Set<UInt32> = []
        var order = 0
    }

    @Test("no faults give two certificates or a bad one, and eight good answers always give one")
    func simulate() throws {
        let samples = try CommitteeSamples.shared.get()
        var certified = 0
        for seed in UInt64(1)...150 {
            var run = try Self.run(samples, seed: seed)
            try Self.play(&run, seed: seed)
            certified += run.certificates.count
        }
        // The seeds cover both ends.
        #expect(certified > 30)
        #expect(certified < 150)
    }

    static func run(_ samples: CommitteeSamples, seed: UInt64) throws -> Run {
        var random = RandomSource(seed: seed)
        var conducts: [Conduct] = []
        let goodPercent = 40 + random.below(60)
        for _ in 1...12 {
            let isGood = random.chance(goodPercent)
            conducts.append(isGood ? .good : random.pick(Conduct.allCases))
        }
        var standings: [UInt32: SeatStanding] = [:]
        if random.chance(30) {
            standings[UInt32(1 + random.below(12))] = random.pick([.suspended, .removed])
        }
        let regions = random.chance(30) ? (0..<12).map { _ in random.below(3) } : nil
        let keys = try samples.keys(regions: regions, standings: standings)
        return Run(
            random: random,
            round: samples.round(keys),
            samples: samples,
            keys: keys,
            conducts: conducts,
            lossPercent: random.below(60)
        )
    }

    static func play(_ run: inout Run, seed: UInt64) throws {
        let start = run.round.start(at: 0)
        try perform(start, &run, seed)
        while run.now < 120_000_000_000 {
            let next = run.deliveries.min { ($0.time, $0.order) < ($1.time, $1.order) }
            let deadline = run.round.deadline
            guard let time = [next?.time, deadline].compactMap({ $0 }).min() else { break }
            run.now = max(run.now, time)
            if let next, next.time <= time {
                run.deliveries.removeAll { $0.order == next.order }
                try deliver(next, &run, seed)
            } else {
                let actions = run.round.advance(to: run.now)
                try perform(actions, &run, seed)
            }
        }
    }

    private static func deliver(_ delivery: Delivery, _ run: inout Run, _ seed: UInt64) throws {
        let votersBefore = run.round.voters
        let attendedBefore = run.round.attendance
        let actions: [AttestationAction]
        switch delivery.content {
        case .vote(let vote, let isForged):
            actions = run.round.receive(vote, from: nil, at: run.now)
            let isActive = run.keys.standing(of: vote.index) == .active
            if !isForged, isActive {
                if vote.digest != run.round.subject.digest {
                    run.contrary.insert(vote.index)
                    run.arrived.remove(vote.index)
                } else if vote == run.samples.good[Int(vote.index) - 1],
                    !run.contrary.contains(vote.index)
                {
                    run.arrived.insert(vote.index)
                }
            }
            let isCounted =
                run.round.voters != votersBefore || run.round.attendance != attendedBefore
                || run.round.phase == .certified
            let isRefused = actions.contains { action in
                if case .refuse = action { true } else { false }
            }
            #expect(isCounted || isRefused, "seed \(seed): an answer vanished")
            if isForged { #expect(isRefused, "seed \(seed): a forged vote counted") }
        case .dissent(let dissent):
            actions = run.round.receive(dissent, from: nil, at: run.now)
            #expect(!actions.isEmpty, "seed \(seed): a dissent vanished")
        }
        try perform(actions, &run, seed)
        // Eight good diverse answers are there exactly when there is a certificate.
        let seats = run.keys.roster.statement.seats.filter { run.arrived.contains($0.index) }
        if run.round.phase == .asking || run.round.phase == .pending {
            #expect(!hasDiverseEight(seats), "seed \(seed): eight good answers and no certificate")
        }
    }

    private static func hasDiverseEight(_ seats: [EpochStatement.Seat]) -> Bool {
        guard seats.count >= 8 else { return false }
        for left in 0..<(1 << seats.count) where left.nonzeroBitCount == 8 {
            let chosen = seats.indices.filter { left >> $0 & 1 == 1 }.map { seats[$0] }
            if DiversityRules.violations(of: chosen).isEmpty { return true }
        }
        return false
    }

    private static func perform(
        _ actions: [AttestationAction],
        _ run: inout Run,
        _ seed: UInt64
    ) throws {
        for action in actions {
            switch action {
            case .ask: answer(&run)
            case .refuse(_, let seat): if let seat { run.refusals[seat, default: 0] += 1 }
            case .keep(let fault):
                let conduct = run.conducts[Int(fault.seat) - 1]
                #expect(
                    [.equivocating, .wrongShare, .noPoint].contains(conduct),
                    "seed \(seed): seat \(fault.seat) is blamed for nothing"
                )
                #expect(run.faults.insert(fault.seat).inserted, "seed \(seed): blamed twice")
            case .settle(let certificate):
                run.certificates.append(certificate)
                #expect(run.certificates.count == 1, "seed \(seed): two certificates")
                #expect(certificate.votes.count == 8)
                try certificate.check(
                    groupKey: run.keys.roster.groupKey,
                    roster: run.keys.roster,
                    asking: run.samples.interval
                )
                for vote in certificate.votes {
                    #expect(run.keys.standing(of: vote.index) == .active)
                }
            case .retire: run.hasRetired = true
            case .file, .postpone, .escalate, .reject: break
            }
        }
    }

    /// Every seat answers in its way, each message on its own way through the network.
    private static func answer(_ run: inout Run) {
        for (position, conduct) in run.conducts.enumerated() {
            let (good, contrary) = (run.samples.good[position], run.samples.contrary[position])
            switch conduct {
            case .good: send(.vote(good, isForged: false), &run)
            case .silent: break
            case .slow: send(.vote(good, isForged: false), &run, after: 400_000_000)
            case .repeating:
                for _ in 0..<3 { send(.vote(good, isForged: false), &run) }
            case .equivocating:
                send(.vote(good, isForged: false), &run)
                send(.vote(contrary, isForged: false), &run)
            case .wrongShare:
                send(.vote(run.samples.wrongShare[position], isForged: false), &run)
            case .noPoint: send(.vote(run.samples.noPoint[position], isForged: false), &run)
            case .contrary: send(.vote(contrary, isForged: false), &run)
            case .forged:
                let victim = run.random.below(12)
                send(.vote(run.samples.forged[victim], isForged: true), &run)
            case .dissenting:
                let seat = UInt32(position + 1)
                send(.dissent(run.samples.dissent(seat)), &run)
            }
        }
    }

    private static func send(
        _ content: Delivery.Content,
        _ run: inout Run,
        after: UInt64 = 0
    ) {
        if run.random.chance(run.lossPercent) { return }
        for _ in 0...(run.random.chance(10) ? 1 : 0) {
            let delay = UInt64(run.random.below(200_000_000))
            run.order += 1
            run.deliveries.append(
                Delivery(time: run.now + after + delay, order: run.order, content: content)
            )
        }
    }
}

extension QuorumCertificate {
    /// Everything that a counterparty checks, under a roster of which only the seats differ from the signed one.
    fileprivate func check(
        groupKey: PublicKey,
        roster: Roster,
        asking interval: IntervalStatement
    ) throws {
        #expect(self.interval == interval)
        try checkOrder()
        try checkDiversity(roster.statement)
        try checkVotes(roster, verifier: NativeEd25519.verifier)
        try checkGroupSignature(groupKey)
    }
}
