import Attestation
import Committee
import Foundation
import MessageBus
import Platform
import SimulatedBundles
import Statements
import Testing
import TestSupport

/// The committee over a real NATS server, where nobody but the vote's own signature says whose it is.
@Suite("The committee over NATS", .timeLimit(.minutes(1))) struct NATSTests {
    private static let server = Places.tool("nats-server")

    /// Starts a server, and gives its address when it listens.
    private static func start(in folder: TemporaryDirectory) throws -> (ChildProcess, String) {
        let process = try ChildProcess(
            server,
            [
                "-a", "127.0.0.1", "-p", "-1", "--ports_file_dir", folder.path, "-l",
                folder.path + "/log",
            ]
        )
        let file = folder.path + "/nats-server_\(process.identifier).ports"
        let pattern = /nats:\/\/127\.0\.0\.1:[0-9]+/
        var address: String?
        waitUntil {
            let text = try? String(contentsOfFile: file, encoding: .utf8)
            address = text?.firstMatch(of: pattern).map { String($0.output) }
            return address != nil
        }
        return (process, try #require(address, "the server did not start"))
    }

    @Test(
        "twelve observers vote over it, a forged vote is refused, and a quorum forms",
        .enabled(if: FileManager.default.isExecutableFile(atPath: server), "nats-server is missing")
    )
    func quorum() throws {
        let folder = try TemporaryDirectory()
        let (process, address) = try Self.start(in: folder)
        defer { process.kill() }
        let samples = try CommitteeSamples.shared.get()
        func bus() throws -> NATSBus { try NATSBus(servers: [address], security: nil) }
        let venue = try bus()
        let certified = Collected<CertifiedAttestation>()
        let service = try CommitteeService(
            bus: venue,
            store: CommitteeStore(path: folder.path + "/store"),
            handlers: CommitteeHandlers(certified: { certified.add($0) })
        )
        service.appoint(try samples.keys())
        var observers: [NATSBus] = []
        for index in UInt32(1)...12 {
            let observer = try bus()
            try observer.subscribe(CommitteeSubjects.intervalRequest) { message in
                do {
                    let statement = try IntervalRequest(decoding: message.payload).statement
                    // Seat 5 votes in the name of seat 6: over NATS only the signature tells.
                    let vote =
                        index == 5
                        ? try samples.vote(6, statement, share: 5, signer: 5)
                        : try samples.certifiers.vote(index, for: statement)
                    try observer.publish("attest.response.interval", vote.encoded)
                } catch { Issue.record("observer \(index): \(error)") }
            }
            try observer.flush(timeoutMilliseconds: 5_000)
            observers.append(observer)
        }
        try venue.flush(timeoutMilliseconds: 5_000)
        service.attest(AttestationSubject(samples.interval))
        waitUntil { certified.all.count == 1 }
        let certificate = try #require(certified.all.first).certificate
        #expect(!certificate.votes.map(\.index).contains(5))
        waitUntil { service.status.refusals.contains { $0.reason == .wrongSignature } }
        #expect(service.status.refusals.map(\.reason) == [.wrongSignature])
        for observer in observers { observer.close() }
        service.stop()
        venue.close()
    }
}
