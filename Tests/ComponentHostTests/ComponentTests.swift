import ComponentHost
import Platform
import Synchronization
import Testing
import TestSupport

@Suite("Components") struct ComponentTests {
    @Test("echo answers the bytes of its trigger, after the prefix that it is configured with")
    func echo() throws {
        let component = try Sandbox.component("echo")
        #expect(component.isOperator)
        #expect(!component.isAggregator)
        for bytes in [[], [1, 2, 3], [UInt8](repeating: 9, count: 10_000)] as [[UInt8]] {
            let responses = try component.run(
                Sandbox.action(bytes),
                HostContext(),
                Sandbox.limits
            )
            #expect(responses.map(\.payload) == [bytes])
        }
        let context = HostContext(configuration: [Setting(key: "prefix", value: "ab")])
        let responses = try component.run(Sandbox.action([1]), context, Sandbox.limits)
        #expect(responses.map(\.payload) == [Array("ab".utf8) + [1]])
    }

    @Test("a program's own error comes with its words")
    func guestError() throws {
        let component = try Sandbox.component("echo")
        let context = HostContext(configuration: [Setting(key: "fail", value: "no data")])
        #expect(throws: ComponentError.guest("no data")) {
            try component.run(Sandbox.action([1]), context, Sandbox.limits)
        }
    }

    @Test("an aggregator's component says where results go")
    func aggregator() throws {
        let component = try Sandbox.component("echo-aggregator")
        #expect(component.isAggregator)
        let address = String(repeating: "0a", count: 20)
        let context = HostContext(configuration: [
            Setting(key: "chain", value: "evm:31337"), Setting(key: "address", value: address),
        ])
        let input = AggregatorInput(
            triggerAction: Sandbox.action([1]),
            operatorResponse: WasmResponse(payload: [2], ordering: 3, eventIDSalt: [4])
        )
        let expected = SubmitAction.evm(
            chain: "evm:31337",
            address: EVMAddress(bytes: [UInt8](repeating: 10, count: 20)),
            gasPrice: nil
        )
        let actions = try component.processInput(input, context, Sandbox.limits)
        #expect(actions == [.submit(expected)])
        try component.handleSubmitCallback(
            input,
            .accepted(.evm([UInt8](repeating: 1, count: 32))),
            context,
            Sandbox.limits
        )
        #expect(throws: ComponentError.self) {
            try component.run(Sandbox.action([1]), context, Sandbox.limits)
        }
    }

    @Test("every kind of trigger crosses the border", arguments: Sandbox.triggers)
    func triggers(_ trigger: Trigger, _ data: TriggerData) throws {
        let component = try Sandbox.component("hostile/trap")
        var action = Sandbox.action([])
        action.configuration.trigger = trigger
        action.data = data
        // The program traps when it runs; a value of another shape would end the call before.
        let error = #expect(throws: ComponentError.self) {
            try component.run(action, HostContext(), Sandbox.limits)
        }
        guard case .trap(let text) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(text.contains("unreachable"))
    }

    @Test("no service exceeds the node's maxima, and every limit is finite")
    func maxima() {
        let definition = ComponentDefinition(
            source: .digest(""),
            fuelLimit: .max,
            timeLimitSeconds: .max
        )
        let maxima = CallLimits.nodeMaxima
        let limits = CallLimits().with(definition, maxima: maxima)
        #expect(limits.fuel == maxima.fuel)
        #expect(limits.milliseconds == maxima.milliseconds)
        #expect(limits == limits.capped(by: maxima))
        var small = definition
        small.fuelLimit = 5
        small.timeLimitSeconds = 0
        #expect(CallLimits().with(small, maxima: maxima).fuel == 5)
        #expect(CallLimits().with(small, maxima: maxima).milliseconds == 1)
    }

    @Test("an engine's maxima hold whatever a call asks for")
    func engineMaxima() throws {
        let maxima = CallLimits(fuel: 1_000, milliseconds: 100, memoryBytes: 64 << 20)
        let engine = try ComponentEngine(.init(isDeterministic: false, maxima: maxima))
        let component = try engine.component(Program.built("hostile/endless-loop.wasm"))
        #expect(throws: ComponentError.outOfFuel(limit: 1_000)) {
            try component.run(Sandbox.action([]), HostContext(), .nodeMaxima)
        }
    }

    @Test("a program logs so many lines of so many bytes, and no more")
    func logs() throws {
        let lines = Mutex<[String]>([])
        let context = HostContext(log: { _, line in lines.withLock { $0.append(line) } })
        var limits = Sandbox.limits
        limits.logLinesMax = 3
        limits.logLineBytesMax = 10
        limits.fuel = 1_000_000
        limits.milliseconds = 200
        let component = try Sandbox.component("hostile/log-flood")
        #expect(throws: ComponentError.self) {
            try component.run(Sandbox.action([]), context, limits)
        }
        let found = lines.withLock { $0 }
        #expect(found.count == 4)
        #expect(found.prefix(3).allSatisfy { $0.utf8.count <= 13 })
    }

    @Test("a compiled component is loaded at the next start; a changed file is compiled again")
    func cache() throws {
        try TemporaryDirectory.with(checkCache)
    }

    private func checkCache(_ folder: String) throws {
        let wasm = try Program.built("echo.wasm")
        func check() throws {
            let engine = try ComponentEngine(
                .init(isDeterministic: true, cacheDirectory: folder)
            )
            let responses = try engine.component(wasm)
                .run(Sandbox.action([5]), HostContext(), Sandbox.limits)
            #expect(responses.map(\.payload) == [[5]])
        }
        try check()
        let names = try LinuxDirectory.open(folder).list().filter { $0 != "cache.key" }
        let path = try folder + "/" + #require(names.first)
        let good = try WholeFile.read(path)
        var bad = good
        bad[good.count / 2] ^= 1
        try WholeFile.write(bad, to: path)
        try check()
        #expect(try WholeFile.read(path) == good)
        // Another key is another node: what it wrote is not loaded here.
        try WholeFile.write([UInt8](repeating: 1, count: 32), to: folder + "/cache.key")
        try check()
        #expect(try WholeFile.read(path) != good)
        try check()
    }

    @Test("the time of a call is measured")
    func timing() throws {
        let component = try Sandbox.component("echo")
        let timing = try CallTiming.measure(
            component,
            Sandbox.action([1]),
            HostContext(),
            Sandbox.limits,
            calls: 50
        )
        #expect(timing.calls == 50)
        #expect(timing.medianMicroseconds > 0)
        #expect(timing.medianMicroseconds <= timing.percentile99Microseconds)
    }
}
