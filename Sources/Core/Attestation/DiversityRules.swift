public import Encoding
public import Statements

/// Signers that are too close to each other.
public struct DiversityViolation: Equatable, Sendable {
    /// The rules, by the names that they have in the rulebook.
    public enum Rule: UInt8, Equatable, Sendable, CaseIterable {
        /// At most two seats of one group of companies.
        case d1
        /// At most four seats of one region.
        case d2
        /// At most one seat of one operator in one category.
        case d3

        /// How many seats the rule allows.
        public var seatsMax: Int {
            switch self {
            case .d1: 2
            case .d2: 4
            case .d3: 1
            }
        }
    }

    /// Which rule is broken.
    public var rule: Rule
    /// The group, the region, or the category and the operator that the seats share.
    public var name: Text
    /// The indices of all signing seats that share it, ascending.
    public var seats: [UInt32]

    /// Makes a violation of its parts.
    public init(rule: Rule, name: Text, seats: [UInt32]) {
        self.rule = rule
        self.name = name
        self.seats = seats
    }
}

extension DiversityViolation: CustomStringConvertible {
    /// One sentence without a full stop: the rule, what the seats share, and which seats.
    public var description: String {
        var list = ""
        for index in seats { list += list.isEmpty ? "\(index)" : ", \(index)" }
        let shared =
            switch rule {
            case .d1: "D1: more than 2 seats of the group"
            case .d2: "D2: more than 4 seats in the region"
            case .d3: "D3: more than 1 seat of the category and operator"
            }
        return "\(shared) \"\(name.string)\" signed: \(list)"
    }
}

/// The rules that keep a quorum from being one party, or one place, in eight seats.
public enum DiversityRules {
    /// Every violation among seats that signed, by rule and then by the first seat that takes part in it.
    ///
    /// - Complexity: O(n²).
    public static func violations(of seats: [EpochStatement.Seat]) -> [DiversityViolation] {
        var found: [DiversityViolation] = []
        for rule in DiversityViolation.Rule.allCases {
            for (position, seat) in seats.enumerated() {
                let earlier = seats[..<position].contains { other in
                    shares(rule, seat, other)
                }
                if earlier { continue }
                let sharing = seats.filter { other in shares(rule, seat, other) }
                guard sharing.count > rule.seatsMax else { continue }
                found.append(
                    DiversityViolation(
                        rule: rule,
                        name: name(rule, seat),
                        seats: sharing.map { seat in seat.index }.sorted()
                    )
                )
            }
        }
        return found
    }

    private static func shares(
        _ rule: DiversityViolation.Rule,
        _ left: EpochStatement.Seat,
        _ right: EpochStatement.Seat
    ) -> Bool {
        switch rule {
        case .d1: left.group == right.group
        case .d2: left.region == right.region
        case .d3: left.category == right.category && left.operator == right.operator
        }
    }

    private static func name(
        _ rule: DiversityViolation.Rule,
        _ seat: EpochStatement.Seat
    ) -> Text {
        switch rule {
        case .d1: seat.group
        case .d2: seat.region
        case .d3: Text(utf8: seat.category.name.utf8 + Array(", ".utf8) + seat.operator.utf8) ?? ""
        }
    }
}
