internal import CNGHTTP2

/// The functions that nghttp2 calls, and its settings; one for the whole process.
@safe final class HTTP2Library: @unchecked Sendable {
    // Both are filled before anybody else sees them, and only read from then on.
    private let callbacks: OpaquePointer?
    private let options: OpaquePointer?

    static let shared = HTTP2Library()

    private init() {
        var callbacks: OpaquePointer?
        var options: OpaquePointer?
        let code = unsafe nghttp2_session_callbacks_new(&callbacks) | nghttp2_option_new(&options)
        precondition(code == 0, "a few hundred bytes of memory are there")
        unsafe self.callbacks = callbacks
        unsafe self.options = options
        // The session gives room again itself, when what came is taken.
        unsafe nghttp2_option_set_no_auto_window_update(options, 1)
        unsafe nghttp2_option_set_no_closed_streams(options, 1)
        // The session's own bound comes first, and says why it ends the connection.
        unsafe nghttp2_option_set_max_outbound_ack(options, 10_000)
        unsafe setHeads(callbacks)
        unsafe setFrames(callbacks)
        unsafe setSending(callbacks)
    }

    /// Makes the library's part of a session; the session must outlive it.
    func makeSession(_ session: HTTP2Session) -> OpaquePointer {
        var handle: OpaquePointer?
        let user = unsafe Unmanaged.passUnretained(session).toOpaque()
        let code = unsafe nghttp2_session_server_new2(&handle, callbacks, user, options)
        guard code == 0, let handle = unsafe handle else {
            preconditionFailure("a few kilobytes of memory are there")
        }
        return unsafe handle
    }

    private static func session(_ user: UnsafeMutableRawPointer?) -> HTTP2Session {
        guard let user = unsafe user else { preconditionFailure("it was given at the start") }
        return unsafe Unmanaged<HTTP2Session>.fromOpaque(user).takeUnretainedValue()
    }

    private func setHeads(_ callbacks: OpaquePointer?) {
        unsafe nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks) {
            _,
            frame,
            user in
            guard let frame = unsafe frame?.pointee else { return 0 }
            if unsafe frame.hd.type == UInt8(NGHTTP2_HEADERS.rawValue),
                unsafe frame.headers.cat == NGHTTP2_HCAT_REQUEST
            {
                unsafe HTTP2Library.session(user).begin(frame.hd.stream_id)
            }
            return 0
        }
        unsafe nghttp2_session_callbacks_set_on_header_callback(callbacks) {
            _,
            frame,
            name,
            nameCount,
            value,
            valueCount,
            _,
            user in
            guard let frame = unsafe frame?.pointee,
                unsafe frame.headers.cat == NGHTTP2_HCAT_REQUEST
            else { return 0 }
            unsafe HTTP2Library.session(user).field(
                frame.hd.stream_id,
                name: UnsafeBufferPointer(start: name, count: nameCount),
                value: UnsafeBufferPointer(start: value, count: valueCount)
            )
            return 0
        }
    }

    private func setFrames(_ callbacks: OpaquePointer?) {
        unsafe nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks) {
            _,
            _,
            stream,
            bytes,
            count,
            user in
            unsafe HTTP2Library.session(user).data(
                stream,
                UnsafeRawBufferPointer(start: bytes, count: count)
            )
            return 0
        }
        unsafe nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks) { _, frame, user in
            guard let frame = unsafe frame?.pointee else { return 0 }
            let head = unsafe frame.hd
            unsafe HTTP2Library.session(user).took(
                HTTP2Frame(
                    stream: head.stream_id,
                    kind: head.type,
                    count: head.length,
                    flags: head.flags
                )
            )
            return 0
        }
        unsafe nghttp2_session_callbacks_set_on_invalid_frame_recv_callback(callbacks) {
            _,
            _,
            _,
            user in
            unsafe HTTP2Library.session(user).tookInvalid()
            return 0
        }
        unsafe nghttp2_session_callbacks_set_on_stream_close_callback(callbacks) {
            _,
            stream,
            _,
            user in
            unsafe HTTP2Library.session(user).closed(stream)
            return 0
        }
    }

    private func setSending(_ callbacks: OpaquePointer?) {
        unsafe nghttp2_session_callbacks_set_on_frame_send_callback(callbacks) { _, frame, user in
            guard let head = unsafe frame?.pointee.hd else { return 0 }
            if head.type == UInt8(NGHTTP2_RST_STREAM.rawValue) {
                unsafe HTTP2Library.session(user).sentReset()
                return 0
            }
            let ends = head.flags & UInt8(NGHTTP2_FLAG_END_STREAM.rawValue) != 0
            let kinds = [UInt8(NGHTTP2_HEADERS.rawValue), UInt8(NGHTTP2_DATA.rawValue)]
            if ends, kinds.contains(head.type) {
                unsafe HTTP2Library.session(user).sentEnd(head.stream_id)
            }
            return 0
        }
    }

    /// Where nghttp2 gets the bytes of an answer.
    static func provider() -> nghttp2_data_provider {
        var provider = unsafe nghttp2_data_provider()
        unsafe provider.read_callback = { _, stream, buffer, count, flags, _, user in
            guard let flags = unsafe flags else { return 0 }
            return unsafe HTTP2Library.session(user).supply(
                stream,
                UnsafeMutableRawBufferPointer(start: buffer, count: count),
                &flags.pointee
            )
        }
        return unsafe provider
    }
}

/// The head of a frame.
struct HTTP2Frame {
    let stream: Int32
    let kind: UInt8
    /// Bytes of its payload.
    let count: Int
    let flags: UInt8

    var endsStream: Bool { flags & UInt8(NGHTTP2_FLAG_END_STREAM.rawValue) != 0 }
    var isAcknowledgement: Bool { flags & UInt8(NGHTTP2_FLAG_ACK.rawValue) != 0 }
}
