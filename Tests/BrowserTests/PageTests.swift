import Console
import Encoding
import Foundation
import HTTP
import SimulatedBundles
import Testing
import TestSupport
import Verification

/// Where the files of the terminal are.
enum TerminalPlaces {
    static let web = Places.root.appending(path: "Web").path
    static let libraries = Places.root.appending(path: ".build/web/vendor").path
    static let verifier = Places.root.appending(path: ".build/components/verifier.wasm").path
    /// Whether set-up and the build have put all of them there.
    static let areThere = [web, libraries, verifier].allSatisfy { path in
        FileManager.default.fileExists(atPath: path)
    }
}

/// The terminal's page in Chromium, served as the venue serves it, but without a venue behind it.
@Suite(
    "the terminal's page",
    .serialized,
    .timeLimit(.minutes(3)),
    .enabled(if: Browser.isInstalled, "Chromium is not installed"),
    .enabled(if: TerminalPlaces.areThere, "set-up and the build have not put the terminal's files")
)
struct PageTests {
    /// A browser that has opened the page.
    private func open(_ body: (Browser) throws -> Void) throws {
        let files = try TerminalFiles.load(
            web: TerminalPlaces.web,
            libraries: TerminalPlaces.libraries,
            verifier: TerminalPlaces.verifier
        )
        let server = try HTTPServer(
            handlers: HTTPHandlers(request: { request, responder in
                responder.respond(files.answer(request) ?? HTTPResponse(status: 404))
            })
        )
        defer { server.stop() }
        let browser = try Browser()
        try browser.size(1_280, 800)
        try browser.prefer(colours: "dark")
        try browser.open("http://localhost:\(server.port)/")
        try browser.wait(for: "[data-test=ticket], .ticket")
        try body(browser)
    }

    /// Draws what the terminal draws with the libraries of others.
    private static let drawing = """
        (() => {
          const place = document.body.appendChild(document.createElement("div"));
          const chart = LightweightCharts.createChart(place, { width: 300, height: 200, layout: { attributionLogo: false } });
          const candle = { time: 1, open: 1, high: 3, low: 1, close: 2 };
          chart.addSeries(LightweightCharts.CandlestickSeries, {}).setData([candle]);
          const plot = new uPlot({ width: 300, height: 200, series: [{}, { stroke: "red" }] }, [[1, 2], [3, 4]], place);
          const count = place.querySelectorAll("canvas").length;
          chart.remove();
          plot.destroy();
          place.remove();
          return count;
        })()
        """

    @Test("runs under its strict policy, and says that the venue is away") func alone() throws {
        try open { browser in
            try browser.wait(for: ".connection.bad")
            #expect(try browser.evaluate(Self.drawing) as? Int ?? 0 > 1)
            // What the browser says of requests that the missing venue does not answer is as it should be.
            let others = browser.complaints.filter { text in
                !text.contains("Failed to load resource") && !text.contains("WebSocket connection")
            }
            #expect(others == [])
            try browser.evaluate(
                """
                const script = document.createElement("script");
                script.append("window.ran = 1");
                document.body.append(script);
                try { document.body.innerHTML = "<p>"; window.ran = 2; } catch {}
                """
            )
            #expect(try browser.evaluate("window.ran ?? 0") as? Int == 0)
            for reason in ["TrustedHTML", "TrustedScript"] {
                #expect(browser.complaints.contains { text in text.contains(reason) }, "\(reason)")
            }
        }
    }

