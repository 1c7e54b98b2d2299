import ComponentHost
import Platform
import Testing

@Suite("Hostile programs at once") struct ConcurrencyTests {
    private static let names = [
        "endless-loop", "memory-bomb", "deep-recursion", "huge-output", "wild-output",
        "bad-error-text", "bad-log-level", "trap", "endless-allocator", "sleeping",
        "forbidden-host", "forbidden-file",
    ]

    @Test("several threads run them again and again beside a program that is answered each time")
    func mixed() throws {
        let echo = try Sandbox.component("echo")
        let hostile = try Self.names.map { name in try Sandbox.component("hostile/" + name) }
        var limits = Sandbox.limits
        limits.fuel = 2_000_000
        limits.milliseconds = 200
        let small = limits
        try Threads.run(4) { thread in
            for round in 0..<30 {
                let program = hostile[(thread * 7 + round) % hostile.count]
                do throws(ComponentError) {
                    _ = try program.run(Sandbox.action([]), HostContext(), small)
                } catch {
                    #expect(error != .busy)
                }
                let payload: [UInt8] = [UInt8(thread), UInt8(round)]
                let responses = try echo.run(
                    Sandbox.action(payload),
                    HostContext(),
                    Sandbox.limits
                )
                #expect(responses.map(\.payload) == [payload])
            }
        }
    }

    @Test("more at once than there are places are told to try again, and nothing else happens")
    func busy() throws {
        let engine = try ComponentEngine(.init(isDeterministic: false, instancesMax: 1))
        let sleeping = try engine.component(Program.built("hostile/sleeping.wasm"))
        let echo = try engine.component(Program.built("echo.wasm"))
        var limits = Sandbox.limits
        limits.milliseconds = 300
        let brief = limits
        try Threads.run(3) { _ in
            for _ in 0..<2 {
                let error = #expect(throws: ComponentError.self) {
                    try sleeping.run(Sandbox.action([]), HostContext(), brief)
                }
                #expect(error == .busy || error == .deadline(milliseconds: 300))
            }
        }
        let responses = try echo.run(Sandbox.action([1]), HostContext(), Sandbox.limits)
        #expect(responses.map(\.payload) == [[1]])
    }

    @Test("a thread whose stack is too small is refused instead of overrun")
    func smallStack() throws {
        let engine = try ComponentEngine(.init(isDeterministic: false, stackBytes: 64 << 20))
        let error = #expect(throws: ComponentError.self) {
            try engine.component(Program.built("echo.wasm"))
        }
        guard case .smallStack = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }
}
