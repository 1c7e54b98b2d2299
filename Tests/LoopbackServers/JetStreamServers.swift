internal import Encoding
internal import Foundation
package import MessageBus
internal import Platform
internal import Testing
internal import TestSupport

/// Real NATS servers with JetStream on this machine: one, or a cluster.
package final class JetStreamServers {
    private let directory: TemporaryDirectory
    private let ports: [Int]
    private var processes: [Int: ChildProcess] = [:]

    /// Where they listen for clients.
    package var addresses: [String] { ports.indices.map { "nats://127.0.0.1:\(clientPort($0))" } }

    private var clusterSize: Int { ports.count / 2 }

    private func clientPort(_ index: Int) -> Int { ports[index % clusterSize] }
    private func routePort(_ index: Int) -> Int { ports[clusterSize + index] }

    /// Starts so many servers, and waits until they are ready.
    package init(count: Int = 1) throws {
        directory = try TemporaryDirectory()
        ports = try Self.freePorts(2 * count)
        for index in 0..<count { try start(index) }
        try awaitReady()
    }

    deinit {
        // Before their folder goes.
        for index in processes.keys { kill(index) }
    }

    /// Starts a server, the second time with what it had stored.
    package func start(_ index: Int = 0) throws {
        let file = try directory.write(configuration(index), to: "server\(index).conf")
        processes[index] = try ChildProcess(
            Places.tool("nats-server"),
            ["-c", file, "-l", directory.path(of: "log\(index)")]
        )
    }

    /// Ends a server at once.
    package func kill(_ index: Int = 0) {
        processes.removeValue(forKey: index)?.kill()
    }

    /// A participant that asks the servers what they have.
    package func participant() throws -> NATSBus { try NATSBus(servers: addresses, security: nil) }

    /// Waits until the servers have a leader for their streams.
    package func awaitReady() throws {
        let bus = try participant()
        defer { bus.close() }
        eventually("JetStream is ready") {
            let answer = try? bus.request("$JS.API.INFO", [], timeoutMilliseconds: 1_000)
            return answer.map { String(decoding: $0, as: UTF8.self).contains("\"memory\"") }
                ?? false
        }
    }

    /// The server that leads a stream.
    package func leader(of stream: String) throws -> Int {
        let bus = try participant()
        defer { bus.close() }
        var found: Int?
        eventually("the stream has a leader") {
            let name = try? JetStreamServers.object(
                bus.request("$JS.API.STREAM.INFO." + stream, [], timeoutMilliseconds: 1_000)
            )["cluster"]?.object?["leader"]?.string?.string
            found = name.flatMap { Int($0.dropFirst()) }
            return found != nil
        }
        return try #require(found)
    }

    /// The subject, identifier and payload of every message of a stream, in its order.
    package func messages(of stream: String) throws -> [(
        subject: String, name: String, payload: [UInt8]
    )] {
        let bus = try participant()
        defer { bus.close() }
        var count: Int64 = 0
        eventually("the stream tells its state") {
            let info = try? Self.object(
                bus.request("$JS.API.STREAM.INFO." + stream, [], timeoutMilliseconds: 1_000)
            )
            count = info?["state"]?.object?["last_seq"]?.number?.integer ?? -1
            return count >= 0
        }
        guard count > 0 else { return [] }
        return try (1...count).map { number in
            let answer = try Self.object(
                bus.request(
                    "$JS.API.STREAM.MSG.GET." + stream,
                    Array("{\"seq\":\(number)}".utf8),
                    timeoutMilliseconds: 5_000
                )
            )
            let message = try #require(answer["message"]?.object)
            let headers = try Self.decoded(message["hdrs"])
            let pattern = /Nats-Msg-Id: ?([^\r]*)/
            let name = String(decoding: headers, as: UTF8.self).firstMatch(of: pattern)
            return (
                message["subject"]?.string?.string ?? "",
                name.map { String($0.output.1) } ?? "",
                try Self.decoded(message["data"])
            )
        }
    }

    private static func decoded(_ value: JSONValue?) throws -> [UInt8] {
        try Base64.standard.decode(value?.string?.string ?? "")
    }

    private static func object(_ body: [UInt8]) throws -> JSONObject {
        try #require(JSONValue(decoding: body).object)
    }

    private func configuration(_ index: Int) -> String {
        let routes = (0..<clusterSize).map { "nats://127.0.0.1:\(routePort($0))" }
        let cluster = """
            cluster {
                name: tests
                listen: 127.0.0.1:\(routePort(index))
                routes: [ \(routes.joined(separator: ", ")) ]
            }
            """
        return """
            server_name: n\(index)
            listen: 127.0.0.1:\(clientPort(index))
            jetstream { store_dir: "\(directory.path(of: "store\(index)"))" }
            \(clusterSize > 1 ? cluster : "")
            """
    }

    /// Ports that nobody listens on; a cluster must know them before it starts.
    private static func freePorts(_ count: Int) throws -> [Int] {
        let listeners = try (0..<count).map { _ in
            try #require(SocketEndpoint("127.0.0.1:0")).listen()
        }
        return listeners.map { Int(SocketEndpoint.port(of: $0)) }
    }
}
