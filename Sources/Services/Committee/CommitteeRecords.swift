internal import Statements

/// What the committee writes down, gathered so that one sync serves many.
struct CommitteeRecords {
    /// An answer that did not count.
    struct Refusal {
        var reason: AttestationRefusal
        var seat: UInt32?
        var slot: AttestedSlot?
    }

    /// Who answered one request.
    struct Presence {
        var slot: AttestedSlot
        var attendance: Attendance
    }

    /// Most refusals that are gathered; the counters count all.
    private static let refusalCountMax = 4_096

    private(set) var refusals: [Refusal] = []
    private(set) var presences: [Presence] = []

    var isEmpty: Bool { refusals.isEmpty && presences.isEmpty }

    mutating func add(_ refusal: Refusal) {
        if refusals.count < Self.refusalCountMax { refusals.append(refusal) }
    }

    mutating func add(_ presence: Presence) { presences.append(presence) }
}
