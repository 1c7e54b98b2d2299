/// What a host answered, for the program.
private final class IncomingResponse: HostResource {
    static let type = ResourceType.incomingResponse
    let answer: OutgoingHTTPAnswer
    var isConsumed = false

    init(_ answer: OutgoingHTTPAnswer) { self.answer = answer }
}

/// The body of an answer.
private final class IncomingBody: HostResource {
    static let type = ResourceType.incomingBody
    let bytes: [UInt8]
    var isTaken = false

    init(_ bytes: [UInt8]) { self.bytes = bytes }
}

/// The fields after a body, of which this host gives none.
private final class FutureTrailers: HostResource {
    static let type = ResourceType.futureTrailers
    var isTaken = false
}

/// `wasi:http`: answers.
enum IncomingFunctions {
    private static let name = "wasi:http/types#"

    static let functions: [String: HostFunction] = [
        name + "[method]future-incoming-response.subscribe": hostFunction {
            state,
            arguments throws(HostRefusal) in
            let future: FutureResponse = try state.resources.resource(arguments[0])
            return try state.resources.add(Pollable(.response(future)))
        },
        name + "[method]future-incoming-response.get": hostFunction {
            state,
            arguments throws(HostRefusal) in
            let future: FutureResponse = try state.resources.resource(arguments[0])
            guard let taken = future.take() else { return .option(nil) }
            guard let result = taken else { return .option(.failure(nil)) }
            switch result {
            case .success(let answer):
                let response = try state.resources.add(IncomingResponse(answer))
                return .option(.success(.success(response)))
            case .failure(let error): return .option(.success(.failure(error.value)))
            }
        },
        name + "[method]incoming-response.status": hostFunction {
            state,
            arguments throws(HostRefusal) in
            let response: IncomingResponse = try state.resources.resource(arguments[0])
            return .u16(response.answer.status)
        },
        name + "[method]incoming-response.headers": hostFunction {
            state,
            arguments throws(HostRefusal) in
            let response: IncomingResponse = try state.resources.resource(arguments[0])
            let entries = response.answer.headers.map {
                (name: $0.key, value: Array($0.value.utf8))
            }
            return try state.resources.add(Fields(entries, isMutable: false))
        },
        name + "[method]incoming-response.consume": hostFunction {
            state,
            arguments throws(HostRefusal) in
            let response: IncomingResponse = try state.resources.resource(arguments[0])
            guard !response.isConsumed else { return .failure(nil) }
            response.isConsumed = true
            return .success(try state.resources.add(IncomingBody(response.answer.body)))
        },
        name + "[method]incoming-body.stream": hostFunction {
            state,
            arguments throws(HostRefusal) in
            let body: IncomingBody = try state.resources.resource(arguments[0])
            guard !body.isTaken else { return .failure(nil) }
            body.isTaken = true
            return .success(try state.resources.add(BytesInput(body.bytes) as InputStream))
        },
        name + "[static]incoming-body.finish": hostFunction {
            state,
            arguments throws(HostRefusal) in
            let _: IncomingBody = try state.resources.resource(arguments[0])
            return try state.resources.add(FutureTrailers())
        },
        name + "[method]future-trailers.subscribe": hostFunction {
            state,
            arguments throws(HostRefusal) in
            let _: FutureTrailers = try state.resources.resource(arguments[0])
            return try state.resources.add(Pollable(.ready))
        },
        name + "[method]future-trailers.get": hostFunction { state, arguments throws(HostRefusal) in
            let trailers: FutureTrailers = try state.resources.resource(arguments[0])
            guard !trailers.isTaken else { return .option(.failure(nil)) }
            trailers.isTaken = true
            return .option(.success(.success(.option(nil))))
        },
        name + "http-error-code": hostFunction { _, _ in .option(nil) },
    ]
}
