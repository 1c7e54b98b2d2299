internal import Access
internal import Encoding
internal import HTTP

extension Gateway {
    /// The methods of `proto/parallax/v1`.
    ///
    /// A gateway lives as long as its server, and each handler holds it.
    var calls: [String: any GRPCHandler] {
        var methods: [String: any GRPCHandler] = [:]
        for operation in TradeOperation.allCases {
            let work: UnaryMethod.Work = { call throws(APIError) in try call.trade(operation) }
            methods["/parallax.v1.Trading/" + operation.method] = UnaryMethod(self, tradeLane, work)
        }
        for read in ReadMethod.all {
            let work: UnaryMethod.Work = { call throws(APIError) in try call.answer(by: read) }
            methods["/parallax.v1." + read.name] = UnaryMethod(self, readLane, work)
        }
        methods["/parallax.v1.Trading/OrderStream"] = OrderStreamMethod(gateway: self)
        methods["/parallax.v1.MarketData/Subscribe"] = SubscribeMethod(gateway: self)
        return methods
    }

    /// Who calls, by the metadata `authorization` or the certificate.
    func authenticate(_ call: GRPCCall) throws(APIError) -> Principal {
        var headers = HTTPHeaders()
        for value in call.metadata.values("authorization") { headers.add("authorization", value) }
        do throws(AccessError) {
            return try authenticate(
                HTTPRequest(
                    method: "POST",
                    path: call.method,
                    headers: headers,
                    version: .http2,
                    peer: call.peer
                )
            )
        } catch {
            throw APIError(error)
        }
    }

    /// Who calls, if that may be done and is not too much.
    func admit(_ call: GRPCCall, _ action: AccessAction) throws(APIError) -> Principal {
        let principal = try authenticate(call)
        do throws(AccessError) { try principal.require(action) } catch { throw APIError(error) }
        try limit(principal)
        return principal
    }
}
