import Foundation
import Testing

/// The digest of a program names it in services and claims, so anybody must be able to make the same bytes.
@Suite("building components") struct ReproducibilityTests {
    @Test("gives the same bytes in another folder, and does nothing when nothing has changed")
    func otherFolder() throws {
        let folder = try BuildFolder()
        try Programs.build(["echo"])
        let first = try Programs.build(["echo"], in: folder.url)
        #expect(first.contains("Echo: 1 files"))
        #expect(try [UInt8](Data(contentsOf: folder.result("echo"))) == Programs.bytes("echo"))
        let second = try Programs.build(["echo"], in: folder.url)
        #expect(!second.contains("files"))
        #expect(second.hasSuffix(".build/components/echo.wasm\n"))
    }
}
