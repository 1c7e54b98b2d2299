internal import ComponentHost
internal import Encoding
internal import Ethereum

/// Questions to one endpoint of a chain.
struct EVMNode {
    let name: String
    let client: JSONRPCClient

    /// What came of a question for events.
    enum Logs {
        case found([EVMEventLog])
        /// `TriggerError.inconsistent` if the node refused, as it does when there are too many.
        case failed(TriggerError)
    }

    /// Checks that the endpoint belongs to a chain.
    func requireChain(_ expected: UInt64) throws(TriggerError) {
        let answer = try ask("eth_chainId", [])
        guard let found = EVMAnswers.quantity(answer) else { throw malformed("eth_chainId") }
        guard found == expected else {
            throw .otherChain(source: name, expected: "\(expected)", found: "\(found)")
        }
    }

    func newestBlock() throws(TriggerError) -> UInt64 {
        guard let number = EVMAnswers.quantity(try ask("eth_blockNumber", [])),
            number <= BlockInterval.heightMax
        else { throw malformed("eth_blockNumber") }
        return number
    }

    func header(_ number: UInt64) throws(TriggerError) -> EVMHeader {
        let answer = try ask(
            "eth_getBlockByNumber",
            [EVMAnswers.quantity(number), .boolean(false)]
        )
        guard answer != .null else {
            throw .inconsistent(source: name, reason: "block \(number) is not there any more")
        }
        guard let header = EVMHeader(answer), header.number == number else {
            throw malformed("eth_getBlockByNumber")
        }
        return header
    }

    /// The events that some filters find.
    func logs(_ filters: [JSONValue]) throws(TriggerError) -> Logs {
        var logs: [EVMEventLog] = []
        for filter in filters {
            let answer: JSONValue
            do throws(JSONRPCError) {
                answer = try client.call("eth_getLogs", [filter])
            } catch {
                if case .refused = error {
                    return .failed(.inconsistent(source: name, reason: "\(error)"))
                }
                return .failed(.unreachable(source: name, reason: "\(error)"))
            }
            guard let values = answer.array else { throw malformed("eth_getLogs") }
            for value in values {
                guard let log = EVMAnswers.log(value) else { throw malformed("eth_getLogs") }
                logs.append(log)
            }
        }
        return .found(logs)
    }

    private func ask(
        _ method: String,
        _ parameters: [JSONValue]
    ) throws(TriggerError) -> JSONValue {
        do throws(JSONRPCError) { return try client.call(method, parameters) } catch {
            throw .unreachable(source: name, reason: "\(error)")
        }
    }

    private func malformed(_ method: String) -> TriggerError {
        .unreachable(source: name, reason: "the answer to \(method) is malformed")
    }
}
