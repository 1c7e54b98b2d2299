/// `wasi:http`: requests that programs make.
enum OutgoingFunctions {
    private static let name = "wasi:http/types#"
    private static let request = name + "[method]outgoing-request."
    private static let options = name + "[method]request-options."

    static let functions: [String: HostFunction] = requests.merging(bodies) { first, _ in first }

    private static let requests: [String: HostFunction] = [
        name + "[constructor]outgoing-request": hostFunction {
            state,
            arguments throws(HostRefusal) in
            let headers: Fields = try state.resources.resource(arguments[0])
            return try state.resources.add(OutgoingRequest(headers: headers))
        },
        request + "method": get { $0.method },
        request + "set-method": set { $0.method = $1 },
        request + "path-with-query": get { .optional($0.pathWithQuery) },
        request + "set-path-with-query": set { $0.pathWithQuery = ($1.held ?? nil)?.text },
        request + "scheme": get { .option($0.scheme) },
        request + "set-scheme": set { $0.scheme = $1.held ?? nil },
        request + "authority": get { .optional($0.authority) },
        request + "set-authority": set { $0.authority = ($1.held ?? nil)?.text },
        request + "headers": hostFunction { state, arguments throws(HostRefusal) in
            let request: OutgoingRequest = try state.resources.resource(arguments[0])
            return try state.resources.add(Fields(request.headers.entries, isMutable: false))
        },
        request + "body": hostFunction { state, arguments throws(HostRefusal) in
            let request: OutgoingRequest = try state.resources.resource(arguments[0])
            guard request.body == nil else { return .failure(nil) }
            let body = OutgoingBody(bytesMax: state.limits.outputBytesMax)
            request.body = body
            return .success(try state.resources.add(body))
        },
        "wasi:http/outgoing-handler#handle": hostFunction(handle),
    ]

    private static let bodies: [String: HostFunction] = [
        name + "[method]outgoing-body.write": hostFunction {
            state,
            arguments throws(HostRefusal) in
            let body: OutgoingBody = try state.resources.resource(arguments[0])
            guard !body.isWritten else { return .failure(nil) }
            body.isWritten = true
            return .success(try state.resources.add(BodyOutput(body) as OutputStream))
        },
        name + "[static]outgoing-body.finish": hostFunction {
            state,
            arguments throws(HostRefusal) in
            let body: OutgoingBody = try state.resources.resource(arguments[0])
            if let trailers = try arguments.option(1) {
                let _: Fields = try state.resources.resource(trailers)
            }
            body.isFinished = true
            return .success(nil)
        },
        name + "[constructor]request-options": hostFunction { state, _ throws(HostRefusal) in
            try state.resources.add(RequestOptions())
        },
        options + "connect-timeout": timeout("connect"),
        options + "set-connect-timeout": setTimeout("connect"),
        options + "first-byte-timeout": timeout("first-byte"),
        options + "set-first-byte-timeout": setTimeout("first-byte"),
        options + "between-bytes-timeout": timeout("between-bytes"),
        options + "set-between-bytes-timeout": setTimeout("between-bytes"),
    ]

    private static func get(
        _ body: @escaping @Sendable (OutgoingRequest) -> WITValue
    ) -> HostFunction {
        hostFunction { state, arguments throws(HostRefusal) in
            body(try state.resources.resource(arguments[0]))
        }
    }

    private static func set(
        _ body: @escaping @Sendable (OutgoingRequest, WITValue) -> Void
    ) -> HostFunction {
        hostFunction { state, arguments throws(HostRefusal) in
            let request: OutgoingRequest = try state.resources.resource(arguments[0])
            guard let value = arguments[1] else { throw Arguments.refusal(1, "there") }
            body(request, value)
            return .success(nil)
        }
    }

    private static func timeout(_ name: String) -> HostFunction {
        hostFunction { state, arguments throws(HostRefusal) in
            let options: RequestOptions = try state.resources.resource(arguments[0])
            return .optional(options.timeouts[name])
        }
    }

    private static func setTimeout(_ name: String) -> HostFunction {
        hostFunction { state, arguments throws(HostRefusal) in
            let options: RequestOptions = try state.resources.resource(arguments[0])
            options.timeouts[name] = try arguments.option(1)?.number64
            return .success(nil)
        }
    }

    private static func handle(
        _ state: CallState,
        _ arguments: Arguments
    ) throws(HostRefusal) -> WITValue? {
        let request: OutgoingRequest = try state.resources.resource(arguments[0])
        var milliseconds = Int.max
        if let value = try arguments.option(1) {
            let options: RequestOptions = try state.resources.resource(value)
            milliseconds = options.milliseconds
        }
        guard !state.isDeterministic, state.context.http != nil, state.countRequest() else {
            return .failure(OutgoingHTTPError.denied.value)
        }
        guard let scheme = request.schemeName, let authority = request.authority else {
            return .failure(OutgoingHTTPError.invalidURI.value)
        }
        let rules = HostRules(state.context.permissions.allowedHTTPHosts)
        let verdict = rules.verdict(scheme: scheme, authority: authority)
        guard verdict != .refused else {
            state.log(.warn, "a request to \(authority) was refused: not a host of this service")
            return .failure(OutgoingHTTPError.denied.value)
        }
        let future = FutureResponse(
            request,
            mayBePrivate: verdict == .listed,
            milliseconds: milliseconds
        )
        return .success(try state.resources.add(future))
    }
}
