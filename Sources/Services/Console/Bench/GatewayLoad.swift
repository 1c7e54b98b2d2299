import Encoding
import Platform

/// Connections that send orders and count the answers.
struct GatewayLoad {
    private var sockets: [GatewayBenchSocket] = []
    private let poller: SocketPoller
    private let clock = LinuxClock()
    /// When each order was due, by its number modulo the length.
    private var dueTimes = [UInt64](repeating: 0, count: 1 << 18)
    private var sent: UInt64 = 0
    /// Orders that were answered.
    private(set) var answered: UInt64 = 0
    /// Answers that were no acknowledgements.
    private(set) var refused: UInt64 = 0
    private var lastRefusal: [UInt8] = []
    var latencies = Durations()

    init(_ venue: GatewayBenchVenue, _ count: Int) throws(ConsoleError) {
        do throws(PlatformError) { poller = try SocketPoller() } catch {
            throw .environment("\(error)")
        }
        for index in 0..<count {
            let token = try venue.member("load-\(index)")
            let socket = try GatewayBenchSocket(venue.endpoint)
            socket.queue(Array(#"{"type":"auth","token":"\#(token)"}"#.utf8))
            try socket.await(#"{"type":"ack""#)
            do throws(PlatformError) { try socket.watch(poller, tag: UInt64(index)) } catch {
                throw .environment("\(error)")
            }
            sockets.append(socket)
        }
    }

    /// Orders that were sent and not answered.
    var unanswered: UInt64 { sent - answered }

    /// Queues the next order: most rest away from the market, every eighth takes.
    mutating func send(at due: UInt64) {
        let number = sent
        sent += 1
        dueTimes[Int(number) & (dueTimes.count - 1)] = due
        let isBuy = number & 1 == 0
        let isTaker = number & 7 > 5
        let distance = isTaker ? 0 : 1 + (number >> 1) % 500
        let cents = isBuy != isTaker ? 5_000_000 - distance : 5_000_001 + distance
        var text: [UInt8] = Array(#"{"type":"order","id":"#.utf8)
        ExactDecimal.append(Int128(number), places: 0, to: &text)
        text += Array(#","instrument":"BTC-USD","side":"#.utf8)
        text += Array((isBuy ? #""BUY","# : #""SELL","#).utf8)
        text += Array(#""price":""#.utf8)
        ExactDecimal.append(
            Int128(isTaker ? (isBuy ? 5_000_600 : 4_999_400) : cents),
            places: 2,
            to: &text
        )
        text += Array(#"","quantity":"0.0010""#.utf8)
        if isTaker { text += Array(#","time_in_force":"IOC""#.utf8) }
        text.append(UInt8(ascii: "}"))
        sockets[Int(number) % sockets.count].queue(text)
    }

    /// Sends and receives what there is.
    mutating func turn(milliseconds: Int32) throws(ConsoleError) {
        for socket in sockets where socket.waiting > 0 { socket.flush() }
        let events: [SocketPoller.Event]
        do throws(PlatformError) { events = try poller.wait(milliseconds: milliseconds) } catch {
            throw .environment("\(error)")
        }
        if events.isEmpty { return }
        let now = clock.monotonicNanoseconds()
        let beginning = Array(#"{"type":"ack","op":"order","id":"#.utf8)
        for event in events {
            sockets[Int(event.tag)].receive { payload in
                answered += 1
                guard payload.starts(with: beginning) else {
                    refused += 1
                    lastRefusal = Array(payload.prefix(300))
                    return
                }
                var number = 0
                for byte in payload.dropFirst(beginning.count) {
                    guard byte >= 0x30, byte <= 0x39 else { break }
                    number = number * 10 + Int(byte - 0x30)
                }
                let due = dueTimes[number & (dueTimes.count - 1)]
                latencies.add(now > due ? now - due : 0)
            }
        }
        if refused > 0 {
            throw .disagreement(
                "the gateway refused an order: \(String(decoding: lastRefusal, as: UTF8.self))"
            )
        }
    }

    /// Waits until everything is answered.
    mutating func drain() throws(ConsoleError) {
        let end = clock.monotonicNanoseconds() + 30_000_000_000
        while unanswered > 0 {
            try turn(milliseconds: 5)
            guard clock.monotonicNanoseconds() < end else {
                throw .disagreement("\(unanswered) orders were not answered within 30 seconds")
            }
        }
    }
}

/// Connections that listen to the market.
struct GatewayListeners {
    private var sockets: [GatewayBenchSocket] = []
    private let poller: SocketPoller
    /// How many messages came to all together.
    private(set) var frameCount: UInt64 = 0

    init(_ venue: GatewayBenchVenue, _ count: Int) throws(ConsoleError) {
        do throws(PlatformError) { poller = try SocketPoller() } catch {
            throw .environment("\(error)")
        }
        for index in 0..<count {
            let socket = try GatewayBenchSocket(venue.endpoint)
            let words = #"{"type":"subscribe","channel":"book","instrument":"BTC-USD"}"#
            socket.queue(Array(words.utf8))
            socket.flush()
            do throws(PlatformError) { try socket.watch(poller, tag: UInt64(index)) } catch {
                throw .environment("\(error)")
            }
            sockets.append(socket)
        }
    }

    /// Receives what there is.
    mutating func turn(milliseconds: Int32) throws(ConsoleError) {
        let events: [SocketPoller.Event]
        do throws(PlatformError) { events = try poller.wait(milliseconds: milliseconds) } catch {
            throw .environment("\(error)")
        }
        for event in events {
            sockets[Int(event.tag)].receive { _ in frameCount += 1 }
        }
    }
}
