package import Encoding
package import Statements

/// Who sits where in a committee for demonstrations and tests: six categories, no group twice, four seats a region.
package struct SeatPlan: Sendable {
    /// The index of the seat, 1 … 12.
    package let index: UInt32
    /// The last part of the observer's DID.
    package let id: Text
    /// Who runs the observer.
    package let operatorName: Text
    /// The group of companies to which the operator belongs.
    package let group: Text
    /// Where the observer is.
    package let region: Text
    /// What kind of organisation the operator is.
    package let category: SeatCategory

    func did(at venue: VenueName) throws(StatementError) -> OrbitDID {
        try OrbitDID(kind: .observer, registrar: venue, id: id)
    }

    private init(
        _ index: UInt32,
        _ id: Text,
        _ operatorName: Text,
        _ region: Text,
        _ category: SeatCategory
    ) {
        self.index = index
        self.id = id
        self.operatorName = operatorName
        group = operatorName
        self.region = region
        self.category = category
    }

    /// The twelve seats.
    package static let all = [
        SeatPlan(1, "kiruna", "Kiruna Ground Segment", "europe", .groundStation),
        SeatPlan(2, "punta-arenas", "Punta Arenas Earth Station", "americas", .groundStation),
        SeatPlan(3, "awarua", "Awarua Tracking", "asia-pacific", .groundStation),
        SeatPlan(4, "polaris", "Polaris Space Surveillance", "americas", .ssaProvider),
        SeatPlan(5, "sirius", "Sirius Tracking Network", "europe", .ssaProvider),
        SeatPlan(6, "meridian", "Meridian Fleet", "asia-pacific", .fleetOperator),
        SeatPlan(7, "aurora", "Aurora Constellation", "americas", .fleetOperator),
        SeatPlan(8, "delft", "Delft Astrodynamics Group", "europe", .academic),
        SeatPlan(9, "space-office", "National Space Office", "asia-pacific", .regulator),
        SeatPlan(10, "lighthouse", "Lighthouse Assurance", "americas", .independent),
        SeatPlan(11, "plumb-line", "Plumb Line Audit", "europe", .independent),
        SeatPlan(12, "tally", "Tally Cooperative", "asia-pacific", .independent),
    ]
}
