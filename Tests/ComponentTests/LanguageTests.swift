import ComponentHost
import Testing

@Suite("components in other languages") struct LanguageTests {
    @Test("a service in Python runs like any other")
    func python() throws {
        let component = try Programs.foreignComponent("reverse")
        let limits = CallLimits(
            fuel: 10_000_000_000,
            milliseconds: 30_000,
            memoryBytes: 256 << 20
        )
        let responses = try component.run(
            Programs.action(.raw([UInt8]("Überfüße".utf8))),
            HostContext(),
            limits
        )
        #expect(responses == [WasmResponse(payload: [UInt8]("eßüfrebÜ".utf8))])
        #expect(throws: ComponentError.guest("the trigger is not raw")) {
            try component.run(
                Programs.action(.cron(triggerNanoseconds: 1)),
                HostContext(),
                limits
            )
        }
    }
}
