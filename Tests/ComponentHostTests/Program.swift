import Foundation
import Platform

/// The programs of the tests: text beside them, which wasm-tools makes bytes of.
enum Program {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Programs")
    private static let tools = ".build/python/bin/wasm-tools"

    /// The bytes of the program in `Programs/name.wat`.
    static func named(_ name: String) throws -> [UInt8] {
        try parsed(folder.appending(path: name + ".wat").path)
    }

    /// The bytes of a program in text form.
    static func text(_ text: String) throws -> [UInt8] {
        let folder = try TemporaryFolder.make()
        defer { try? TemporaryFolder.remove(folder) }
        let path = folder + "/program.wat"
        try WholeFile.write(Array(text.utf8), to: path)
        return try parsed(path)
    }

    /// The component that Tools/build-components made.
    static func built(_ name: String) throws -> [UInt8] {
        try WholeFile.read(".build/components/" + name)
    }

    private static func parsed(_ path: String) throws -> [UInt8] {
        let folder = try TemporaryFolder.make()
        defer { try? TemporaryFolder.remove(folder) }
        let output = folder + "/program.wasm"
        let process = try ChildProcess(tools, ["parse", path, "-o", output])
        process.closeInput()
        guard process.wait() == .exited(0) else { throw Failure(path: path) }
        return try WholeFile.read(output)
    }

    struct Failure: Error {
        var path: String
    }
}
