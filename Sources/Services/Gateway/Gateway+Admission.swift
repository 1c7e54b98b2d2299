internal import Access
internal import Cryptography
internal import HTTP
internal import Synchronization

extension Gateway {
    /// Who makes a request, by what it carries.
    func authenticate(_ request: HTTPRequest) throws(AccessError) -> Principal {
        var key: Ed25519.PublicKey?
        if let bytes = request.peer.key {
            do throws(Ed25519.KeyError) {
                key = try Ed25519.PublicKey(bytes: bytes)
            } catch {
                throw .refused(.certificateUnknown)
            }
        }
        let target = request.query.map { query in request.path + "?" + query } ?? request.path
        return try parts.access.authenticate(
            RequestCredentials(
                method: request.method,
                target: target,
                body: request.body,
                peerKey: key,
                address: NetworkAddress(request.peerAddress),
                header: request.headers.values
            )
        )
    }

    /// Lets a user go on, or not.
    func limit(_ principal: Principal) throws(APIError) {
        try check(parts.userLimiter.admit(.user(principal.user)))
    }

    /// Lets somebody go on of whom only the address is known.
    func limit(_ address: String) throws(APIError) {
        guard let address = NetworkAddress(address) else { return }
        try check(parts.addressLimiter.admit(.address(of: address)))
    }

    private func check(_ decision: RateDecision) throws(APIError) {
        guard case .refused(let nanoseconds) = decision else { return }
        metrics.rateLimited.wrappingAdd(1, ordering: .relaxed)
        let refusal = AccessRefusal.rateLimited
        throw APIError(
            code: refusal.rawValue,
            status: refusal.httpStatus,
            message: refusal.message,
            retryAfterSeconds: (nanoseconds + 999_999_999) / 1_000_000_000
        )
    }
}
