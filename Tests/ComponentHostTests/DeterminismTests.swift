import ComponentHost
import Platform
import Testing

@Suite("Deterministic runs") struct DeterminismTests {
    @Test("give the same bytes and cost the same fuel, in every engine and on every thread")
    func same() throws {
        let wasm = try Program.built("echo.wasm")
        let action = Sandbox.action(Array((0..<200).map { UInt8($0) }))
        let expected = try Sandbox.engine(isDeterministic: true).component(wasm)
            .report(action, HostContext(), Sandbox.limits)
        #expect(expected.fuelUsed > 0)
        for _ in 0..<2 {
            let component = try Sandbox.engine(isDeterministic: true).component(wasm)
            try Threads.run(2) { _ in
                for _ in 0..<200 {
                    let report = try component.report(action, HostContext(), Sandbox.limits)
                    #expect(report == expected)
                }
            }
        }
    }

    @Test("make every NaN the same")
    func nan() throws {
        let component = try Sandbox.engine(isDeterministic: true)
            .component(Program.component("nan"))
        let responses = try component.run(Sandbox.action([]), HostContext(), Sandbox.limits)
        #expect(responses.map(\.payload) == [[0, 0, 0, 0, 0, 0, 0xf8, 0x7f]])
    }

    @Test("run out of fuel at the same place whatever the time is")
    func fuel() throws {
        let component = try Sandbox.engine(isDeterministic: true)
            .component(Program.built("echo.wasm"))
        let action = Sandbox.action([1, 2, 3])
        let used = try component.report(action, HostContext(), Sandbox.limits).fuelUsed
        var limits = Sandbox.limits
        limits.fuel = used
        #expect(try component.report(action, HostContext(), limits).fuelUsed == used)
        // Fuel is looked at where loops and functions begin, so a little less than what is used may do.
        limits.fuel = used / 2
        for _ in 0..<20 {
            #expect(throws: ComponentError.outOfFuel(limit: used / 2)) {
                try component.report(action, HostContext(), limits)
            }
        }
    }
}
