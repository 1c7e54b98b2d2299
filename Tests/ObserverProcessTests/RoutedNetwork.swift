import Foundation
import Platform
import TestSupport

/// Observers in networks of their own, which a router joins with the venue's; links can be cut or made slow.
///
/// The networks are namespaces of Linux: one for the router, one for each observer. The venue stays in the network of
/// this process, to which one link leads. What is cut is dropped in the router without a word, so that connections
/// hang and are not reset. Addresses are of 198.18.0.0/15, which RFC 2544 keeps for tests.
final class RoutedNetwork {
    /// Which way packets go.
    enum Direction: CaseIterable {
        case toObserver
        case fromObserver
    }

    /// Why there can be none here; nil where there can.
    static let obstacle: String? = {
        do {
            for name in try namespaces() {
                let owner = name.dropFirst(prefix.count).prefix { $0.isNumber }
                // What a process left behind that was killed.
                guard let owner = Int32(owner), kill(owner, 0) != 0, errno == ESRCH else {
                    continue
                }
                for process in try lines(["ip", "netns", "pids", name]).compactMap(Int32.init) {
                    _ = kill(process, SIGKILL)
                }
                try ip("netns", "del", name)
            }
            let probe = prefix + "\(getpid())-probe"
            try ip("netns", "add", probe)
            try ip("netns", "del", probe)
            return nil
        } catch {
            return "no network namespaces can be made here: \(error)"
        }
    }()

    /// Why no link can be made slow; nil where it can.
    static let slownessObstacle: String? = {
        if let obstacle { return obstacle }
        let probe = prefix + "\(getpid())-slow"
        do {
            try ip("netns", "add", probe)
            defer { _ = Result { try ip("netns", "del", probe) } }
            try run(["ip", "netns", "exec", probe, "tc", "qdisc", "add", "dev", "lo"] + slowness)
            return nil
        } catch {
            return "the kernel cannot make a link slow: \(error)"
        }
    }()

    /// The kernel's queue that makes a link slow: a narrow one whose packets wait up to 60 ms.
    private static let slowness = [
        "root", "tbf", "rate", "4mbit", "burst", "16kb", "latency", "60ms",
    ]
    private static let prefix = "parallax-"

    private let seats: ClosedRange<UInt32>
    private let router: String
    private let network: String

    /// Makes the networks.
    init(seats: ClosedRange<UInt32>) throws {
        self.seats = seats
        let process = getpid()
        router = Self.prefix + "\(process)-router"
        network = "198.\(18 + process >> 8 & 1).\(process & 0xff)"
        do {
            try make("plx\(process)")
        } catch {
            remove()
            throw error
        }
    }

    deinit { remove() }

    /// The address of the venue.
    var venueHost: String { address(0, 2) }

    /// What runs a program in the network of a seat.
    func launcher(_ seat: UInt32) -> [String] {
        ["/usr/bin/env", "ip", "netns", "exec", observer(seat)]
    }

    /// Drops packets of a seat that go in some directions.
    func cut(_ seat: UInt32, _ directions: [Direction] = Direction.allCases) throws {
        for direction in directions { try rule("add", seat, direction) }
    }

    /// Lets the packets of a seat through again.
    func heal(_ seat: UInt32, _ directions: [Direction] = Direction.allCases) throws {
        for direction in directions { try rule("del", seat, direction) }
    }

    /// Makes the link to a seat slow.
    func slow(_ seat: UInt32) throws {
        let words = ["netns", "exec", router, "tc", "qdisc", "add", "dev", "link\(seat)"]
        try Self.ip(words + Self.slowness)
    }

    private func rule(_ action: String, _ seat: UInt32, _ direction: Direction) throws {
        let word = direction == .toObserver ? "to" : "from"
        let place = address(seat, 2)
        try Self.ip("-n", router, "rule", action, word, place, "priority", "100", "blackhole")
    }

    private func observer(_ seat: UInt32) -> String { Self.prefix + "\(getpid())-\(seat)" }

    /// The address at an end of a link: 1 for the router's, 2 for the other.
    private func address(_ link: UInt32, _ end: UInt32) -> String { "\(network).\(4 * link + end)" }

    private func make(_ venueLink: String) throws {
        try Self.ip("netns", "add", router)
        let forwarding = "echo 1 >/proc/sys/net/ipv4/ip_forward"
        try Self.ip("netns", "exec", router, "sh", "-c", forwarding)
        try Self.ip("link", "add", venueLink, "type", "veth", "peer", "link0", "netns", router)
        try Self.ip("addr", "add", address(0, 2) + "/30", "dev", venueLink)
        try Self.ip("link", "set", venueLink, "up")
        try bringUp("link0", of: router, address(0, 1))
        try Self.ip("route", "add", network + ".0/24", "via", address(0, 1))
        for seat in seats {
            let (own, link) = (observer(seat), "link\(seat)")
            try Self.ip("netns", "add", own)
            let ends = ["type", "veth", "peer", "venue", "netns", own]
            try Self.ip(["-n", router, "link", "add", link] + ends)
            try bringUp(link, of: router, address(seat, 1))
            try bringUp("venue", of: own, address(seat, 2))
            try Self.ip("-n", own, "link", "set", "lo", "up")
            try Self.ip("-n", own, "route", "add", "default", "via", address(seat, 1))
        }
    }

    private func bringUp(_ link: String, of namespace: String, _ address: String) throws {
        try Self.ip("-n", namespace, "addr", "add", address + "/30", "dev", link)
        try Self.ip("-n", namespace, "link", "set", link, "up")
    }

    /// Removes everything: the links go with their namespaces.
    private func remove() {
        let own = Set(seats.map(observer) + [router])
        for name in (try? Self.namespaces()) ?? [] where own.contains(name) {
            _ = Result { try Self.ip("netns", "del", name) }
        }
    }

    /// The namespaces that tests like these have made.
    private static func namespaces() throws -> [String] {
        try lines(["ip", "netns", "list"])
            .compactMap { $0.split(separator: " ").first.map(String.init) }
            .filter { $0.hasPrefix(prefix) }
    }

    private static func lines(_ words: [String]) throws -> [String] {
        String(decoding: try FinishedProgram.output(words), as: UTF8.self)
            .split(separator: "\n").map(String.init)
    }

    private static func ip(_ words: String...) throws { try ip(words) }

    private static func ip(_ words: [String]) throws { try run(["ip"] + words) }

    private static func run(_ words: [String]) throws {
        _ = try FinishedProgram.output(words)
    }
}
