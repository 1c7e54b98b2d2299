import Foundation
import Platform
import Synchronization
import Testing
import TestSupport

/// A real Chromium without a window, driven over its own protocol through two pipes.
///
/// The protocol is that of Chrome's developer tools: JSON objects, each ended by a zero byte. Chromium reads them
/// from file descriptor 3 and writes to 4. What is asked is answered within `patience`, or the test fails.
final class Browser {
    static let program = "/usr/bin/chromium"
    /// Whether there is one.
    static let isInstalled = FileManager.default.isExecutableFile(atPath: program)

    private static let patience: UInt64 = 30_000_000_000

    private let folder: TemporaryDirectory
    private let child: ChildProcess
    private let reader: PlatformThread
    private let inbox: Inbox
    private var lastNumber = 0
    private var session: String?
    /// What the page complained about: exceptions that nobody caught, and messages of the browser.
    private(set) var complaints: [String] = []

    /// Starts it with an empty profile and a virtual authenticator that says yes.
    init() throws {
        folder = try TemporaryDirectory()
        // The shell hands its own input and output on as the two descriptors of the protocol.
        let command = "exec \"$0\" \"$@\" 3<&0 4>&1 0</dev/null 1>/dev/null"
        let arguments = [
            "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
            "--hide-scrollbars", "--remote-debugging-pipe", "--user-data-dir=" + folder.path,
            "about:blank",
        ]
        child = try ChildProcess(
            "/bin/sh",
            ["-c", command, Self.program] + arguments,
            errors: "/dev/null"
        )
        inbox = Inbox()
        reader = try Self.startReading(child, into: inbox)
        try attach()
    }

    deinit {
        child.kill()
        reader.join()
        // Its helpers write into the profile until they notice that it is gone.
        waitUntil { !Self.isUsed(folder.path) }
    }

    private static func startReading(_ child: ChildProcess, into inbox: Inbox) throws
        -> PlatformThread
    {
        try PlatformThread.start(name: "browser") {
            var bytes: [UInt8] = []
            while (try? child.output.read(appendingTo: &bytes)) == true {
                while let end = bytes.firstIndex(of: 0) {
                    inbox.add(Array(bytes[..<end]))
                    bytes.removeSubrange(...end)
                }
            }
            inbox.close()
        }
    }

    /// Whether a process has the folder in its arguments.
    private static func isUsed(_ path: String) -> Bool {
        let processes = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return processes.contains { name in
            guard let number = Int(name),
                let words = FileManager.default.contents(atPath: "/proc/\(number)/cmdline")
            else { return false }
            return words.range(of: Data(path.utf8)) != nil
        }
    }

    private func attach() throws {
        let targets = try call("Target.getTargets")["targetInfos"] as? [[String: Any]]
        let page = try #require(targets?.first { target in target["type"] as? String == "page" })
        let name = try #require(page["targetId"] as? String)
        let attached = try call("Target.attachToTarget", ["targetId": name, "flatten": true])
        session = try #require(attached["sessionId"] as? String)
        for domain in ["Runtime", "Log", "Page", "WebAuthn"] { try call(domain + ".enable") }
        try call(
            "WebAuthn.addVirtualAuthenticator",
            [
                "options": [
                    "protocol": "ctap2", "transport": "internal", "hasResidentKey": true,
                    "hasUserVerification": true, "isUserVerified": true,
                    "automaticPresenceSimulation": true,
                ] as [String: any Sendable]
            ]
        )
    }

    /// Asks for something by the protocol's name of it, and waits for the answer.
    @discardableResult
    func call(_ method: String, _ parameters: [String: Any] = [:]) throws -> [String: Any] {
        lastNumber += 1
        var message: [String: Any] = ["id": lastNumber, "method": method, "params": parameters]
        if let session { message["sessionId"] = session }
        try child.write([UInt8](JSONSerialization.data(withJSONObject: message)) + [0])
        while let answer = try next(within: Self.patience) {
            guard answer["id"] as? Int == lastNumber else { continue }
            if let error = answer["error"] as? [String: Any] {
                throw BrowserFault.refused(method, "\(error["message"] ?? "")")
            }
            return answer["result"] as? [String: Any] ?? [:]
        }
        throw BrowserFault.silent(method)
    }

