import Encoding
import HTTP
import Platform

/// A WebSocket of the load generator: it never waits, and costs as little as it can.
///
/// Frames are masked with zeros, which RFC 6455 allows a client that has nothing to hide from proxies, so that masking costs
/// nothing.
final class GatewayBenchSocket {
    private let descriptor: SocketDescriptor
    private var output: [UInt8] = []
    private var sent = 0
    private var input: [UInt8] = []
    private var buffer = [UInt8](repeating: 0, count: 256 << 10)
    /// How many frames came.
    private(set) var frameCount: UInt64 = 0

    /// Connects and becomes a WebSocket.
    init(_ endpoint: SocketEndpoint) throws(ConsoleError) {
        do throws(PlatformError) {
            descriptor = try endpoint.connect()
        } catch {
            throw .environment("\(error)")
        }
        let request =
            "GET /ws HTTP/1.1\r\nHost: \(endpoint.text(port: endpoint.port))\r\n"
            + "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        output = Array(request.utf8)
        try shakeHands()
    }

    private func shakeHands() throws(ConsoleError) {
        let end = Array("\r\n\r\n".utf8)
        for _ in 0..<5_000 {
            flush()
            read()
            if let index = input.indices.first(where: { input[$0...].starts(with: end) }) {
                guard input.starts(with: Array("HTTP/1.1 101".utf8)) else {
                    throw .environment("the gateway opened no WebSocket")
                }
                input.removeFirst(index + 4)
                return
            }
            PlatformThread.nap(nanoseconds: 1_000_000)
        }
        throw .environment("the gateway did not answer a WebSocket")
    }

    /// Watches the socket.
    func watch(_ poller: SocketPoller, tag: UInt64) throws(PlatformError) {
        try poller.add(descriptor, tag: tag, reads: true, writes: false)
    }

    /// Bytes that wait to be sent.
    var waiting: Int { output.count - sent }

    /// Queues a text.
    func queue(_ text: [UInt8]) {
        output.append(0x81)
        if text.count < 126 {
            output.append(0x80 | UInt8(text.count))
        } else {
            output.append(0x80 | 126)
            output.append(UInt8(truncatingIfNeeded: text.count >> 8))
            output.append(UInt8(truncatingIfNeeded: text.count))
        }
        output.append(contentsOf: [0, 0, 0, 0])
        output.append(contentsOf: text)
    }

    /// Sends what there is room for.
    func flush() {
        while sent < output.count {
            guard case .moved(let count) = descriptor.send(output, sent..<output.count) else {
                break
            }
            sent += count
        }
        if sent == output.count {
            output.removeAll(keepingCapacity: true)
            sent = 0
        }
    }

    private func read() {
        while case .moved(let count) = descriptor.receive(into: &buffer) {
            input.append(contentsOf: buffer[..<count])
            if count < buffer.count { return }
        }
    }

    /// Reads what there is, and hands over every frame's payload.
    func receive(_ take: (ArraySlice<UInt8>) -> Void) {
        read()
        var position = 0
        while input.count - position >= 2 {
            var start = position + 2
            var count = Int(input[position + 1] & 127)
            let extra = count == 126 ? 2 : count == 127 ? 8 : 0
            guard input.count - start >= extra else { break }
            if extra > 0 {
                count = 0
                for offset in 0..<extra { count = count << 8 | Int(input[start + offset]) }
                start += extra
            }
            guard input.count - start >= count else { break }
            frameCount += 1
            take(input[start..<(start + count)])
            position = start + count
        }
        if position > 0 { input.removeFirst(position) }
    }

    /// Waits for frames until one begins as wanted.
    func await(_ beginning: String) throws(ConsoleError) {
        let wanted = Array(beginning.utf8)
        var isThere = false
        var last: [UInt8] = []
        for _ in 0..<10_000 {
            flush()
            receive { payload in
                if payload.starts(with: wanted) { isThere = true }
                last = Array(payload.prefix(200))
            }
            if isThere { return }
            PlatformThread.nap(nanoseconds: 1_000_000)
        }
        throw .environment("the gateway said \(String(decoding: last, as: UTF8.self))")
    }
}
