import Foundation
import Platform
import TestSupport

/// The programs of the tests: text beside them, which wasm-tools makes bytes of, and what the build makes.
enum Program {
    private static let folder = Places.tests().appending(path: "Programs").path + "/"
    private static let interfaces =
        Places.root.appending(path: "Components/Interfaces/wavs-2.6.0/deps").path + "/"

    /// The bytes of the program in `Programs/name.wat`.
    static func named(_ name: String) throws -> [UInt8] { try parsed(folder + name + ".wat") }

    /// The bytes of a program in text form.
    static func text(_ text: String) throws -> [UInt8] {
        try inFolder { folder in
            try WholeFile.write(Array(text.utf8), to: folder + "program.wat")
            return try parsed(folder + "program.wat")
        }
    }

    /// The component that Tools/build-components made.
    static func built(_ name: String) throws -> [UInt8] {
        try WholeFile.read(Places.root.appending(path: ".build/components/" + name).path)
    }

    /// A component of the operator's world made of `Programs/name.wat`.
    static func component(_ name: String) throws -> [UInt8] {
        let hasWorld = ["keyvalue", "http", "names"].contains(name)
        return try component(
            named(name),
            world: hasWorld ? "test:\(name)/\(name)-world" : "wavs:operator/wavs-world@2.6.0",
            wit: WholeFile.read(folder + (hasWorld ? name : "keyvalue") + ".wit")
        )
    }

    /// A component made of a core module and a world, which may use the interfaces of WAVS.
    static func component(_ core: [UInt8], world: String, wit: [UInt8]) throws -> [UInt8] {
        try inFolder { folder in
            _ = try LinuxDirectory.open(folder).subdirectory("deps")
            try copy(interfaces + "types.wit", folder + "deps/types.wit")
            try copy(interfaces + "operator.wit", folder + "deps/operator.wit")
            try copy(Program.folder + "wasi-keyvalue.wit", folder + "deps/keyvalue.wit")
            try WholeFile.write(wit, to: folder + "world.wit")
            try WholeFile.write(core, to: folder + "core.wasm")
            try run([
                "component", "embed", folder, folder + "core.wasm", "--world", world, "-o",
                folder + "embedded.wasm",
            ])
            try run([
                "component", "new", folder + "embedded.wasm", "-o", folder + "component.wasm",
            ])
            return try WholeFile.read(folder + "component.wasm")
        }
    }

    private static func copy(_ source: String, _ target: String) throws {
        try WholeFile.write(WholeFile.read(source), to: target)
    }

    private static func parsed(_ path: String) throws -> [UInt8] {
        try inFolder { folder in
            try run(["parse", path, "-o", folder + "program.wasm"])
            return try WholeFile.read(folder + "program.wasm")
        }
    }

    private static func inFolder(_ body: (String) throws -> [UInt8]) throws -> [UInt8] {
        try TemporaryDirectory.with { folder in try body(folder + "/") }
    }

    private static func run(_ arguments: [String]) throws {
        _ = try FinishedProgram.output([Places.tool("wasm-tools")] + arguments)
    }
}
