import Encoding
public import Primitives
public import Statements

/// Looks through a log for a range of it that shows an observer's absence.
///
/// Of every certificate as the end, the newest first, it tries the longest range that is allowed and the shortest.
/// It takes as many bytes as certificates times fifty.
public struct AttendanceSearch: Sendable {
    /// A range that shows a breach.
    public struct Finding: Equatable, Sendable {
        /// The index of the first leaf.
        public var first: UInt64
        /// How many leaves there are.
        public var count: UInt64
        /// What was counted in them.
        public var figures: AttendanceTally.Count
        /// The epoch of the last certificate.
        public var epoch: UInt64
    }

    /// How many ranges are counted out at most; those before them looked like breaches and were none.
    private static var triesMax: Int { 64 }

    private let blank: AttendanceTally
    private var entries: [(leaf: UInt64, entry: AttendanceTally.Entry)] = []

    /// Starts to look.
    ///
    /// - Parameters:
    ///   - did: The observer.
    ///   - rosters: The rosters of all epochs that occur.
    public init(of did: OrbitDID, rosters: [Roster]) {
        blank = AttendanceTally(of: did, rosters: rosters)
    }

    /// Takes the next leaf.
    ///
    /// - Parameters:
    ///   - statement: What it says.
    ///   - leaf: Its index, which rises.
    /// - Throws: What is wrong with a certificate, or that the roster of its epoch is missing.
    public mutating func take(_ statement: Statement, at leaf: UInt64) throws(AttestationError) {
        if let entry = try blank.entry(of: statement) { entries.append((leaf, entry)) }
    }

    /// The certificates in the order of the log, with what is needed to guess which ranges are breaches.
    private struct Guide {
        /// Where the certificates are among the entries.
        var positions: [Int] = []
        /// The latest time up to each certificate.
        var times: [UInt64] = []
        /// How many before each certificate count, and for how many the observer was there.
        var counts = [AttendanceTally.Count(certificates: 0, present: 0)]
    }

    private var guide: Guide {
        var dissents: Set<AttendanceTally.SlotKey> = []
        var suspensions: [Range<UInt64>] = []
        for (_, entry) in entries {
            switch entry {
            case .dissent(let key): dissents.insert(key)
            case .suspension(let range): suspensions.append(range)
            case .certificate: continue
            }
        }
        var guide = Guide()
        for (position, (_, entry)) in entries.enumerated() {
            guard case .certificate(let certificate) = entry else { continue }
            var count = guide.counts[guide.counts.count - 1]
            let time = certificate.time.nanoseconds
            let isSuspended = suspensions.contains { range in range.contains(time) }
            if certificate.isSeated, !isSuspended {
                count.certificates += 1
                if certificate.isVoter || dissents.contains(certificate.key) { count.present += 1 }
            }
            guide.positions.append(position)
            guide.times.append(max(guide.times.last ?? 0, time))
            guide.counts.append(count)
        }
        return guide
    }

    /// The newest range that shows a breach.
    ///
    /// - Parameter start: The range must begin after it, such as the last penalty for the same; `.zero` for any.
    /// - Returns: The range; none if none of those that are tried does.
    /// - Complexity: O(n log n) if there is no breach, n being the entries.
    public func breach(after start: Timestamp = .zero) -> Finding? {
        let guide = guide
        var tries = 0
        for end in guide.positions.indices.reversed() {
            let time = guide.times[end]
            if time < AttendanceTally.nanosecondsMin { return nil }
            // Times rise but for certificates that came late; what the guide gets wrong is counted out below.
            let longest = Self.firstIndex(in: guide.times) { found in
                found + AttendanceTally.nanosecondsMax >= time && found > start.nanoseconds
            }
            let shortest = Self.firstIndex(in: guide.times) { found in
                found > time - AttendanceTally.nanosecondsMin
            }
            for first in [longest, shortest - 1] where first >= longest && first < end {
                let (before, after) = (guide.counts[first], guide.counts[end + 1])
                let guess = AttendanceTally.Count(
                    certificates: after.certificates - before.certificates,
                    present: after.present - before.present
                )
                guard guess.isBreach else { continue }
                if let found = countOut(guide.positions[first]...guide.positions[end]) {
                    return found
                }
                tries += 1
                if tries == Self.triesMax { return nil }
            }
        }
        return nil
    }

    /// Counts a range as whoever judges it does.
    private func countOut(_ range: ClosedRange<Int>) -> Finding? {
        var tally = blank
        for position in range { tally.add(entries[position].entry) }
        guard let span = tally.span, let epoch = tally.lastEpoch else { return nil }
        let length = span.upperBound.nanoseconds - span.lowerBound.nanoseconds
        let lengths = AttendanceTally.nanosecondsMin...AttendanceTally.nanosecondsMax
        guard lengths.contains(length), tally.count.isBreach else { return nil }
        let (first, last) = (entries[range.lowerBound].leaf, entries[range.upperBound].leaf)
        return Finding(first: first, count: last - first + 1, figures: tally.count, epoch: epoch)
    }

    /// The first index of rising times for which a condition holds that holds for all behind it.
    private static func firstIndex(in times: [UInt64], where holds: (UInt64) -> Bool) -> Int {
        var (low, high) = (0, times.count)
        while low < high {
            let middle = low + (high - low) / 2
            if holds(times[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