    /// The next message, or none after the time; events are noted on the way.
    private func next(within nanoseconds: UInt64) throws -> [String: Any]? {
        guard let bytes = inbox.take(within: nanoseconds) else { return nil }
        let message =
            try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any] ?? [:]
        let details = message["params"] as? [String: Any] ?? [:]
        switch message["method"] as? String {
        case "Runtime.exceptionThrown":
            complaints.append("\(details["exceptionDetails"] ?? "")")
        case "Log.entryAdded":
            let entry = details["entry"] as? [String: Any] ?? [:]
            complaints.append("\(entry["text"] ?? "") \(entry["url"] ?? "")")
        default: break
        }
        return message
    }

    /// Opens an address.
    func open(_ address: String) throws { try call("Page.navigate", ["url": address]) }

    /// The value of an expression of JavaScript in the page; a promise is waited for.
    @discardableResult
    func evaluate(_ expression: String) throws -> Any? {
        let answer = try call(
            "Runtime.evaluate",
            [
                "expression": expression, "awaitPromise": true, "returnByValue": true,
                "userGesture": true,
            ]
        )
        if let exception = answer["exceptionDetails"] {
            throw BrowserFault.exception(expression, "\(exception)")
        }
        return (answer["result"] as? [String: Any])?["value"]
    }

    /// Waits until an expression is true in the page.
    func wait(
        _ what: String,
        _ expression: String,
        location: SourceLocation = #_sourceLocation
    ) throws {
        let isSo = try waitUntil { try evaluate("Boolean(\(expression))") as? Bool == true }
        guard isSo else {
            Issue.record("not in the page: \(what); \(complaints)", sourceLocation: location)
            throw BrowserFault.neverSo(what)
        }
    }

    /// Sets the size of the page in its own pixels, and whether it is a phone.
    func size(_ width: Int, _ height: Int, isPhone: Bool = false) throws {
        try call(
            "Emulation.setDeviceMetricsOverride",
            [
                "width": width, "height": height, "deviceScaleFactor": isPhone ? 2 : 1,
                "mobile": isPhone,
            ]
        )
    }

    /// Chooses the colours that the system prefers.
    func prefer(colours: String) throws {
        let feature = ["name": "prefers-color-scheme", "value": colours]
        try call("Emulation.setEmulatedMedia", ["features": [feature]])
    }

    /// Puts a picture of the page into a file.
    func picture(_ file: URL) throws {
        let answer = try call("Page.captureScreenshot", ["format": "png"])
        let text = try #require(answer["data"] as? String)
        try #require(Data(base64Encoded: text)).write(to: file)
    }

    /// Presses and releases a key.
    func press(_ key: String) throws {
        var down: [String: Any] = ["type": "keyDown", "key": key]
        if key.count == 1 { down["text"] = key }
        if key == "Enter" { down["text"] = "\r" }
        try call("Input.dispatchKeyEvent", down)
        try call("Input.dispatchKeyEvent", ["type": "keyUp", "key": key])
    }

    /// Types a text into the element that has the focus.
    func type(_ text: String) throws { try call("Input.insertText", ["text": text]) }
}

/// What went wrong with the browser itself.
enum BrowserFault: Error {
    case refused(String, String)
    case silent(String)
    case exception(String, String)
    case neverSo(String)
}

/// The messages that came and were not looked at yet.
private final class Inbox: Sendable {
    private struct State {
        var messages: [[UInt8]] = []
        var isClosed = false
    }

    private let state = Mutex(State())
    private let signal = Signal()

    func add(_ message: [UInt8]) {
        state.withLock { state in state.messages.append(message) }
        signal.notify()
    }

    func close() {
        state.withLock { state in state.isClosed = true }
        signal.notify()
    }

    /// The oldest message; none when none came in time, or none can come any more.
    func take(within nanoseconds: UInt64) -> [UInt8]? {
        let clock = LinuxClock()
        let end = clock.monotonicNanoseconds() + nanoseconds
        while true {
            let (message, isClosed) = state.withLock { state in
                (state.messages.isEmpty ? nil : state.messages.removeFirst(), state.isClosed)
            }
            if let message { return message }
            let now = clock.monotonicNanoseconds()
            if isClosed || now >= end { return nil }
            _ = signal.wait(timeoutNanoseconds: end - now)
        }
    }
}
