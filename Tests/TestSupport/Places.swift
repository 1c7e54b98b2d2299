package import Foundation
internal import Platform

/// Where tests find what is not theirs alone.
package enum Places {
    /// The folder of this package.
    package static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// The folder of a test target; the caller's own if none is named.
    package static func tests(_ caller: String = #fileID) -> URL {
        root.appending(path: "Tests").appending(path: String(caller.prefix { $0 != "/" }))
    }

    /// The path of a tool that `make setup` installs.
    package static func tool(_ name: String) -> String {
        root.appending(path: ".build/python/bin").appending(path: name).path
    }

    /// The interpreter with the wheels of dependencies.txt.
    package static let python = tool("python")

    /// Whether `make setup` has installed it.
    package static let hasPython = FileManager.default.isExecutableFile(atPath: python)

    /// The program of this package, which is built beside the tests.
    package static func program() throws -> String {
        let tests = try ChildProcess.ownProgram()
        return URL(filePath: tests).deletingLastPathComponent().appending(path: "parallax").path
    }
}

/// How many times as many random cases as usual to run, which `make check` says; 1 or more.
package let effort = max(
    ProcessInfo.processInfo.environment["PARALLAX_SIMULATION_SEEDS"].flatMap(Int.init) ?? 1,
    1
)
