import ComponentHost
import Platform
import Testing

@Suite("Programs that import functions with other types") struct TypeTests {
    /// A function of WASI with a type that is not its own.
    struct Row: Sendable, CustomTestStringConvertible {
        /// The interface and what stands in it.
        var interface: String
        var body: String
        /// The name and type of the function in the core module, and how it is called.
        var name: String
        var type: String
        var call: String
        /// Whether the program is refused before it runs.
        var isRefused: Bool

        var testDescription: String { "\(interface): \(body)" }
    }

    private static func random(
        _ result: String,
        _ type: String,
        _ call: String,
        types: String = "",
        isRefused: Bool = false
    ) -> Row {
        Row(
            interface: "wasi:random/random@0.2.0",
            body: types + " get-random-u64: func() " + result + ";",
            name: "get-random-u64",
            type: type,
            call: call,
            isRefused: isRefused
        )
    }

    private static let memory = "(param i32)"
    private static let indirect = "(call $f (i32.const 512))"
    private static let dropped = "(drop (call $f))"

    static let rows = [
        random("-> u32", "(result i32)", dropped),
        random("-> bool", "(result i32)", dropped),
        random("-> f64", "(result f64)", dropped),
        random("-> string", memory, indirect),
        random("-> list<u64>", memory, indirect),
        random("-> option<u64>", memory, indirect),
        random("-> result<u64, string>", memory, indirect),
        random("-> tuple<u64, u64>", memory, indirect),
        random("-> e", "(result i32)", dropped, types: "enum e { a, b }"),
        random("-> e", "(result i32)", dropped, types: "flags e { a, b }"),
        random("-> e", memory, indirect, types: "record e { a: u64, b: string }"),
        random("-> e", memory, indirect, types: "variant e { a(u64), b }"),
        random("-> pollable", "(result i32)", dropped, types: "resource pollable;"),
        random(
            "-> other",
            "(result i32)",
            dropped,
            types: "resource other;",
            isRefused: true
        ),
        random(
            "-> char",
            "(result i32)",
            dropped,
            isRefused: true
        ),
        Row(
            interface: "wasi:random/random@0.2.0",
            body: "get-random-u64: func(a: char) -> u64;",
            name: "get-random-u64",
            type: "(param i32) (result i64)",
            call: "(drop (call $f (i32.const 0xd800)))",
            isRefused: true
        ),
        Row(
            interface: "wasi:random/random@0.2.0",
            body: "resource unknown-thing; get-random-u64: func(a: borrow<unknown-thing>) -> u64;",
            name: "get-random-u64",
            type: "(param i32) (result i64)",
            call: "(drop (call $f (i32.const 0)))",
            isRefused: true
        ),
        Row(
            interface: "wasi:random/random@0.2.0",
            body: "get-random-bytes: func(len: string) -> list<u8>;",
            name: "get-random-bytes",
            type: "(param i32 i32 i32)",
            call: "(call $f (i32.const 0) (i32.const 4) (i32.const 512))",
            isRefused: false
        ),
        Row(
            interface: "wasi:random/random@0.2.0",
            body: "flags f { a, b, c } get-random-bytes: func(a: list<f>) -> list<u8>;",
            name: "get-random-bytes",
            type: "(param i32 i32 i32)",
            call: "(call $f (i32.const 0) (i32.const 60000) (i32.const 512))",
            isRefused: false
        ),
    ]

    @Test("are refused, or end when they call one; the next call is answered", arguments: rows)
    func types(_ row: Row) throws {
        let interface = row.interface.split(separator: "/").map(String.init)
        let version = interface[1].split(separator: "@").map(String.init)
        let wit = """
            package test:types;
            world types-world {
                include wavs:operator/wavs-world@2.6.0;
                import \(row.interface);
            }
            package \(interface[0])@\(version[1]) { interface \(version[0]) { \(row.body) } }
            """
        let core = """
            (module
              (import "\(row.interface)" "\(row.name)" (func $f \(row.type)))
              (memory (export "memory") 2)
              (global $free (mut i32) (i32.const 65536))
              (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
                (local $block i32)
                (local.set $block (global.get $free))
                (global.set $free (i32.add (global.get $free)
                  (i32.and (i32.add (local.get 3) (i32.const 15)) (i32.const -16))))
                (local.get $block))
              (func (export "run") (param i32) (result i32)
                \(row.call)
                (i32.const 1024)))
            """
        let wasm = try Program.component(
            Program.text(core),
            world: "test:types/types-world",
            wit: Array(wit.utf8)
        )
        let engine = try Sandbox.sharedEngine()
        let error = #expect(throws: ComponentError.self) {
            let component = try engine.component(wasm)
            _ = try component.run(Sandbox.action([]), HostContext(), Sandbox.limits)
        }
        switch error {
        case .missingImport, .invalid: #expect(row.isRefused)
        case .trap, .refused: #expect(!row.isRefused)
        default: Issue.record("\(String(describing: error))")
        }
        let responses = try Sandbox.component("echo")
            .run(Sandbox.action([7]), HostContext(), Sandbox.limits)
        #expect(responses == [WasmResponse(payload: [7])])
    }
}
