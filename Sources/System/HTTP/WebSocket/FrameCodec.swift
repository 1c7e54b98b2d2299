internal import CWslay
internal import Platform

/// Turns bytes into frames and frames into bytes (RFC 6455 §5.2), by the library wslay.
///
/// The library reads heads, unmasks and masks. It never sees a socket: it is fed from one array and fills another.
@safe final class FrameCodec {
    /// A part of a frame's payload.
    struct Part {
        let isFinal: Bool
        let reserved: UInt8
        let opcode: UInt8
        let isMasked: Bool
        /// Bytes of the whole frame's payload.
        let payloadCount: UInt64
        /// What came of it now.
        let bytes: [UInt8]
    }

    private let context: wslay_frame_context_ptr
    private let buffers: Buffers

    /// What the library's callbacks reach.
    final class Buffers {
        var input: [UInt8] = []
        var inputRead = 0
        var output: [UInt8] = []
    }

    init() {
        let buffers = Buffers()
        var callbacks = wslay_frame_callbacks()
        unsafe callbacks.recv_callback = { bytes, count, _, user in
            unsafe FrameCodec.buffers(user).read(bytes, count)
        }
        unsafe callbacks.send_callback = { bytes, count, _, user in
            unsafe FrameCodec.buffers(user).write(bytes, count)
        }
        unsafe callbacks.genmask_callback = { bytes, count, _ in
            let key = SystemRandom.bytes(count)
            unsafe bytes?.update(from: key, count: count)
            return 0
        }
        var context: wslay_frame_context_ptr?
        let user = unsafe Unmanaged.passUnretained(buffers).toOpaque()
        let code = unsafe wslay_frame_context_init(&context, &callbacks, user)
        guard code == 0, let context = unsafe context else {
            preconditionFailure("a few hundred bytes of memory are there")
        }
        unsafe self.context = context
        self.buffers = buffers
    }

    deinit { unsafe wslay_frame_context_free(context) }

    private static func buffers(_ user: UnsafeMutableRawPointer?) -> Buffers {
        guard let user = unsafe user else { preconditionFailure("it was given at the start") }
        return unsafe Unmanaged<Buffers>.fromOpaque(user).takeUnretainedValue()
    }

    /// Adds bytes from the other side.
    func feed(_ bytes: ArraySlice<UInt8>) {
        if buffers.inputRead > 0 {
            buffers.input.removeFirst(buffers.inputRead)
            buffers.inputRead = 0
        }
        buffers.input += bytes
    }

    /// The next part of a frame; none until more bytes are fed.
    func next() throws(WebSocketFault) -> Part? {
        var frame = unsafe wslay_frame_iocb()
        let count = unsafe wslay_frame_recv(context, &frame)
        if count == Int(WSLAY_ERR_WANT_READ.rawValue) { return nil }
        guard count >= 0 else { throw .protocolError("a frame with a head that is not allowed") }
        let bytes = unsafe UnsafeBufferPointer(start: frame.data, count: frame.data_length)
        return unsafe Part(
            isFinal: frame.fin == 1,
            reserved: frame.rsv,
            opcode: frame.opcode,
            isMasked: frame.mask == 1,
            payloadCount: frame.payload_length,
            bytes: Array(bytes)
        )
    }

    /// Appends a whole frame to the output.
    func append(opcode: UInt8, _ payload: [UInt8], isMasked: Bool) {
        var rest = payload[...]
        repeat {
            let sent = unsafe rest.withUnsafeBufferPointer { bytes in
                var frame = unsafe wslay_frame_iocb()
                unsafe frame.fin = 1
                unsafe frame.opcode = opcode
                unsafe frame.mask = isMasked ? 1 : 0
                unsafe frame.payload_length = UInt64(payload.count)
                unsafe frame.data = bytes.baseAddress
                unsafe frame.data_length = bytes.count
                return unsafe wslay_frame_send(context, &frame)
            }
            precondition(sent >= 0, "an array takes everything")
            rest = rest.dropFirst(sent)
        } while !rest.isEmpty
    }

    /// Takes what is to be sent.
    func takeOutput() -> [UInt8] {
        defer { buffers.output = [] }
        return buffers.output
    }

    var hasOutput: Bool { !buffers.output.isEmpty }
}

extension FrameCodec.Buffers {
    fileprivate func read(_ bytes: UnsafeMutablePointer<UInt8>?, _ count: Int) -> Int {
        let count = min(count, input.count - inputRead)
        guard count > 0, let bytes = unsafe bytes else { return -1 }
        unsafe input.withUnsafeBufferPointer { buffer in
            let part = unsafe UnsafeBufferPointer(rebasing: buffer[inputRead..<inputRead + count])
            if let start = part.baseAddress { unsafe bytes.update(from: start, count: count) }
        }
        inputRead += count
        return count
    }

    fileprivate func write(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int {
        unsafe output += UnsafeBufferPointer(start: bytes, count: count)
        return count
    }
}
