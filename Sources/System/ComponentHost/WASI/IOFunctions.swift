/// `wasi:io`: errors, waiting and streams.
enum IOFunctions {
    /// Things that are waited for at once.
    private static let pollablesMax = 1_024

    static let functions: [String: HostFunction] = [
        "wasi:io/error#[method]error.to-debug-string": hostFunction {
            state,
            arguments throws(HostRefusal) in
            let error: StreamError = try state.resources.resource(arguments[0])
            return .string(error.text)
        },
        "wasi:io/poll#[method]pollable.ready": hostFunction {
            state,
            arguments throws(HostRefusal) in
            let pollable: Pollable = try state.resources.resource(arguments[0])
            return .bool(pollable.isReady(state))
        },
        "wasi:io/poll#[method]pollable.block": hostFunction {
            state,
            arguments throws(HostRefusal) in
            let pollable: Pollable = try state.resources.resource(arguments[0])
            _ = try wait(state, [pollable])
            return nil
        },
        "wasi:io/poll#poll": hostFunction { state, arguments throws(HostRefusal) in
            let items = try arguments.items(0)
            guard !items.isEmpty, items.count <= pollablesMax else {
                throw HostRefusal("poll of \(items.count) things")
            }
            var pollables: [Pollable] = []
            for item in items { pollables.append(try state.resources.resource(item)) }
            return .list(try wait(state, pollables).map { .u32(UInt32($0)) })
        },
        "wasi:io/streams#[method]input-stream.read": hostFunction(read),
        "wasi:io/streams#[method]input-stream.blocking-read": hostFunction(read),
        "wasi:io/streams#[method]input-stream.skip": hostFunction(skip),
        "wasi:io/streams#[method]input-stream.blocking-skip": hostFunction(skip),
        "wasi:io/streams#[method]input-stream.subscribe": hostFunction(subscribe),
        "wasi:io/streams#[method]output-stream.subscribe": hostFunction(subscribe),
        "wasi:io/streams#[method]output-stream.check-write": hostFunction {
            state,
            arguments throws(HostRefusal) in
            let _: OutputStream = try state.resources.resource(arguments[0])
            return .success(.u64(UInt64(OutputStream.writeBytesMax)))
        },
        "wasi:io/streams#[method]output-stream.write": hostFunction(write),
        "wasi:io/streams#[method]output-stream.blocking-write-and-flush": hostFunction(write),
        "wasi:io/streams#[method]output-stream.flush": hostFunction(flush),
        "wasi:io/streams#[method]output-stream.blocking-flush": hostFunction(flush),
        "wasi:io/streams#[method]output-stream.write-zeroes": hostFunction(writeZeroes),
        "wasi:io/streams#[method]output-stream.blocking-write-zeroes-and-flush":
            hostFunction(writeZeroes),
        "wasi:io/streams#[method]output-stream.splice": hostFunction(splice),
        "wasi:io/streams#[method]output-stream.blocking-splice": hostFunction(splice),
    ]

    /// The places of those that are ready; sleeps and asks hosts until there is one, or the time is over.
    private static func wait(
        _ state: CallState,
        _ pollables: [Pollable]
    ) throws(HostRefusal) -> [Int] {
        while true {
            let ready = pollables.indices.filter { pollables[$0].isReady(state) }
            if !ready.isEmpty { return ready }
            var isAsked = false
            for pollable in pollables {
                if case .response(let future) = pollable.event, future.canBeAsked {
                    try future.ask(state)
                    isAsked = true
                }
            }
            if isAsked { continue }
            let times = pollables.compactMap { pollable -> UInt64? in
                if case .time(let nanoseconds) = pollable.event { nanoseconds } else { nil }
            }
            guard let earliest = times.min() else {
                throw HostRefusal("it waits for an answer to a request whose body it never ends")
            }
            try state.sleep(until: earliest)
        }
    }

    private static func failure(
        _ state: CallState,
        _ fault: StreamFault
    ) throws(HostRefusal) -> WITValue {
        switch fault {
        case .closed: return .failure(.variant("closed", nil))
        case .failed(let text):
            let error = try state.resources.add(StreamError(text))
            return .failure(.variant("last-operation-failed", error))
        }
    }

    private static func bytes(
        _ state: CallState,
        _ arguments: Arguments,
        place: Int
    ) throws(HostRefusal) -> Result<[UInt8], StreamFault> {
        let stream: InputStream = try state.resources.resource(arguments[place])
        let count = min(try arguments.number(place + 1), UInt64(InputStream.readBytesMax))
        do throws(StreamFault) { return .success(try stream.read(Int(count))) } catch {
            return .failure(error)
        }
    }

    private static func read(
        _ state: CallState,
        _ arguments: Arguments
    ) throws(HostRefusal) -> WITValue? {
        switch try bytes(state, arguments, place: 0) {
        case .success(let bytes): return .success(.bytes(bytes))
        case .failure(let fault): return try failure(state, fault)
        }
    }

    private static func skip(
        _ state: CallState,
        _ arguments: Arguments
    ) throws(HostRefusal) -> WITValue? {
        switch try bytes(state, arguments, place: 0) {
        case .success(let bytes): return .success(.u64(UInt64(bytes.count)))
        case .failure(let fault): return try failure(state, fault)
        }
    }

    /// A stream of this host never makes a program wait: what it takes is there, what it gives is taken.
    private static func subscribe(
        _ state: CallState,
        _ arguments: Arguments
    ) throws(HostRefusal) -> WITValue? {
        try state.resources.add(Pollable(.ready))
    }

    private static func write(
        _ state: CallState,
        _ arguments: Arguments
    ) throws(HostRefusal) -> WITValue? {
        try write(state, arguments, arguments.bytes(1))
    }

    private static func write(
        _ state: CallState,
        _ arguments: Arguments,
        _ bytes: [UInt8]
    ) throws(HostRefusal) -> WITValue? {
        let stream: OutputStream = try state.resources.resource(arguments[0])
        do throws(StreamFault) {
            try stream.write(bytes)
            return .success(nil)
        } catch {
            return try failure(state, error)
        }
    }

    private static func flush(
        _ state: CallState,
        _ arguments: Arguments
    ) throws(HostRefusal) -> WITValue? {
        let _: OutputStream = try state.resources.resource(arguments[0])
        return .success(nil)
    }

    private static func writeZeroes(
        _ state: CallState,
        _ arguments: Arguments
    ) throws(HostRefusal) -> WITValue? {
        let count = try arguments.number(1)
        guard count <= UInt64(OutputStream.writeBytesMax) else {
            throw HostRefusal("write of \(count) zeros")
        }
        return try write(state, arguments, [UInt8](repeating: 0, count: Int(count)))
    }

    private static func splice(
        _ state: CallState,
        _ arguments: Arguments
    ) throws(HostRefusal) -> WITValue? {
        switch try bytes(state, arguments, place: 1) {
        case .failure(let fault): return try failure(state, fault)
        case .success(let bytes):
            let result = try write(state, arguments, bytes)
            guard case .success = result else { return result }
            return .success(.u64(UInt64(bytes.count)))
        }
    }
}
