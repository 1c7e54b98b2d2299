package import CNATS

/// The library's connection; its functions may be called by any thread.
@safe final class NATSConnection: @unchecked Sendable {
    // The library guards its objects with locks of its own; the place is written once, in init.
    private let handle: OpaquePointer

    init(
        _ servers: [String],
        _ security: NATSBus.Security?,
        _ limits: BusLimits,
        _ core: NATSCore
    ) throws(BusError) {
        let options = try NATSOptions(servers: servers, security: security, limits: limits)
        // The library keeps it until it has called `closed`.
        let context = unsafe Unmanaged.passRetained(core)
        try unsafe Self.set(options.handle, callbacks: context.toOpaque())
        var connection: OpaquePointer?
        let status = unsafe natsConnection_Connect(&connection, options.handle)
        guard let connection = unsafe connection else {
            unsafe context.release()
            throw .nats(reason: NATSFailure.text(status))
        }
        unsafe handle = connection
    }

    deinit {
        unsafe natsConnection_Close(handle)
        unsafe natsConnection_Destroy(handle)
    }

    private static func set(
        _ options: OpaquePointer,
        callbacks context: UnsafeMutableRawPointer
    ) throws(BusError) {
        let calls = unsafe [
            natsOptions_SetRetryOnFailedConnect(options, true, connected, context),
            natsOptions_SetReconnectedCB(options, connected, context),
            natsOptions_SetDisconnectedCB(options, disconnected, context),
            natsOptions_SetClosedCB(options, closed, context),
            natsOptions_SetErrorHandler(options, failed, context),
            natsOptions_SetCustomReconnectDelay(options, reconnectDelay, context),
        ]
        for status in calls { try NATSFailure.check(status) }
    }

    var isConnected: Bool {
        unsafe natsConnection_Status(handle) == NATS_CONN_STATUS_CONNECTED
    }

    /// The largest payload that the server takes, in bytes; it is known once there was a connection.
    var payloadBytesMax: Int { unsafe Int(natsConnection_GetMaxPayload(handle)) }

    func publish(
        _ message: BusMessage,
        _ payload: [UInt8],
        _ part: NATSPart?
    ) throws(BusError) {
        let replyTo = part?.isLast == false ? nil : message.replyTo
        var made: OpaquePointer?
        let status = unsafe payload.withUnsafeBytes { bytes in
            let start = unsafe bytes.bindMemory(to: CChar.self).baseAddress
            return unsafe natsMsg_Create(
                &made,
                message.subject,
                replyTo,
                start,
                Int32(bytes.count)
            )
        }
        try NATSFailure.check(status)
        guard let made = unsafe made else { throw .nats(reason: "no memory") }
        defer { unsafe natsMsg_Destroy(made) }
        if let part {
            let headers = [
                (NATSPart.messageHeader, part.message),
                (NATSPart.numberHeader, String(part.number)),
                (NATSPart.lengthHeader, String(part.byteCount)),
            ]
            for (name, value) in headers {
                try NATSFailure.check(unsafe natsMsgHeader_Set(made, name, value))
            }
        }
        try NATSFailure.check(unsafe natsConnection_PublishMsg(handle, made))
    }

    func subscribe(_ pattern: String, _ receiver: NATSReceiver) throws(BusError) -> NATSHandle {
        // The library keeps it until it has called `completed`.
        let context = unsafe Unmanaged.passRetained(receiver)
        var made: OpaquePointer?
        let status = unsafe natsConnection_Subscribe(
            &made,
            handle,
            pattern,
            received,
            context.toOpaque()
        )
        guard status == NATS_OK, let made = unsafe made else {
            unsafe context.release()
            throw .nats(reason: NATSFailure.text(status))
        }
        let completing = unsafe natsSubscription_SetOnCompleteCB(
            made,
            completed,
            context.toOpaque()
        )
        // Otherwise the connection was closed meanwhile, and the receiver lives as long as the process.
        let handle = unsafe NATSHandle(made)
        guard completing == NATS_OK else { throw .closed }
        return handle
    }

    func flush(timeoutMilliseconds: Int) throws(BusError) {
        let status = unsafe natsConnection_FlushTimeout(handle, Int64(timeoutMilliseconds))
        switch status {
        case NATS_OK: return
        case NATS_TIMEOUT: throw .timedOut(subject: "flush")
        case NATS_CONNECTION_DISCONNECTED: throw .disconnected
        case NATS_CONNECTION_CLOSED: throw .closed
        default: throw .nats(reason: NATSFailure.text(status))
        }
    }

    /// Sends what the library holds, and ends.
    func close(drainMilliseconds: Int) {
        if isConnected {
            // At the end, what cannot be sent in time is lost.
            _ = unsafe natsConnection_FlushTimeout(handle, Int64(max(1, drainMilliseconds)))
        }
        unsafe natsConnection_Close(handle)
    }
}

/// The library's subscription.
@safe final class NATSHandle: @unchecked Sendable {
    // The library guards its objects with locks of its own; the place is written once, in init.
    private let handle: OpaquePointer

    init(_ handle: OpaquePointer) { unsafe self.handle = handle }

    deinit { unsafe natsSubscription_Destroy(handle) }

    /// Ends it.
    func end() {
        // One that its connection has ended already needs no ending.
        _ = unsafe natsSubscription_Unsubscribe(handle)
    }
}

/// What the library says when something fails.
package enum NATSFailure {
    package static func text(_ status: natsStatus) -> String {
        guard let text = unsafe natsStatus_GetText(status) else {
            return "status \(status.rawValue)"
        }
        return unsafe String(cString: text)
    }

    /// Throws unless a call succeeded.
    package static func check(_ status: natsStatus, _ subject: String? = nil) throws(BusError) {
        guard status != NATS_OK else { return }
        throw .nats(reason: (subject.map { $0 + ": " } ?? "") + text(status))
    }
}
