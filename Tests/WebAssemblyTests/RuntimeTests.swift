import Foundation
import Testing

/// The C functions that compiled Swift calls in WebAssembly are our own, so they are tested alone too.
@Suite("the runtime of the components") struct RuntimeTests {
    private struct Report: Decodable {
        var compared: Int
        var wrong: [String]
    }

    @Test("computes with 128 bits like BigInt, and gives out memory that is free and aligned")
    func runtime() throws {
        _ = try run("bash", ["Tools/check-wasm"])
        let output = try run(
            "node",
            ["Tests/WebAssemblyTests/runtime.mjs", ".build/wasm/runtime.wasm"]
        )
        let report = try JSONDecoder().decode(Report.self, from: output)
        #expect(report.wrong == [])
        #expect(report.compared > 50_000)
    }
}
