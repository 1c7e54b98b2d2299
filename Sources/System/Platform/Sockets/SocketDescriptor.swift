internal import CLinux
internal import Glibc

/// A socket, or another descriptor of the reactor, that is closed when nobody uses it any more.
package final class SocketDescriptor: Sendable {
    /// The number by which C libraries know it; it is valid as long as this object.
    package let number: Int32

    init(_ number: Int32) { self.number = number }

    deinit { close(number) }

    /// What an operation that does not wait came to.
    package enum Progress: Equatable, Sendable {
        /// So many bytes went through.
        case moved(Int)
        /// Nothing can be done at the moment.
        case later
        /// The other side has ended its output.
        case ended
        /// The connection is broken.
        case broken(code: Int32)
    }

    /// Reads what is there.
    package func receive(into buffer: inout [UInt8]) -> Progress {
        while true {
            let count = unsafe recv(number, &buffer, buffer.count, 0)
            if count > 0 { return .moved(count) }
            if count == 0 { return .ended }
            if errno == EINTR { continue }
            return errno == EAGAIN ? .later : .broken(code: errno)
        }
    }

    /// Writes as much of a range of bytes as there is room for.
    package func send(_ bytes: [UInt8], _ range: Range<Int>) -> Progress {
        while true {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                let part = unsafe UnsafeRawBufferPointer(rebasing: buffer[range])
                return unsafe Glibc.send(number, part.baseAddress, part.count, Int32(MSG_NOSIGNAL))
            }
            if count >= 0 { return .moved(count) }
            if errno == EINTR { continue }
            return errno == EAGAIN ? .later : .broken(code: errno)
        }
    }

    /// Tells the other side that no more comes; false if the connection is gone and needs no telling.
    @discardableResult package func endOutput() -> Bool {
        shutdown(number, Int32(SHUT_WR)) == 0
    }

    /// The error with which a connection attempt ended; 0 if it succeeded.
    package func connectionError() -> Int32 {
        var code: Int32 = 0
        var count = socklen_t(MemoryLayout<Int32>.size)
        guard unsafe getsockopt(number, SOL_SOCKET, SO_ERROR, &code, &count) == 0 else {
            return errno
        }
        return code
    }
}
