import ComponentHost
import Foundation
import Testing
import TestSupport
import Triggers

private func seconds(_ text: String) throws -> Int64 {
    let formatter = ISO8601DateFormatter()
    return Int64(try #require(formatter.date(from: text + "Z")).timeIntervalSince1970)
}

private func text(_ seconds: Int64?) -> String? {
    let formatter = ISO8601DateFormatter()
    return seconds.map {
        String(formatter.string(from: Date(timeIntervalSince1970: Double($0))).dropLast())
    }
}

@Suite("schedules in cron's notation") struct CronScheduleTests {
    struct Row: CustomTestStringConvertible, Sendable {
        let schedule: String
        let after: String
        let next: [String]
        var testDescription: String { schedule }
    }

    static let rows = [
        Row(
            schedule: "*/15 * * * *",
            after: "2026-11-21T10:14:59",
            next: ["2026-11-21T10:15:00", "2026-11-21T10:30:00", "2026-11-21T10:45:00"]
        ),
        Row(
            schedule: "0 12 * * 1-5",
            after: "2026-11-20T12:00:00",
            next: ["2026-11-23T12:00:00", "2026-11-24T12:00:00"]
        ),
        Row(
            schedule: "30 4 1,15 * 5",
            after: "2026-11-01T04:30:00",
            next: ["2026-11-06T04:30:00", "2026-11-13T04:30:00", "2026-11-15T04:30:00"]
        ),
        Row(
            schedule: "0 0 29 2 *",
            after: "2026-01-01T00:00:00",
            next: ["2028-02-29T00:00:00", "2032-02-29T00:00:00"]
        ),
        Row(schedule: "0 0 29 2 *", after: "2096-03-01T00:00:00", next: ["2104-02-29T00:00:00"]),
        Row(
            schedule: "59 23 31 DEC *",
            after: "2026-12-31T23:58:59",
            next: ["2026-12-31T23:59:00", "2027-12-31T23:59:00"]
        ),
        Row(schedule: "0 0 * * 7", after: "2026-11-21T00:00:00", next: ["2026-11-22T00:00:00"]),
        Row(schedule: "0 0 * * SUN", after: "2026-11-21T00:00:00", next: ["2026-11-22T00:00:00"]),
        Row(
            schedule: "@hourly",
            after: "2026-12-31T23:00:00",
            next: ["2027-01-01T00:00:00", "2027-01-01T01:00:00"]
        ),
        Row(
            schedule: "*/20 * * * * *",
            after: "2026-11-21T00:00:19",
            next: ["2026-11-21T00:00:20", "2026-11-21T00:00:40", "2026-11-21T00:01:00"]
        ),
        Row(
            schedule: "0 0 9 * * 2",
            after: "2026-11-21T00:00:00",
            next: ["2026-11-23T09:00:00", "2026-11-30T09:00:00"]
        ),
        Row(
            schedule: "0 0 0 13 * 6",
            after: "2026-01-01T00:00:00",
            next: ["2026-02-13T00:00:00", "2026-03-13T00:00:00", "2026-11-13T00:00:00"]
        ),
        Row(
            schedule: "5 4/30 3 ? JAN-MAR MON 2027,2029",
            after: "2027-03-29T03:34:05",
            next: ["2029-01-01T03:04:05", "2029-01-01T03:34:05"]
        ),
    ]

    @Test("name their next moments in UTC", arguments: rows) func next(row: Row) throws {
        let schedule = try CronSchedule(row.schedule)
        var moment = try seconds(row.after)
        for expected in row.next {
            let next = try #require(schedule.next(after: moment))
            #expect(text(next) == expected)
            // Looking back from the moment and from just before the one after it finds it again.
            #expect(schedule.last(upTo: next) == next)
            if let after = schedule.next(after: next) {
                #expect(schedule.last(upTo: after - 1) == next)
            }
            moment = next
        }
    }

    @Test(
        "have no moment that cannot be",
        arguments: [
            "0 0 31 2 *", "0 0 30 FEB *", "0 0 0 1 1 * 1999",
        ]
    )
    func never(schedule: String) throws {
        let start = try seconds("2026-11-21T00:00:00")
        #expect(try CronSchedule(schedule).next(after: start) == nil)
    }

    @Test(
        "are refused when malformed",
        arguments: [
            "", "* * * *", "* * * * * * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * 32 * *",
            "* * * 13 *", "* * * * 8", "0 0 0 * * 0", "0 0 0 * * 8", "*/0 * * * *", "5-1 * * * *",
            "1,,2 * * * *", "a * * * *", "1/2/3 * * * *", "-1 * * * *", "? * * * *", "* * * FOO *",
            "1.5 * * * *", "99999999999999999999 * * * *", "0 0 0 1 1 * 1969", "@never",
        ]
    )
    func malformed(schedule: String) {
        #expect(throws: TriggerError.self) { try CronSchedule(schedule) }
    }

    @Test("agree with a calendar that looks at every day of two years")
    func everyDay() throws {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(secondsFromGMT: 0))
        let start = try seconds("2027-06-01T00:00:00")
        let schedule = try CronSchedule("7 */6 2,30 1-12/3 3")
        var expected: [Int64] = []
        for quarter in 0..<(731 * 4) as Range<Int64> {
            // Only the minutes of the day that can be: the calendar takes long.
            let moment = start + quarter * 6 * 3_600 + 7 * 60
            let date = Date(timeIntervalSince1970: Double(moment))
            let parts = calendar.dateComponents([.month, .day, .weekday], from: date)
            guard [1, 4, 7, 10].contains(parts.month) else { continue }
            if [2, 30].contains(parts.day) || parts.weekday == 4 { expected.append(moment) }
        }
        var found: [Int64] = []
        var moment = start - 1
        while let next = schedule.next(after: moment), next < start + 731 * 86_400 {
            found.append(next)
            moment = next
        }
        #expect(found == expected)
        #expect(found.count == 196)
    }
}

