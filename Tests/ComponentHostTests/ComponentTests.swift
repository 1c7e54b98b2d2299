import ComponentHost
import Platform
import Testing

@Suite("Components") struct ComponentTests {
    @Test("echo answers the bytes of its trigger")
    func echo() throws {
        let component = try Sandbox.engine().component(Program.built("echo.wasm"))
        #expect(component.isOperator)
        #expect(!component.isAggregator)
        let responses = try component.run(Sandbox.action([1, 2, 3]), HostContext(), Sandbox.limits)
        #expect(responses == [WasmResponse(payload: [1, 2, 3])])
    }
}

/// What the tests of components share.
enum Sandbox {
    static let limits = CallLimits(fuel: 100_000_000, milliseconds: 2_000, memoryBytes: 64 << 20)

    static func engine(isDeterministic: Bool = false) throws -> ComponentEngine {
        try ComponentEngine(.init(isDeterministic: isDeterministic))
    }

    static func action(_ bytes: [UInt8]) -> TriggerAction {
        TriggerAction(
            configuration: TriggerConfiguration(
                serviceID: String(repeating: "ab", count: 32),
                workflowID: "work",
                trigger: .manual
            ),
            data: .raw(bytes)
        )
    }
}