    @Test("is used with keys alone: help, theme, pages, log-in") func keys() throws {
        try open { browser in
            try browser.press("?")
            try browser.wait(for: "dialog[aria-label='Keyboard shortcuts']")
            try browser.press("Escape")
            try browser.wait(without: "dialog")
            try browser.press("d")
            let theme = "document.documentElement.dataset.theme"
            try browser.wait("the light theme", "\(theme) === 'light'")
            try browser.press("v")
            try browser.wait(for: ".log-page")
            try browser.press("v")
            try browser.wait(for: ".trade-page")
            try browser.click("[data-test=open-login]")
            try browser.wait("the name", "document.activeElement.id === 'login-name'")
            try browser.type("_")
            try browser.press("Enter")
            try browser.wait(for: "[data-test=login-problem]")
            try browser.press("Escape")
            try browser.wait(without: "dialog")
        }
    }

    @Test("has a name for every control, on the pages and in the dialogs") func names() throws {
        try open { browser in
            try browser.call("Accessibility.enable")
            #expect(try browser.namelessControls() == [])
            for key in ["?", "/"] {
                try browser.press(key)
                try browser.wait(for: "dialog, .popover")
                #expect(try browser.namelessControls() == [])
                try browser.press("Escape")
                try browser.wait(without: "dialog, .popover")
            }
            try browser.click("[data-test=open-login]")
            try browser.wait(for: "dialog")
            #expect(try browser.namelessControls() == [])
            try browser.press("Escape")
            try browser.wait(without: "dialog, .popover")
            try browser.press("v")
            try browser.wait(for: ".log-page")
            #expect(try browser.namelessControls() == [])
        }
    }

    @Test("fits a phone, and can be read in both themes", arguments: ["dark", "light"])
    func narrow(theme: String) throws {
        try open { browser in
            try browser.evaluate("document.documentElement.dataset.theme = '\(theme)'")
            #expect(try browser.evaluate(Self.contrasts) as? [String] == [])
            for (width, isPhone) in [(320, true), (390, true), (768, false), (1_024, false)] {
                try browser.size(width, 740, isPhone: isPhone)
                let overflow = "document.documentElement.scrollWidth - innerWidth"
                #expect(try browser.evaluate(overflow) as? Int == 0, "\(width)")
            }
        }
    }

    /// Pairs of colours with less contrast than 4.5 to 1 (WCAG 2.2, 1.4.3).
    private static let contrasts = """
        (() => {
          const style = getComputedStyle(document.documentElement);
          const light = (name) => {
            const text = style.getPropertyValue("--" + name).trim();
            const parts = [1, 3, 5].map((at) => parseInt(text.slice(at, at + 2), 16) / 255)
              .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
            return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
          };
          const wrong = [];
          for (const front of ["text", "muted", "buy", "sell", "accent"]) {
            for (const back of ["panel", "raised"]) {
              const [dark, bright] = [light(front), light(back)].sort((a, b) => a - b);
              if ((bright + 0.05) / (dark + 0.05) < 4.5) wrong.push(front + " on " + back);
            }
          }
          return wrong;
        })()
        """

    @Test("verifies a bundle's file with the verifier in the page, and refuses a changed one")
    func verifying() throws {
        let folder = try TemporaryDirectory()
        let log = try SimulatedVenueLog()
        let bundle = try log.bundle().encoded
        var forged = bundle
        forged[bundle.count / 2] ^= 1
        try folder.write(bundle, to: "good.bundle")
        try folder.write(forged, to: "forged.bundle")
        try folder.write(log.trust().encoded, to: "trust.json")
        try open { browser in
            try browser.press("v")
            try browser.click("[aria-label='What to trust'] [data-choice=file]")
            try browser.wait(for: "input[name=trust]")
            try browser.hand(folder.path(of: "trust.json"), to: "input[name=trust]")
            try browser.hand(folder.path(of: "good.bundle"), to: "input[name=bundle]")
            try browser.wait(for: "[data-test=verdict][data-verified=true]")
            #expect(try browser.count(".checks li") == 14)
            #expect(try browser.count(".checks .failed") == 0)
            try browser.hand(folder.path(of: "forged.bundle"), to: "input[name=bundle]")
            try browser.wait(for: "[data-test=verdict][data-verified=false]")
        }
    }
}
