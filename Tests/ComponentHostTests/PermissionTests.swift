import ComponentHost
import HTTP
import Platform
import Synchronization
import Testing
import TestSupport

@Suite("Permissions") struct PermissionTests {
    private static func answer(
        _ name: String,
        _ input: String,
        _ context: HostContext,
        isDeterministic: Bool = false,
        limits: CallLimits = Sandbox.limits
    ) throws -> String {
        let component = try Sandbox.component(
            "hostile/" + name,
            isDeterministic: isDeterministic
        )
        let responses = try component.run(
            Sandbox.action(Array(input.utf8)),
            context,
            limits
        )
        return responses.map { String(decoding: $0.payload, as: UTF8.self) }.joined()
    }

    private static func permissions(
        hosts: Permissions.Hosts = .none,
        files: Bool = false
    ) -> Permissions {
        Permissions(
            allowedHTTPHosts: hosts,
            fileSystem: files,
            rawSockets: false,
            dnsResolution: false
        )
    }

    /// The numbers of cases of `error-code` of `wasi:http/types` and `wasi:filesystem/types`.
    private enum Code {
        static let prohibitedAddress = "refused 4"
        static let requestDenied = "refused 15"
        static let noEntry = "refused 20"
        static let notPermitted = "refused 31"
    }

    @Test("without permission no file is there; outside of its directory none ever is")
    func files() throws {
        try TemporaryDirectory.with(checkFiles)
    }

    private func checkFiles(_ folder: String) throws {
        let inside = folder + "/service"
        _ = try LinuxDirectory.open(folder).subdirectory("service")
        try WholeFile.write(Array("inside".utf8), to: inside + "/file")
        try WholeFile.write(Array("outside".utf8), to: folder + "/secret")
        let context = HostContext(
            permissions: Self.permissions(files: true),
            fileSystemDirectory: inside
        )
        #expect(try Self.answer("forbidden-file", "file", HostContext()) == "no directory")
        var unpermitted = context
        unpermitted.permissions = .none
        #expect(try Self.answer("forbidden-file", "file", unpermitted) == "no directory")
        #expect(try Self.answer("forbidden-file", "file", context) == "read inside")
        #expect(try Self.answer("forbidden-file", "absent", context) == Code.noEntry)
        let process = try ChildProcess("/bin/ln", ["-s", "../secret", inside + "/link"])
        #expect(process.wait() == .exited(0))
        for path in ["../secret", "/etc/passwd", "./../service/../secret", "link"] {
            #expect(try Self.answer("forbidden-file", path, context) == Code.notPermitted)
        }
        #expect(
            try Self.answer("forbidden-file", "file", context, isDeterministic: true)
                == "no directory"
        )
    }

    @Test("only hosts of the list are asked, and addresses of this machine only if they are on it")
    func hosts() throws {
        let server = try HTTPServer { request in .text(200, "\(request.method) \(request.path)") }
        defer { server.stop() }
        let authority = "127.0.0.1:\(server.port)"
        func answer(_ hosts: Permissions.Hosts, _ http: (any OutgoingHTTP)?) throws -> String {
            let context = HostContext(permissions: Self.permissions(hosts: hosts), http: http)
            return try Self.answer("forbidden-host", authority, context)
        }
        #expect(try answer(.only([authority]), CurlHTTP()) == "status 200")
        #expect(try answer(.only(["http://\(authority)/"]), CurlHTTP()) == "status 200")
        #expect(try answer(.only([authority]), nil) == Code.requestDenied)
        #expect(try answer(.none, CurlHTTP()) == Code.requestDenied)
        #expect(try answer(.only([]), CurlHTTP()) == Code.requestDenied)
        #expect(try answer(.only(["127.0.0.1"]), CurlHTTP()) == Code.requestDenied)
        #expect(try answer(.only(["127.0.0.1:1"]), CurlHTTP()) == Code.requestDenied)
        let open = try answer(.all, CurlHTTP())
        #expect(open == Code.prohibitedAddress)
    }

    @Test("a program posts a body and reads the answer's, piece by piece")
    func post() throws {
        let server = try HTTPServer { request in
            let line = "\(request.method) \(request.path) \(request.headers["x-test"] ?? "-") "
            return HTTPResponse(status: 404, body: Array(line.utf8) + request.body)
        }
        defer { server.stop() }
        let authority = "127.0.0.1:\(server.port)"
        let context = HostContext(
            permissions: Self.permissions(hosts: .only([authority])),
            configuration: [Setting(key: "authority", value: authority)],
            http: CurlHTTP()
        )
        let responses = try Sandbox.sharedEngine().component(Program.component("http"))
            .run(Sandbox.action([]), context, Sandbox.limits)
        let status: [UInt8] = [0x94, 0x01]
        #expect(responses.map(\.payload) == [status + Array("POST /path ping ping".utf8)])
    }

    @Test("a deterministic run asks nobody")
    func deterministic() throws {
        let server = try HTTPServer { _ in .text(200, "here") }
        defer { server.stop() }
        let authority = "127.0.0.1:\(server.port)"
        let context = HostContext(
            permissions: Self.permissions(hosts: .only([authority])),
            http: CurlHTTP()
        )
        let answer = try Self.answer(
            "forbidden-host",
            authority,
            context,
            isDeterministic: true
        )
        #expect(answer == Code.requestDenied)
    }

    @Test("who sleeps for an hour is stopped at its deadline; a deterministic run goes on at once")
    func sleeping() throws {
        var limits = Sandbox.limits
        limits.milliseconds = 60
        #expect(throws: ComponentError.deadline(milliseconds: 60)) {
            try Self.answer("sleeping", "", HostContext(), limits: limits)
        }
        _ = try Self.answer("sleeping", "", HostContext(), isDeterministic: true, limits: limits)
    }
}
