import Access
import Cryptography
import Encoding
import HTTP
import KeyStore
import Platform

/// A venue of its own for the measurement, in a process of its own.
struct GatewayBenchVenue {
    private let process: ChildProcess
    private let url: String
    let endpoint: SocketEndpoint
    private let client: HTTPClient

    /// Starts a venue in a folder and waits until it listens.
    init(_ path: String) throws(ConsoleError) {
        let file =
            """
            [gateway]
            http = "127.0.0.1:0"
            test_funds = true
            user_rate = 1000000000
            user_burst = 1000000000
            address_rate = 1000000000
            address_burst = 1000000000

            """ + GatewaySettings.standardListing
        try Console.writeFile(path + "/venue.toml", Array(file.utf8))
        do {
            process = try ChildProcess(
                Console.ownProgram(),
                ["serve", "--config", path + "/venue.toml", "--data", path + "/data"],
                errors: path + "/errors"
            )
            client = try HTTPClient()
        } catch {
            throw .environment("\(error)")
        }
        url = try Self.address(path + "/data/gateway.json")
        let place = url.drop { $0 != "/" }.drop { $0 == "/" }.prefix { $0 != "/" }
        guard let endpoint = SocketEndpoint(String(place)) else {
            throw .environment("the gateway listens at \(url)")
        }
        self.endpoint = endpoint
    }

    private static func address(_ path: String) throws(ConsoleError) -> String {
        for _ in 0..<3_000 {
            do {
                let json = try ExactJSON(decoding: WholeFile.read(path))
                if let url = json["http"]?.string { return url }
            } catch {
                // It is not written yet.
            }
            PlatformThread.nap(nanoseconds: 10_000_000)
        }
        throw .environment("the gateway did not start")
    }

    /// Ends the venue.
    func stop() {
        process.terminate()
        _ = process.wait()
    }

    private func post(
        _ path: String,
        _ body: String,
        _ token: String? = nil
    ) throws(ConsoleError) -> ExactJSON {
        do {
            let answer = try client.post(
                url + path,
                body: Array(body.utf8),
                contentType: "application/json",
                bearer: token
            )
            let json = try ExactJSON(decoding: answer.body)
            guard answer.status < 300 else {
                throw ConsoleError.environment(
                    "\(path): \(String(decoding: answer.body, as: UTF8.self))"
                )
            }
            return json
        } catch {
            throw .environment("\(error)")
        }
    }

    /// Registers a member with funds for anything; returns the token.
    func member(_ name: String) throws(ConsoleError) -> String {
        let key = SigningKey.generate()
        let publicKey = Hex.encode(key.publicKey.bytes)
        _ = try post("auth/register", #"{"username":"\#(name)","public_key":"\#(publicKey)"}"#)
        let answer = try post("auth/challenge", #"{"username":"\#(name)"}"#)
        let challenge = answer["challenge"]?.string ?? ""
        let seconds = Int64(LinuxClock().wallNanoseconds() / 1_000_000_000)
        let message = SignInMessage.bytes(
            venue: answer["venue"]?.string ?? "",
            userName: name,
            challenge: challenge,
            timestamp: seconds
        )
        let signature = Hex.encode(key.sign(message))
        let tokens = try post(
            "auth/verify",
            """
            {"username":"\(name)","challenge":"\(challenge)","signature":"\(signature)",\
            "timestamp":\(seconds)}
            """
        )
        let token = tokens["token"]?.string ?? ""
        for asset in ["USD", "BTC"] {
            _ = try post(
                "api/deposits",
                #"{"asset":"\#(asset)","amount":"1000000000000"}"#,
                token
            )
        }
        return token
    }
}
