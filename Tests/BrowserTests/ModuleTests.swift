import Foundation
import Platform
import Testing
import TestSupport

/// The terminal's modules that touch neither the page nor the network, run by Node.
@Suite("the terminal's modules") struct ModuleTests {
    private static let files = ["book", "decimal", "order", "other", "socket"]

    @Test("do what their tests say", arguments: files) func modules(name: String) throws {
        let file = Places.tests().appending(path: "Modules/\(name).test.mjs")
        let program = try FinishedProgram.run(["node", "--test", file.path])
        #expect(program.ending == .exited(0), "\(program.text)")
        #expect(!program.text.contains("# tests 0\n"), "\(program.text)")
    }

    @Test("are all run") func completeness() throws {
        let names = try FileManager.default.contentsOfDirectory(
            atPath: Places.tests().appending(path: "Modules").path
        )
        #expect(names.sorted() == Self.files.map { name in "\(name).test.mjs" })
    }
}
