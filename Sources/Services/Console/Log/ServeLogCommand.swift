import HTTP
import Platform
import Witness

extension Console {
    static var logServeSyntax: CommandSyntax {
        CommandSyntax(
            "log serve",
            operands: "DIR",
            count: 1...1,
            summary: "serve a transparency log over HTTP: its checkpoint and its tiles",
            details: """
                Serves the public files of the log in DIR (C2SP tlog-tiles) and nothing else in it, until a
                signal asks to stop. Once `log cosign` has written a checkpoint with enough cosignatures,
                that one is served. It speaks HTTP without TLS: before the world it needs a proxy.
                """,
            options: [
                listenOption,
                OptionSyntax("--newest", "", "serve the newest checkpoint, cosigned or not"),
            ],
            body: logServe
        )
    }

    static var listenOption: OptionSyntax {
        OptionSyntax(
            "--listen",
            "ADDRESS:PORT",
            "where; 127.0.0.1:0 chooses a free port (standard)"
        )
    }

    @Sendable private static func logServe(
        _ arguments: Arguments,
        _ terminal: Terminal
    ) throws(ConsoleError) {
        let stop = StopSignals()
        let path = arguments.operands[0]
        _ = try openLogDirectory(path)
        let log = PublishedLog(path: path, showsCosigned: !arguments.has("--newest")) { error in
            terminal.note("parallax: \(error)")
        }
        let address = try listenAddress(arguments)
        let server = try http { () throws(HTTPError) in
            try HTTPServer(address: address) { request in log.answer(request) }
        }
        terminal.line("serving \(path) at \(address.url(port: server.port))")
        while !stop.wait(milliseconds: 1_000) {
            if let failure = server.failure { throw .environment("\(failure)") }
        }
        server.stop()
    }

    /// Where a server is to listen.
    static func listenAddress(_ arguments: Arguments) throws(ConsoleError) -> SocketAddress {
        guard let text = arguments.text("--listen") else { return .loopback }
        do throws(HTTPError) {
            return try SocketAddress(text)
        } catch {
            throw arguments.usage("option --listen: \(error)")
        }
    }

    /// Opens the directory of a log that has a checkpoint.
    static func openLogDirectory(_ path: String) throws(ConsoleError) -> LinuxDirectory {
        do throws(PlatformError) {
            let directory = try LinuxDirectory.open(path)
            if try directory.list().contains("checkpoint") { return directory }
        } catch {
            throw .environment("\(error); name the directory of a log")
        }
        throw .environment("\(path): there is no checkpoint in it; name the directory of a log")
    }

    /// Runs something that uses HTTP: what goes wrong there is the environment.
    static func http<Result>(_ body: () throws(HTTPError) -> Result) throws(ConsoleError) -> Result
    {
        do throws(HTTPError) {
            return try body()
        } catch {
            throw .environment(error.description)
        }
    }
}
