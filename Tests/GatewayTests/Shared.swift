import TestSupport
import Testing

/// One venue for tests that leave nothing behind which others would see.
enum Shared {
    private static let venue = Result {
        let folder = try TemporaryDirectory("GatewayTests/Shared")
        let venue = try TestVenue(folder.path)
        return (folder, venue, try venue.trader("shared"))
    }

    static func with(_ body: (TestVenue, TestVenue.Member) throws -> Void) throws {
        let (_, venue, member) = try Self.venue.get()
        try body(venue, member)
    }
}
