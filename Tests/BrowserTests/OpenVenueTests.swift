import Foundation
import Platform
import Testing
import TestSupport

/// The venue that the demonstration leaves running: a flow is played on it, twelve observers attest, and a person
/// with a browser trades and proves it.
@Suite(
    "the venue of the demonstration",
    .timeLimit(.minutes(15)),
    .enabled(if: Browser.isInstalled, "Chromium is not installed"),
    .enabled(if: TerminalPlaces.areThere, "set-up and the build have not put the terminal's files"),
    .enabled(if: OpenVenue.hasComponents, "the components are not built")
)
struct OpenVenueTests {
    @Test("a person trades with the flow, and verifies the trade's bundle in the browser")
    func proof() throws {
        let venue = try OpenVenue()
        let browser = try Browser()
        let trader = try Trader(browser, at: venue.address)
        try trader.register("ada")
        try trader.fund("USD", "100000")
        try browser.wait("a book", "document.querySelectorAll('.book tr.sell').length > 2")
        try browser.wait("the tape", "document.querySelectorAll('.tape tr').length > 2")
        try trader.order("BUY", "MARKET", ["quantity": "3"])
        try trader.hear("good", "filled")
        try trader.show("fills")
        try browser.click("[data-test=verify]")
        try browser.wait(for: "[data-test=verdict]")
        let verdict = try browser.text("[data-test=verdict]")
        #expect(verdict.contains("Verified: every check holds"), "\(verdict)")
        #expect(try browser.count(".checks .failed") == 0)
        #expect(try browser.text(".checks .passed").contains("envelope"))
        try browser.press("Escape")
        try browser.evaluate("document.activeElement.blur()")
        try browser.press("v")
        try browser.wait(for: "[data-test=tree-size]")
        #expect(try browser.count("[aria-label='Signatures under the checkpoint'] tbody tr") > 0)
        let size = try browser.text("[data-test=tree-size]")
        try browser.wait(
            "a log that grows",
            "document.querySelector('[data-test=tree-size]').textContent !== '\(size)'"
        )
        try venue.finish()
    }
}

/// `parallax demo`, left open.
final class OpenVenue {
    private static let components = Places.root.appending(path: ".build/components").path
    static let hasComponents = FileManager.default.fileExists(
        atPath: components + "/reexecute.wasm"
    )

    private let folder: TemporaryDirectory
    private let process: ChildProcess
    /// Where a person opens the terminal.
    let address: String

    /// Plays a short flow, and waits until the venue is open.
    init() throws {
        let folder = try TemporaryDirectory()
        let port = try RunningVenue.freePort()
        self.folder = folder
        address = "http://localhost:\(port)/"
        let output = folder.path(of: "output")
        try FileManager.default.createDirectory(
            atPath: folder.path(of: "data"),
            withIntermediateDirectories: false
        )
        // The shell hands what it says to a file, which is read while it runs.
        process = try ChildProcess(
            "/bin/sh",
            [
                "-c", "exec \"$0\" \"$@\" >> '\(output)'", Places.program(), "demo", "--headless",
                "--http", "127.0.0.1:\(port)", "--commands", "20000", "--seconds", "1",
                "--components", Self.components, "--data", folder.path(of: "data"), "--bundle",
                folder.path(of: "bundles"),
            ],
            errors: output
        )
        // The observers generate the group's key first, while other tests have their own twelve on the same cores.
        let isOpen = Self.comesTrue(within: 600) {
            Self.text(output).contains("The venue is open")
        }
        try #require(isOpen, "\(Self.text(output))")
    }

    deinit { process.kill() }

    private static func text(_ file: String) -> String {
        String(decoding: FileManager.default.contents(atPath: file) ?? Data(), as: UTF8.self)
    }

    private static func comesTrue(within seconds: UInt64, _ condition: () -> Bool) -> Bool {
        let clock = LinuxClock()
        let end = clock.monotonicNanoseconds() + seconds * 1_000_000_000
        while !condition() {
            guard clock.monotonicNanoseconds() < end else { return false }
            PlatformThread.nap(nanoseconds: 20_000_000)
        }
        return true
    }

    /// Ends it as Control-C does.
    func finish() throws {
        process.terminate()
        #expect(process.wait() == .exited(0), "\(Self.text(folder.path(of: "output")))")
    }
}
