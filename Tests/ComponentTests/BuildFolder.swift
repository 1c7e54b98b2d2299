import Foundation
import Testing

/// A copy of what components are built from, in a folder that goes with its owner.
final class BuildFolder: Sendable {
    let url: URL

    init() throws {
        let manager = FileManager.default
        url = manager.temporaryDirectory
            .appending(path: "parallax-" + ProcessInfo.processInfo.globallyUniqueString)
        for path in [
            "Package.swift", "Tools", "Components", "Sources/C/CMath",
            "Sources/System/ComponentHost/Interface",
        ] {
            let copy = url.appending(path: path)
            try manager.createDirectory(
                at: copy.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try manager.copyItem(at: Programs.root.appending(path: path), to: copy)
        }
        try manager.createDirectory(
            at: url.appending(path: ".build"),
            withIntermediateDirectories: true
        )
        try manager.createSymbolicLink(
            at: url.appending(path: ".build/python"),
            withDestinationURL: Programs.root.appending(path: ".build/python")
                .resolvingSymlinksInPath()
        )
    }

    deinit { #expect(throws: Never.self) { try FileManager.default.removeItem(at: url) } }

    /// Where the script puts a component.
    func result(_ name: String) -> URL { url.appending(path: ".build/components/\(name).wasm") }
}
