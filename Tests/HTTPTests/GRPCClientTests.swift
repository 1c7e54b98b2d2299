import Foundation
import HTTP
import TLS
import Testing
import TestSupport

@Suite(
    "gRPC with another implementation",
    .enabled(if: Places.hasPython && TestCertificates.isAvailable, "Python or openssl is missing")
)
struct GRPCClientTests {
    @Test("grpcio calls unary and streaming methods", arguments: [false, true])
    func client(isSecure: Bool) throws {
        let certificates = try TestCertificates()
        var tls: TLSListener?
        if isSecure {
            try certificates.make("server", algorithm: "ec")
            tls = try TLSListener(
                certificatePath: certificates.path("server.pem"),
                keyPath: certificates.path("server.key")
            )
        }
        let handlers = HTTPHandlers(
            request: { request, responder in responder.respond(echo(request)) },
            grpc: grpcMethods
        )
        let server = try HTTPServer(tls: tls, handlers: handlers)
        defer { server.stop() }
        let output = try FinishedProgram.output(
            [
                Places.python, "-I", Places.tests().appending(path: "Scripts/grpc_client.py").path,
                "127.0.0.1:\(server.port)",
            ] + (isSecure ? [certificates.path("server.pem")] : [])
        )
        #expect(output == Array("done\n".utf8))
    }
}
