internal import HTTP

extension Gateway {
    /// Decides about a request to become a WebSocket.
    ///
    /// Browsers let any page open one anywhere and send no preflight, so the page's origin must be the venue's own, or
    /// one that is configured. Programs send none.
    func upgrade(_ request: HTTPRequest) -> WebSocketAnswer {
        guard request.path == "/ws" else {
            return .refuse(APIError(.notFound, "there is no WebSocket here").response)
        }
        if let origin = request.headers["Origin"], !isOwn(origin, request) {
            return .refuse(
                APIError(.conflict, "a page of another site may not open a WebSocket").response
            )
        }
        guard !drains, sessions.isOpen else {
            return .refuse(APIError(.stopping, "the venue is stopping").response)
        }
        return .accept(protocol: nil, MemberSession(self, address: request.peerAddress))
    }

    private func isOwn(_ origin: String, _ request: HTTPRequest) -> Bool {
        if parts.origins.contains(origin) { return true }
        guard let host = request.headers["Host"] else { return false }
        return origin == "http://\(host)" || origin == "https://\(host)"
    }
}
