import ComponentHost
import Platform
import Testing

/// Programs that a node must survive; Components/Hostile says what each of them does.
@Suite("Hostile programs") struct HostileTests {
    /// How a program ends.
    struct Row: Sendable, CustomTestStringConvertible {
        var name: String
        var isExpected: @Sendable (ComponentError) -> Bool

        init(_ name: String, _ isExpected: @escaping @Sendable (ComponentError) -> Bool) {
            self.name = name
            self.isExpected = isExpected
        }

        var testDescription: String { name }
    }

    private static func traps(_ text: String) -> @Sendable (ComponentError) -> Bool {
        { error in
            if case .trap(let found) = error { found.contains(text) } else { false }
        }
    }

    private static func lacks(_ text: String) -> @Sendable (ComponentError) -> Bool {
        { error in
            if case .missingImport(let found) = error { found.contains(text) } else { false }
        }
    }

    private static func isFuel(_ error: ComponentError) -> Bool {
        error == .outOfFuel(limit: Sandbox.limits.fuel)
    }

    private static func isDemanding(_ error: ComponentError) -> Bool {
        if case .tooDemanding = error { true } else { false }
    }

    static let rows = [
        Row("endless-loop", isFuel),
        Row("endless-start", isFuel),
        Row("endless-allocator", isFuel),
        Row("endless-release", isFuel),
        Row("memory-bomb", traps("unreachable")),
        Row("trap", traps("unreachable")),
        Row("large-memory", isDemanding),
        Row("large-table", isDemanding),
        Row("deep-recursion") { $0 == .stackOverflow },
        Row("huge-output") { $0 == .outputTooLarge(limit: Sandbox.limits.outputBytesMax) },
        Row("many-outputs") { $0 == .outputTooLarge(limit: Sandbox.limits.outputBytesMax) },
        Row("wild-output", traps("out of bounds")),
        Row("wild-result", traps("out of bounds")),
        Row("bad-config-key", traps("out of bounds")),
        Row("bad-error-text", traps("utf-8")),
        Row("bad-log-text", traps("utf-8")),
        Row("bad-log-level", traps("out of range")),
        Row("unknown-import", lacks("parallax:unknown/machine@1.0.0")),
        Row("many-flags", lacks("host#log")),
        Row("invalid-char", lacks("host#log")),
        Row("stream") { if case .invalid = $0 { true } else { false } },
        Row("future") { if case .invalid = $0 { true } else { false } },
        Row("wrong-world") { if case .wrongWorld = $0 { true } else { false } },
        Row("no-export") { if case .wrongWorld = $0 { true } else { false } },
        Row("core-module") { if case .notComponent = $0 { true } else { false } },
        Row("log-flood") { $0 == .deadline(milliseconds: Sandbox.limits.milliseconds) },
    ]

    @Test("each ends as such, and the next call is answered", arguments: rows)
    func survived(_ row: Row) throws {
        let echo = try Sandbox.component("echo")
        let error = #expect(throws: ComponentError.self) {
            let component = try Sandbox.component("hostile/" + row.name)
            _ = try component.run(Sandbox.action([]), HostContext(), Sandbox.limits)
        }
        #expect(error.map(row.isExpected) == true, "\(String(describing: error))")
        let responses = try echo.run(Sandbox.action([7]), HostContext(), Sandbox.limits)
        #expect(responses == [WasmResponse(payload: [7])])
    }

    @Test("text instead of a program is refused")
    func text() throws {
        let text = try Program.built("hostile/text.wat")
        let error = #expect(throws: ComponentError.self) {
            try Sandbox.engine().component(text)
        }
        guard case .notComponent = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }
}
