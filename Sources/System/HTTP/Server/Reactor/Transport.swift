internal import Glibc
internal import Platform
internal import TLS

/// The way of bytes between a socket and what is spoken on it, encrypted or not.
final class Transport {
    /// How far writing came.
    enum Progress {
        /// All that waited is written.
        case done
        /// The socket takes no more now.
        case later
        /// The connection is broken.
        case broken
    }

    /// Bytes that are encrypted ahead of the socket.
    private static let wireBytesMax = 64 << 10
    /// The longest record of TLS (RFC 8446 §5.1).
    private static let recordBytesMax = 16 << 10

    let descriptor: SocketDescriptor
    let channel: TLSChannel?
    private let context: ServerContext
    /// What is encrypted and not written; unused without TLS.
    private var wire = OutputQueue()
    /// When the client must have read some of it.
    private(set) var deadline: UInt64?

    init(_ descriptor: SocketDescriptor, _ channel: TLSChannel?, _ context: ServerContext) {
        self.descriptor = descriptor
        self.channel = channel
        self.context = context
    }

    /// Whether encrypted bytes wait for the socket.
    var hasWaiting: Bool { !wire.isEmpty }

    /// Writes as much as goes now.
    func write(_ output: ConnectionOutput) -> Progress {
        guard let channel else {
            while output.count > 0 {
                let count = output.queue.write(to: descriptor.number)
                if count >= 0 {
                    output.consume(count)
                } else if errno != EINTR {
                    return errno == EAGAIN ? .later : .broken
                }
            }
            return .done
        }
        repeat {
            guard encrypt(output, channel) else { return .broken }
            takeWire(channel)
            let progress = writeWire()
            if progress != .done { return progress }
        } while output.count > 0
        return .done
    }

    /// Says what is left to say, and that no more comes; false if the connection is gone and needs no telling.
    func end() -> Bool {
        if let channel {
            channel.end()
            takeWire(channel)
            // A client that does not take these few bytes now has others to read first and notices the end anyway.
            _ = writeWire()
        }
        return descriptor.endOutput()
    }

    private func encrypt(_ output: ConnectionOutput, _ channel: TLSChannel) -> Bool {
        guard channel.isReady else { return true }
        while output.count > 0, channel.outputCount < Self.wireBytesMax {
            let count = unsafe output.queue.withFirst { bytes in
                let part = unsafe UnsafeRawBufferPointer(
                    rebasing: bytes.prefix(Self.recordBytesMax)
                )
                do throws(TLSError) {
                    try unsafe channel.write(part)
                    return part.count
                } catch {
                    return 0
                }
            }
            guard let count, count > 0 else { return false }
            output.consume(count)
        }
        return true
    }

    private func takeWire(_ channel: TLSChannel) {
        while channel.outputCount > 0 {
            let chunk = ByteChunk(capacity: min(channel.outputCount, Self.wireBytesMax))
            guard unsafe chunk.fill({ unsafe channel.takeOutput(into: $0) }) > 0 else { return }
            wire.append(shared: chunk)
        }
        if deadline == nil, !wire.isEmpty {
            deadline = context.now &+ context.limits.writeNanoseconds
        }
    }

    private func writeWire() -> Progress {
        while !wire.isEmpty {
            let count = wire.write(to: descriptor.number)
            if count >= 0 {
                wire.consume(count)
                deadline = wire.isEmpty ? nil : context.now &+ context.limits.writeNanoseconds
            } else if errno != EINTR {
                return errno == EAGAIN ? .later : .broken
            }
        }
        return .done
    }
}