@Suite("the source of schedules") struct CronSourceTests {
    private let place: TemporaryDirectory
    private let sink = CollectingSink()
    private let trigger = Trigger.cron(
        schedule: "*/10 * * * * *",
        startNanoseconds: nil,
        endNanoseconds: nil
    )

    init() throws { place = try TemporaryDirectory() }

    private func manager(_ clock: HandClock) throws -> TriggerManager {
        try TriggerManager(
            path: place.cursors,
            settings: quickSettings(),
            sink: sink,
            clock: clock
        )
    }

    private var moments: [UInt64] {
        sink.all.map { occurrence in
            guard case .cron(let moment) = occurrence.data else { return 0 }
            return moment / 1_000_000_000
        }
    }

    private func settle(_ manager: TriggerManager, _ second: UInt64) {
        eventually("second \(second) is looked at") {
            manager.health[0].position == "second \(second)"
        }
    }

    @Test("delivers each moment once, under its own name") func eachMoment() throws {
        let clock = HandClock(second: 1_000)
        let manager = try manager(clock)
        defer { manager.stop() }
        manager.watch([trigger])
        settle(manager, 1_000)
        #expect(moments == [])
        for second in 1_001...1_040 as ClosedRange<UInt64> {
            clock.set(second: second)
            if second % 7 == 0 { settle(manager, second) }
        }
        settle(manager, 1_040)
        #expect(moments == [1_010, 1_020, 1_030, 1_040])
        #expect(sink.handedOver == 4)
        // A clock that is set back brings nothing again.
        clock.set(second: 1_005)
        settle(manager, 1_005)
        clock.set(second: 1_041)
        settle(manager, 1_041)
        #expect(sink.handedOver == 4)
    }

    @Test("after a long pause it delivers the last minute, not all that was missed")
    func longPause() throws {
        let clock = HandClock(second: 1_000)
        let rare = Trigger.cron(schedule: "@daily", startNanoseconds: nil, endNanoseconds: nil)
        do {
            let manager = try manager(clock)
            manager.watch([trigger, rare])
            settle(manager, 1_000)
            manager.stop()
        }
        clock.set(second: 1_000_005)
        let manager = try manager(clock)
        defer { manager.stop() }
        manager.watch([trigger, rare])
        settle(manager, 1_000_005)
        #expect(moments.sorted() == [950_400] + (99_995...100_000).map { $0 * 10 })
    }

    @Test("keeps to the start and the end, and forgets what is no longer wanted")
    func bounds() throws {
        let clock = HandClock(second: 1_000)
        let bounded = Trigger.cron(
            schedule: "*/10 * * * * *",
            startNanoseconds: 1_020_000_000_000,
            endNanoseconds: 1_040_000_000_000
        )
        let manager = try manager(clock)
        defer { manager.stop() }
        manager.watch([bounded])
        settle(manager, 1_000)
        clock.set(second: 1_059)
        settle(manager, 1_059)
        #expect(moments == [1_020, 1_030, 1_040])
        manager.watch([])
        clock.set(second: 1_060)
        settle(manager, 1_060)
        // A schedule that is new begins with the moment after it was seen. A look that was under way may still
        // have had the old list, so two are waited for.
        manager.watch([trigger])
        for second in 1_061...1_062 as ClosedRange<UInt64> {
            clock.set(second: second)
            settle(manager, second)
        }
        clock.set(second: 1_081)
        settle(manager, 1_081)
        #expect(moments == [1_020, 1_030, 1_040, 1_070, 1_080])
    }

    @Test("what a broken sink did not take comes later") func brokenSink() throws {
        let clock = HandClock(second: 1_000)
        let manager = try manager(clock)
        defer { manager.stop() }
        manager.watch([trigger])
        settle(manager, 1_000)
        sink.set(isBroken: true)
        clock.set(second: 1_010)
        eventually("it fails") { manager.health[0].condition == .failing }
        #expect(manager.health[0].lastError?.contains("broken") == true)
        sink.set(isBroken: false)
        eventually("it is delivered") { moments == [1_010] }
    }
}
