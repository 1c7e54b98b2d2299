import Foundation
import Testing

/// The digest of a program names it in services and claims, so anybody must be able to make the same bytes.
@Suite("building components") struct ReproducibilityTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    @Test("gives the same bytes in another folder, and does nothing when nothing has changed")
    func otherFolder() throws {
        let manager = FileManager.default
        let folder = manager.temporaryDirectory
            .appending(path: "parallax-components-\(ProcessInfo.processInfo.processIdentifier)")
        defer { #expect(throws: Never.self) { try manager.removeItem(at: folder) } }
        for path in [
            "Package.swift", "Tools", "Components", "Sources/C/CMath",
            "Sources/System/ComponentHost/Interface",
        ] {
            let copy = folder.appending(path: path)
            try manager.createDirectory(
                at: copy.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try manager.copyItem(at: Self.root.appending(path: path), to: copy)
        }
        try manager.createDirectory(
            at: folder.appending(path: ".build"),
            withIntermediateDirectories: true
        )
        try manager.createSymbolicLink(
            at: folder.appending(path: ".build/python"),
            withDestinationURL: Self.root.appending(path: ".build/python")
                .resolvingSymlinksInPath()
        )

        try Programs.build(["echo"])
        let first = try Programs.build(["echo"], in: folder)
        #expect(first.contains("Echo: 1 files"))
        let copy = try Data(contentsOf: folder.appending(path: ".build/components/echo.wasm"))
        #expect(try [UInt8](copy) == Programs.bytes("echo"))
        let second = try Programs.build(["echo"], in: folder)
        #expect(!second.contains("files"))
        #expect(second.hasSuffix(".build/components/echo.wasm\n"))
    }
}
