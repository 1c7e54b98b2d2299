internal import CNGHTTP2

/// Requests that come, and answers that go.
extension HTTP2Session {
    /// About what a stream costs by itself.
    private static let streamBytes = 1 << 10

    func begin(_ id: Int32) {
        let stream = HTTP2Stream(id: id, context: context)
        streams[id] = stream
        if !hold(stream, Self.streamBytes) { reset(stream, NGHTTP2_REFUSED_STREAM) }
    }

    /// Notes how many bytes a stream holds; whether it may.
    func hold(_ stream: HTTP2Stream, _ count: Int) -> Bool {
        defer { stream.heldBytes = count }
        return context.changeIncompleteBytes(by: count - stream.heldBytes)
    }

    /// Notes what a stream holds by now; whether it may.
    func holdMore(_ stream: HTTP2Stream) -> Bool {
        let content = stream.body.count + (stream.call?.deframer.count ?? 0)
        return hold(
            stream,
            Self.streamBytes + min(stream.fieldBytes, limits.headBytesMax) + content
        )
    }

    /// A field of a request; nghttp2 has checked its bytes, and that each pseudo-field comes once.
    func field(_ id: Int32, name: UnsafeBufferPointer<UInt8>, value: UnsafeBufferPointer<UInt8>) {
        guard let stream = streams[id] else { return }
        // As the setting for the size of a list of fields counts (RFC 9113 §6.5.2).
        stream.fieldBytes += name.count + value.count + 32
        stream.fieldCount += 1
        guard stream.fieldBytes <= limits.headBytesMax,
            stream.fieldCount <= limits.headerCountMax + 4
        else { return }
        let name = unsafe String(decoding: name, as: UTF8.self)
        let value = unsafe String(decoding: value, as: UTF8.self)
        switch name {
        case ":method": stream.method = value
        case ":path": stream.target = value
        case ":authority": stream.authority = value
        case ":scheme": break
        default: stream.headers.addRead(name, value)
        }
    }

    /// The whole head of a request came.
    func headCame(_ stream: HTTP2Stream) {
        stream.isHeadComplete = true
        stream.startedAt = context.now
        guard holdMore(stream) else { return reset(stream, NGHTTP2_REFUSED_STREAM) }
        if let fault = fault(stream) { return refuse(stream, fault.status) }
        if let authority = stream.authority, stream.headers["host"] == nil {
            stream.headers.addRead("host", authority)
        }
        if stream.method == "POST", GRPCForms.isCall(stream.headers) { beginCall(stream) }
    }

    private func fault(_ stream: HTTP2Stream) -> RequestFault? {
        guard stream.fieldBytes <= limits.headBytesMax else { return .headTooLarge }
        guard stream.fieldCount <= limits.headerCountMax + 4 else { return .tooManyHeaders }
        guard stream.target.utf8.count <= limits.targetBytesMax else { return .targetTooLong }
        let isGraphic = { (byte: UInt8) in byte > 0x20 && byte < 0x7f && byte != UInt8(ascii: "#") }
        guard stream.target.utf8.first == UInt8(ascii: "/"),
            stream.target.utf8.allSatisfy(isGraphic),
            HeadForm.isToken(stream.method.utf8)
        else { return .malformed }
        return nil
    }

    /// Bytes of a request's body, or of a call's messages.
    func data(_ id: Int32, _ bytes: UnsafeRawBufferPointer) {
        guard let stream = streams[id] else { return consume(id, bytes.count) }
        if stream.call != nil { return unsafe takeMessages(stream, bytes) }
        consume(id, bytes.count)
        if stream.isRefused { return }
        guard stream.body.count + bytes.count <= limits.bodyBytesMax else {
            return refuse(stream, 413)
        }
        unsafe stream.body.append(contentsOf: bytes)
        if !holdMore(stream) { refuse(stream, 503) }
    }

    /// Gives the client room for as many bytes again.
    func consume(_ id: Int32, _ count: Int) {
        if count > 0 { _ = unsafe nghttp2_session_consume(handle, id, count) }
    }

    /// The whole request came.
    func inputEnded(_ stream: HTTP2Stream) {
        stream.isInputEnded = true
        if stream.call != nil { return halfClose(stream) }
        if stream.isRefused { return }
        let mark = stream.target.firstIndex(of: "?")
        let path = mark.map { String(stream.target[..<$0]) } ?? stream.target
        let query = mark.map { String(stream.target[stream.target.index(after: $0)...]) }
        let request = HTTPRequest(
            method: stream.method,
            path: path,
            query: query,
            headers: stream.headers,
            body: stream.body,
            version: .http2,
            peer: peer
        )
        forgetBody(stream)
        context.dispatch(request, connection: connection, stream: stream.id)
    }

