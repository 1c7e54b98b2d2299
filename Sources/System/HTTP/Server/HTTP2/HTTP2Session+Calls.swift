internal import CNGHTTP2
internal import Synchronization

/// Calls of gRPC.
extension HTTP2Session {
    func beginCall(_ stream: HTTP2Stream) {
        let method = stream.target
        guard let handler = context.handlers.grpc[method] else {
            return refuseCall(stream, .unimplemented, "no such method")
        }
        var deadline: UInt64?
        if let text = stream.headers["grpc-timeout"] {
            guard let timeout = GRPCForms.timeout(text) else {
                return refuseCall(stream, .invalidArgument, "grpc-timeout is no time-out")
            }
            let (sum, overflow) = context.now.addingReportingOverflow(timeout)
            deadline = overflow ? nil : sum
        }
        let call = GRPCCall(
            method: method,
            metadata: stream.headers,
            peer: peer,
            deadline: deadline,
            waitingBytesMax: limits.waitingBytesMax
        ) { [shared = context.shared, connection, id = stream.id] in
            shared.post(ReactorMessage(connection: connection, stream: id, content: .waiting))
        }
        context.shared.counters.requests.add(1, ordering: .relaxed)
        let receiver = handler.begin(call)
        stream.call = HTTP2Stream.OpenCall(
            call: call,
            receiver: receiver,
            deframer: GRPCDeframer(messageBytesMax: limits.grpcMessageBytesMax)
        )
    }

    /// Ends a call that no handler sees.
    private func refuseCall(_ stream: HTTP2Stream, _ status: GRPCStatus, _ message: String) {
        stream.isRefused = true
        finish(stream, GRPCCall.Ending(status: status, message: message, trailers: HTTPHeaders()))
    }

    func takeMessages(_ stream: HTTP2Stream, _ bytes: UnsafeRawBufferPointer) {
        unsafe stream.call?.deframer.append(bytes)
        stream.call?.unconsumed += bytes.count
        handOut(stream)
        if !holdMore(stream) { end(stream, .resourceExhausted, "too much is on its way") }
    }

    func halfClose(_ stream: HTTP2Stream) { handOut(stream) }

    /// Gives the receiver what came, as long as it wants it, and the caller room for as much again.
    private func handOut(_ stream: HTTP2Stream) {
        while let open = stream.call, !open.isPaused, open.call.isOpen {
            do throws(GRPCDeframer.Fault) {
                guard let message = try stream.call?.deframer.next() else { break }
                open.receiver.received(message)
            } catch {
                return end(stream, error.status, error.message(limits.grpcMessageBytesMax))
            }
            // It may have paused or finished the call just now.
            takeWork(stream)
        }
        guard let open = stream.call, !open.isPaused || !open.call.isOpen else { return }
        consume(stream.id, open.unconsumed)
        stream.call?.unconsumed = 0
        guard stream.isInputEnded, !open.isHalfClosed, open.call.isOpen else { return }
        guard open.deframer.count == 0 else {
            return end(stream, .internalError, "the last message is not complete")
        }
        stream.call?.isHalfClosed = true
        open.receiver.halfClosed()
    }

    /// Does what the call's owner asked for.
    func takeWork(_ stream: HTTP2Stream) {
        guard let open = stream.call, !stream.isOutputComplete else { return }
        let work = open.call.takeWork()
        for message in work.messages { stream.output.append(shared: message) }
        if let ending = work.ending {
            finish(stream, ending)
        } else if !work.messages.isEmpty {
            if !stream.hasHead {
                var fields = Self.callHead
                submitHead(stream, &fields, hasBody: true)
            }
            goOn(stream)
        }
        guard open.isPaused != work.isPaused else { return }
        stream.call?.isPaused = work.isPaused
        if !work.isPaused { handOut(stream) }
    }

    private static var callHead: FieldBlock {
        var fields = FieldBlock()
        fields.add(":status", "200")
        fields.add("content-type", "application/grpc")
        return fields
    }

    /// Ends a call from this side, whatever its owner does.
    func end(_ stream: HTTP2Stream, _ status: GRPCStatus, _ message: String) {
        guard let open = stream.call, !stream.isOutputComplete else { return }
        let work = open.call.takeWork()
        for chunk in work.messages { stream.output.append(shared: chunk) }
        let wasOpen = open.call.end()
        let ending = GRPCCall.Ending(status: status, message: message, trailers: HTTPHeaders())
        finish(stream, work.ending ?? ending)
        if wasOpen { open.receiver.cancelled() }
    }

    /// Ends all calls, because the server stops.
    func endCalls() {
        for id in streams.keys.sorted() {
            if let stream = streams[id] { end(stream, .unavailable, "the server stops") }
        }
    }

    /// Sends the trailers behind what waits.
    private func finish(_ stream: HTTP2Stream, _ ending: GRPCCall.Ending) {
        var trailers = stream.hasHead || stream.output.count > 0 ? FieldBlock() : Self.callHead
        trailers.add("grpc-status", String(ending.status.rawValue))
        if !ending.message.isEmpty {
            trailers.add("grpc-message", GRPCForms.encode(message: ending.message))
        }
        trailers.add(ending.trailers)
        stream.isOutputComplete = true
        if !stream.hasHead, stream.output.count == 0 {
            // Head and trailers in one.
            return submitHead(stream, &trailers, hasBody: false)
        }
        stream.trailers = trailers
        if !stream.hasHead {
            var fields = Self.callHead
            submitHead(stream, &fields, hasBody: true)
        }
        goOn(stream)
    }

    /// Tells a call's owner how much waits, and that there is room again.
    func noteRoom(_ stream: HTTP2Stream) {
        guard let open = stream.call, open.call.setOutputBytes(stream.output.count) else { return }
        open.receiver.writable()
    }
}
