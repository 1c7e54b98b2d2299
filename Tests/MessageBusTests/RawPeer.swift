import Cryptography
import Glibc
import MessageBus
import TLS
import Testing

/// A connection to a hub of this machine that sends any bytes, with or without TLS, as no proper client would.
final class RawPeer {
    private let descriptor: Int32
    private var session: TLSSession?
    private var buffer = [UInt8](repeating: 0, count: 1 << 16)

    /// Nobody listens, or the handshake was refused.
    struct Refused: Error {}

    init(port: UInt16) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        try #require(descriptor >= 0)
        // A bound on every wait, so that a test that fails does not hang.
        var patience = timeval(tv_sec: 10, tv_usec: 0)
        let count = socklen_t(MemoryLayout<timeval>.size)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, count)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, count)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let result = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe connect(descriptor, pointer, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw Refused() }
    }

    deinit { close(descriptor) }

    /// Does the handshake as the node of a number.
    func secure(
        _ number: UInt64,
        hubKey: Ed25519.PublicKey,
        protocolName: String = "parallax-bus/1"
    ) throws {
        let context = try TLSContext(
            .client,
            identity: Node(number).identity,
            protocolName: protocolName
        ) { $0 == hubKey }
        let session = try TLSSession(context)
        self.session = session
        while true {
            try session.handshake()
            flush(session)
            if session.isReady { return }
            try receive(session)
        }
    }

    /// Sends bytes inside TLS, once there is a handshake behind it.
    func send(_ bytes: [UInt8]) throws {
        guard let session else { return sendRaw(bytes, bytes.count) }
        try session.write(bytes)
        flush(session)
    }

    private func flush(_ session: TLSSession) {
        while session.outputCount > 0 {
            let count = session.takeOutput(into: &buffer)
            sendRaw(buffer, count)
        }
    }

    private func receive(_ session: TLSSession) throws {
        let count = unsafe recv(descriptor, &buffer, buffer.count, 0)
        guard count > 0 else { throw Refused() }
        session.receive(buffer, count: count)
    }

    private func sendRaw(_ bytes: [UInt8], _ count: Int) {
        // The hub may have closed before it read all.
        _ = unsafe Glibc.send(descriptor, bytes, count, Int32(MSG_NOSIGNAL))
    }

    /// The next frames that the hub sends; at least one.
    func frames() throws -> [Frame] {
        let session = try #require(session)
        var reader = FrameReader()
        var frames: [Frame] = []
        var plain = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = try session.read(into: &plain)
            if count == 0 {
                if !frames.isEmpty { return frames }
                try receive(session)
                continue
            }
            reader.append(plain, count: count)
            while let frame = try reader.next() { frames.append(frame) }
        }
    }

    /// Whether the hub ends the connection, whatever it sends before.
    func isEnded() -> Bool {
        while true {
            let count = unsafe recv(descriptor, &buffer, buffer.count, 0)
            if count == 0 { return true }
            if count < 0 { return errno == ECONNRESET }
        }
    }
}
