internal import Platform

/// `wasi:clocks` and `wasi:random`.
enum ClockFunctions {
    /// Random bytes of one call, because a list of bytes takes 64 times as much room on its way.
    private static let randomBytesMax: UInt64 = 64 << 10

    static let functions: [String: HostFunction] = [
        "wasi:clocks/monotonic-clock#now": hostFunction { state, _ in
            .u64(state.monotonicNanoseconds)
        },
        "wasi:clocks/monotonic-clock#resolution": hostFunction { _, _ in .u64(1_000) },
        "wasi:clocks/monotonic-clock#subscribe-instant": hostFunction {
            state,
            arguments throws(HostRefusal) in
            try state.resources.add(Pollable(.time(arguments.number(0))))
        },
        "wasi:clocks/monotonic-clock#subscribe-duration": hostFunction {
            state,
            arguments throws(HostRefusal) in
            let now = state.monotonicNanoseconds
            let (end, overflows) = now.addingReportingOverflow(try arguments.number(0))
            return try state.resources.add(Pollable(.time(overflows ? .max : end)))
        },
        "wasi:clocks/wall-clock#now": hostFunction { state, _ in datetime(state.wallNanoseconds) },
        "wasi:clocks/wall-clock#resolution": hostFunction { _, _ in datetime(1_000) },
        "wasi:random/random#get-random-bytes": hostFunction(randomBytes),
        "wasi:random/random#get-random-u64": hostFunction { state, _ in .u64(word(state)) },
        "wasi:random/insecure#get-insecure-random-bytes": hostFunction(randomBytes),
        "wasi:random/insecure#get-insecure-random-u64": hostFunction { state, _ in
            .u64(word(state))
        },
        "wasi:random/insecure-seed#insecure-seed": hostFunction { state, _ in
            .tuple([.u64(word(state)), .u64(word(state))])
        },
    ]

    static func datetime(_ nanoseconds: UInt64) -> WITValue {
        .record([
            ("seconds", .u64(nanoseconds / 1_000_000_000)),
            ("nanoseconds", .u32(UInt32(nanoseconds % 1_000_000_000))),
        ])
    }

    private static func word(_ state: CallState) -> UInt64 {
        state.isDeterministic ? state.random.word() : SystemRandom.word()
    }

    private static func randomBytes(
        _ state: CallState,
        _ arguments: Arguments
    ) throws(HostRefusal) -> WITValue? {
        let count = try arguments.number(0)
        guard count <= randomBytesMax else { throw HostRefusal("\(count) random bytes at once") }
        guard state.isDeterministic else { return .bytes(SystemRandom.bytes(Int(count))) }
        var bytes: [UInt8] = []
        while bytes.count < Int(count) {
            let word = state.random.word()
            bytes += (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }
        }
        return .bytes(Array(bytes.prefix(Int(count))))
    }
}