    func forgetBody(_ stream: HTTP2Stream) {
        stream.body = []
        _ = hold(stream, 0)
    }

    /// Answers a request that no handler sees.
    func refuse(_ stream: HTTP2Stream, _ status: Int) {
        stream.isRefused = true
        forgetBody(stream)
        answer(stream, .text(status, HTTPResponse.reason(of: status)))
    }

    func answer(_ stream: HTTP2Stream, _ response: HTTPResponse) {
        guard !stream.hasHead, stream.call == nil else { return }
        var fields = FieldBlock()
        fields.add(":status", String(response.status))
        fields.add(response.headers)
        fields.add("date", context.date)
        let hasBody = response.status != 204 && response.status != 304
        if hasBody { fields.add("content-length", String(response.byteCount)) }
        let sendsBody = hasBody && stream.method != "HEAD" && response.byteCount > 0
        if sendsBody {
            stream.output.append(response.body)
            stream.file = response.file.map { FileBody($0) }
        }
        stream.isOutputComplete = stream.file == nil
        submitHead(stream, &fields, hasBody: sendsBody)
    }

    /// Takes a piece of the file that a stream sends.
    func take(_ stream: HTTP2Stream, _ piece: ByteChunk?) {
        guard let piece else { return reset(stream, NGHTTP2_INTERNAL_ERROR) }
        stream.file?.took(piece)
        stream.output.append(shared: piece)
        stream.isOutputComplete = stream.file?.isComplete ?? true
        goOn(stream)
    }

    /// Gives the head of an answer to nghttp2.
    func submitHead(_ stream: HTTP2Stream, _ fields: inout FieldBlock, hasBody: Bool) {
        stream.hasHead = true
        var provider = unsafe HTTP2Library.provider()
        let code = unsafe fields.lend { fields, count in
            unsafe hasBody
                ? nghttp2_submit_response(handle, stream.id, fields, count, &provider)
                : nghttp2_submit_response(handle, stream.id, fields, count, nil)
        }
        // Only a lack of memory, or a stream that was reset in this turn.
        if code != 0 { reset(stream, NGHTTP2_INTERNAL_ERROR) }
    }

    /// Gives nghttp2 the next bytes of an answer.
    func supply(_ id: Int32, _ buffer: UnsafeMutableRawBufferPointer, _ flags: inout UInt32) -> Int
    {
        guard let stream = streams[id] else {
            return Int(NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue)
        }
        let count = unsafe stream.output.move(into: buffer)
        noteRoom(stream)
        if stream.output.count < FileBody.pieceBytes / 2 {
            stream.file?.readOn(context, connection: connection, stream: id)
        }
        if stream.output.count == 0, stream.isOutputComplete {
            flags |= NGHTTP2_DATA_FLAG_EOF.rawValue
            if var trailers = stream.trailers {
                flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM.rawValue
                _ = unsafe trailers.lend { fields, count in
                    unsafe nghttp2_submit_trailer(handle, id, fields, count)
                }
            }
        } else if count == 0 {
            stream.isDeferred = true
            return Int(NGHTTP2_ERR_DEFERRED.rawValue)
        }
        return count
    }

    /// Tells nghttp2 that there is more, if it waits.
    func goOn(_ stream: HTTP2Stream) {
        guard stream.isDeferred else { return }
        stream.isDeferred = false
        _ = unsafe nghttp2_session_resume_data(handle, stream.id)
    }

    /// The end of an answer was given to the connection.
    func sentEnd(_ id: Int32) {
        // The rest of a request that is answered is not wanted (RFC 9113 §8.1).
        if let stream = streams[id], !stream.isInputEnded { reset(stream, NGHTTP2_NO_ERROR) }
    }

    func reset(_ stream: HTTP2Stream, _ code: nghttp2_error_code) {
        _ = unsafe nghttp2_submit_rst_stream(
            handle,
            UInt8(NGHTTP2_FLAG_NONE.rawValue),
            stream.id,
            code.rawValue
        )
    }

    /// Something of a stream is too late.
    func expire(_ stream: HTTP2Stream) {
        if let deadline = stream.output.deadline, deadline <= context.now {
            return reset(stream, NGHTTP2_CANCEL)
        }
        if stream.call != nil {
            end(stream, .deadlineExceeded, "the deadline is over")
        } else {
            refuse(stream, 408)
        }
    }
}
