internal import CNATS
internal import Glibc

/// How a connection of the NATS library is made; it ends with its owner.
@safe package final class NATSOptions {
    package let handle: OpaquePointer

    /// Makes options for a connection that is made again after every loss.
    ///
    /// - Parameters:
    ///   - servers: Where servers of one cluster are.
    ///   - security: How connections are secured; not at all if it is nil.
    ///   - limits: Times: of the handshake, between pings, and after which silence a server is dead.
    /// - Throws: `nats` for unusable files or addresses.
    package init(
        servers: [String],
        security: NATSBus.Security?,
        limits: BusLimits
    ) throws(BusError) {
        var made: OpaquePointer?
        try NATSFailure.check(unsafe natsOptions_Create(&made))
        guard let made = unsafe made else { throw .nats(reason: "no memory") }
        unsafe handle = made
        try set(limits)
        try set(servers: servers)
        if let security { try set(security) }
    }

    deinit { unsafe natsOptions_Destroy(handle) }

    private func set(_ limits: BusLimits) throws(BusError) {
        let calls = unsafe [
            natsOptions_SetAllowReconnect(handle, true),
            natsOptions_SetMaxReconnect(handle, .max),
            natsOptions_SetTimeout(handle, Int64(limits.handshakeMilliseconds)),
            natsOptions_SetPingInterval(handle, Int64(limits.pingMilliseconds)),
            natsOptions_SetMaxPingsOut(
                handle,
                Int32(max(1, limits.silenceMilliseconds / max(1, limits.pingMilliseconds)))
            ),
            natsOptions_SetWriteDeadline(handle, Int64(limits.silenceMilliseconds)),
            // Subjects and payloads are what they are; a request that nobody hears is told so.
            natsOptions_DisableNoResponders(handle, false),
            natsOptions_SetName(handle, "parallax"),
        ]
        for status in calls { try NATSFailure.check(status) }
    }

    private func set(servers: [String]) throws(BusError) {
        let words = unsafe servers.map { unsafe strdup($0) }
        defer { unsafe words.forEach { word in unsafe free(word) } }
        var places = unsafe words.map { word in unsafe UnsafePointer(word) }
        try NATSFailure.check(
            unsafe natsOptions_SetServers(handle, &places, Int32(places.count))
        )
    }

    private func set(_ security: NATSBus.Security) throws(BusError) {
        try NATSFailure.check(unsafe natsOptions_SetSecure(handle, true))
        try NATSFailure.check(
            unsafe natsOptions_LoadCATrustedCertificates(handle, security.authorityFile),
            security.authorityFile
        )
        try NATSFailure.check(
            unsafe natsOptions_LoadCertificatesChain(
                handle,
                security.certificateFile,
                security.keyFile
            ),
            security.certificateFile
        )
        try NATSFailure.check(
            unsafe natsOptions_SetExpectedHostname(handle, security.serverName)
        )
    }
}
