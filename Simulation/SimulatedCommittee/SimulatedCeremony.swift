import KeyStore
import ThresholdKeys
import SeededRandomness

/// The ordered log of a simulated ceremony, and what it holds of earlier ones.
struct SimulatedLog {
    /// An entry, and what the check of it says; the check is the same for everybody.
    struct Entry {
        var bytes: [UInt8]
        var bundle: CheckedBundle?
    }

    /// The entries at each height from the first one on.
    var heights: [[Entry]] = []
    /// Entries of earlier ceremonies.
    var earlier: [[UInt8]]

    func pick(from source: inout RandomSource) -> [UInt8]? {
        let entries = heights.joined().map { entry in entry.bytes }
        return entries.isEmpty ? nil : source.pick(entries)
    }

    func pickEarlier(from source: inout RandomSource) -> [UInt8]? {
        earlier.isEmpty ? nil : source.pick(earlier)
    }
}

/// One ceremony of simulated members over a simulated log and network.
struct SimulatedCeremony {
    /// The heights of each phase: more than an honest member reads behind and a bundle is on its way.
    static let phaseLength: UInt64 = 5

    let parameters: CeremonyParameters
    let members: [SimulatedMember]
    private(set) var log: SimulatedLog
    private(set) var ceremony: Ceremony
    private var source: RandomSource
    private var postings: [Posting] = []
    /// What the log said after each height.
    private var views: [Ceremony] = []

    init(
        _ parameters: CeremonyParameters,
        members: [SimulatedMember],
        earlier: [[UInt8]],
        source: inout RandomSource
    ) {
        self.parameters = parameters
        self.members = members
        log = SimulatedLog(earlier: earlier)
        ceremony = Ceremony(parameters)
        self.source = RandomSource(seed: source.next())
    }

    /// Runs the ceremony to its end.
    ///
    /// - Returns: What went wrong; none if all held.
    mutating func run() -> String? {
        let schedule = parameters.schedule
        for height in schedule.start...(schedule.confirmationEnd + 1) {
            deliver(at: height)
            for member in members {
                if let failure = step(member, at: height) { return failure }
            }
        }
        return nil
    }

    /// Puts what arrives at a height into the log, in an order that the seed decides.
    private mutating func deliver(at height: UInt64) {
        let due = postings.filter { posting in posting.height == height }
        postings.removeAll { posting in posting.height == height }
        ceremony.advance(to: height)
        var entries: [SimulatedLog.Entry] = []
        for posting in source.pick(due.count, of: due) {
            let bundle = check(posting.bytes)
            if let bundle { ceremony.receive(bundle, at: height) }
            entries.append(SimulatedLog.Entry(bytes: posting.bytes, bundle: bundle))
        }
        log.heights.append(entries)
        views.append(ceremony)
    }

    private func check(_ bytes: [UInt8]) -> CheckedBundle? {
        do throws(BundleRefusal) {
            return try CheckedBundle(
                checking: bytes,
                in: parameters,
                verifier: NativeEd25519.verifies
            )
        } catch {
            return nil
        }
    }

    private mutating func step(_ member: SimulatedMember, at height: UInt64) -> String? {
        guard !member.isAway(at: height) else { return nil }
        let position = Int(height - parameters.schedule.start)
        guard position >= Int(member.lag) else { return nil }
        let view = views[position - Int(member.lag)]
        if member.absence?.upperBound == height {
            member.restart()
            if let failure = reread(upTo: position - Int(member.lag), expecting: view) {
                return failure
            }
        }
        for entry in member.speak(view, log) {
            postings.append(Posting(height: height + entry.delay, bytes: entry.bytes))
        }
        return nil
    }

    /// Reads the log from the start, as a restarted member does, and compares what it finds.
    private func reread(upTo position: Int, expecting view: Ceremony) -> String? {
        var again = Ceremony(parameters)
        for (offset, entries) in log.heights[...position].enumerated() {
            let height = parameters.schedule.start + UInt64(offset)
            again.advance(to: height)
            for entry in entries {
                if let bundle = entry.bundle { again.receive(bundle, at: height) }
            }
        }
        return Self.difference(again, view).map { "reading the log again gives another \($0)" }
    }

    /// Reads the log as somebody who was not there, with checks of its own, and compares the end.
    func audit() -> String? {
        var auditor = Ceremony(parameters)
        for (offset, entries) in log.heights.enumerated() {
            let height = parameters.schedule.start + UInt64(offset)
            for entry in entries {
                if let bundle = check(entry.bytes) { auditor.receive(bundle, at: height) }
            }
            auditor.advance(to: height)
        }
        return Self.difference(auditor, ceremony).map { "an auditor finds another \($0)" }
    }

    private static func difference(_ left: Ceremony, _ right: Ceremony) -> String? {
        if left.phase != right.phase { return "phase" }
        if left.candidate != right.candidate { return "candidate" }
        if left.outcome != right.outcome { return "outcome" }
        if left.faults != right.faults { return "list of faults" }
        return nil
    }
}
