import ComponentHost
import Foundation
import Testing

/// The components of this repository, built if a source has changed.
enum Programs {
    static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// Builds components by their names in Tools/build-components; returns what the script printed.
    @discardableResult static func build(
        _ names: [String],
        in folder: URL? = nil
    ) throws -> String {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["bash", "Tools/build-components"] + names
        process.currentDirectoryURL = folder ?? root
        process.standardOutput = output
        try process.run()
        let text = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "Tools/build-components failed")
        return String(decoding: text, as: UTF8.self)
    }

    /// The bytes of a component, built before.
    static func bytes(_ name: String) throws -> [UInt8] {
        try [UInt8](Data(contentsOf: root.appending(path: ".build/components/\(name).wasm")))
    }

    /// Builds those in Swift once for all tests.
    private static let areBuilt = Result {
        try build(["echo", "downlink", "echo-aggregator", "describe"])
    }

    /// A sandbox that works in the same way at every observer; compiled programs are kept in .build.
    private static let engine = Result {
        let cache = root.appending(path: ".build/components/cache")
        try FileManager.default.createDirectory(at: cache, withIntermediateDirectories: true)
        return try ComponentEngine(.init(isDeterministic: true, cacheDirectory: cache.path))
    }

    /// A component in Swift, ready to run.
    static func component(_ name: String) throws -> Component {
        _ = try areBuilt.get()
        return try engine.get().component(bytes(name))
    }

    /// A component of some bytes.
    static func component(bytes: [UInt8]) throws -> Component {
        try engine.get().component(bytes)
    }

    /// A component in another language, which is built by its name.
    static func foreignComponent(_ name: String) throws -> Component {
        try build([name])
        return try engine.get().component(bytes(name))
    }

    static let configuration = TriggerConfiguration(
        serviceID: String(repeating: "5a", count: 32),
        workflowID: "workflow",
        trigger: .manual
    )

    static func action(_ data: TriggerData, trigger: Trigger = .manual) -> TriggerAction {
        var configuration = configuration
        configuration.trigger = trigger
        return TriggerAction(configuration: configuration, data: data)
    }

    static let limits = CallLimits(fuel: 2_000_000_000, milliseconds: 20_000)
}
