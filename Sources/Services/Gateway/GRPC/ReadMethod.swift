internal import Access
internal import Encoding
internal import HTTP

/// A method that is a route of REST in another form: what is asked and answered there is asked and answered here.
struct ReadMethod: Sendable {
    /// Service and method.
    let name: String
    /// The route's path.
    let pattern: String
    let request: MessageForm
    /// The form of the answer; none where it is bytes, which become field 1.
    let response: MessageForm?
    /// The member of the request that the path names.
    var parameter: (member: String, name: String)?

    static let all = [
        ReadMethod(
            name: "Trading/ListOrders",
            pattern: "/api/v1/orders",
            request: .listOrders,
            response: .orders
        ),
        ReadMethod(
            name: "Accounts/GetBalances",
            pattern: "/api/v1/balances",
            request: .nothing,
            response: .balances
        ),
        ReadMethod(
            name: "Accounts/ListTrades",
            pattern: "/api/v1/trades",
            request: .listTrades,
            response: .trades
        ),
        ReadMethod(
            name: "Accounts/GetBundle",
            pattern: "/api/v1/trades/{id}/bundle",
            request: .getBundle,
            response: nil,
            parameter: ("trade_id", "id")
        ),
        ReadMethod(
            name: "MarketData/ListInstruments",
            pattern: "/api/v1/instruments",
            request: .nothing,
            response: .instruments
        ),
        ReadMethod(
            name: "MarketData/GetBook",
            pattern: "/market/book/{instrument}",
            request: .getBook,
            response: .book,
            parameter: ("instrument", "instrument")
        ),
    ]

    /// The route.
    var route: Route? {
        Gateway.routes.first { route in route.method == "GET" && route.pattern == pattern }
    }
}

extension UnaryCall {
    /// Answers by a route.
    ///
    /// - Throws: What is wrong before the route is asked.
    func answer(by method: ReadMethod) throws(APIError) {
        guard let route = method.route else {
            preconditionFailure("the table names routes that exist")
        }
        var caller: Principal?
        if let action = route.action {
            caller = try gateway.admit(call, action)
        } else {
            try gateway.limit(call.peer.address)
        }
        let (parameters, query) = try members(method)
        let request = HTTPRequest(
            method: "GET",
            path: method.pattern,
            query: query,
            version: .http2,
            peer: call.peer
        )
        let exchange = Exchange(
            request: request,
            parameters: parameters,
            caller: caller,
            trace: trace,
            responder: HTTPResponder { response in self.give(response, method.response) }
        )
        // The exchange answers errors too: whoever lets a responder go without an answer has answered with 500.
        do throws(APIError) { try route.handler(gateway, exchange) } catch { exchange.fail(error) }
    }

    private func give(_ response: HTTPResponse, _ form: MessageForm?) {
        guard response.status == 200 else { return fail(APIError(response)) }
        guard let form else {
            var writer = ProtobufWriter(capacity: response.body.count + 8)
            writer.add(1, bytes: response.body)
            return answer(writer.bytes)
        }
        do throws(APIError) {
            let value: ExactJSON
            do throws(JSONError) {
                value = try ExactJSON(decoding: response.body, limits: Self.limits)
            } catch {
                throw APIError(.internalError, "the answer is too large: ask for less")
            }
            answer(try form.message(value))
        } catch {
            fail(error)
        }
    }

    /// The bounds of what routes answer.
    private static let limits = DecodingLimits(bytesMax: 1 << 20, depthMax: 8)

    /// The parts of the path and the query that say what the message says.
    private func members(
        _ method: ReadMethod
    ) throws(APIError) -> (parameters: [String: String], query: String) {
        var fields = try method.request.fields(of: message)
        var parameters: [String: String] = [:]
        var query: [String] = []
        for field in method.request.fields {
            guard let text = try fields.anyText(field.name) else { continue }
            if let parameter = method.parameter, field.name == parameter.member {
                parameters[parameter.name] = text
            } else {
                query.append(field.name + "=" + PercentEncoding.encode(text))
            }
        }
        return (parameters, query.joined(separator: "&"))
    }
}

extension RequestFields {
    /// A text or number as it is written; none if it is left out.
    fileprivate mutating func anyText(_ name: String) throws(APIError) -> String? {
        switch value(name) {
        case .string(let text):
            guard text.utf8.count <= 256 else {
                throw Self.wrong(name, "must be a text of at most 256 bytes")
            }
            return text
        case .number(let number): return String(decoding: number.text, as: UTF8.self)
        default: return nil
        }
    }
}
