import Cryptography
import Foundation
import HTTP
import SeededRandomness
import Synchronization

/// A chain of Ethereum's kind behind JSON-RPC, which grows and is reorganised as a test says.
///
/// It is also the naive model: it knows every log entry that was ever confirmed, and those that are in the end.
final class SimulatedChain: Sendable {
    struct Log: Hashable {
        let transaction: Int
        let address: [UInt8]
        let topic: [UInt8]
        let data: [UInt8]
        /// How many equal ones of the transaction come before it.
        let repetition: Int
    }

    struct Block {
        let number: Int
        let hash: [UInt8]
        let parent: [UInt8]
        let logs: [Log]
    }

    /// What an endpoint does wrong with its next answers.
    enum Fault: CaseIterable, Equatable {
        case tooManyRequests, truncated, wrongID, noObject, giant, internalError, lies
    }

    struct State {
        var blocks: [Block] = []
        var random: RandomSource
        var transactionCount = 0
        /// Log entries that were ever in a block with enough confirmations.
        var everConfirmed: Set<Log> = []
        /// The hashes of all blocks that ever were, with their log entries.
        var known: [[UInt8]: Block] = [:]
        var confirmations: Int
        var chainID = 31_337
        /// The most entries in an answer, and the most blocks in a question.
        var logCountMax = Int.max
        var rangeMax = Int.max
        var faults: [Fault] = []
        /// Called before each answer.
        var disturb = 0
        var headQuestionsInARow = 0
        var questions: [String: Int] = [:]
        var largestRange = 0
    }

    let state: Mutex<State>

    static let watched = [UInt8](repeating: 0xaa, count: 20)
    static let other = [UInt8](repeating: 0xbb, count: 20)
    static let event = [UInt8](repeating: 0x11, count: 32)
    static let otherEvent = [UInt8](repeating: 0x22, count: 32)

    init(seed: UInt64, confirmations: Int) {
        var state = State(random: RandomSource(seed: seed), confirmations: confirmations)
        Self.append(&state, logs: [])
        self.state = Mutex(state)
    }

    private static func append(_ state: inout State, logs: [Log]) {
        let parent = state.blocks.last?.hash ?? [UInt8](repeating: 0, count: 32)
        let hash = SHA256.hash(of: parent + state.random.bytes(8)).bytes
        let block = Block(number: state.blocks.count, hash: hash, parent: parent, logs: logs)
        state.blocks.append(block)
        state.known[hash] = block
        let confirmed = state.blocks.count - 1 - state.confirmations
        if confirmed >= 0 { state.everConfirmed.formUnion(state.blocks[confirmed].logs) }
    }

    /// The entries of a new transaction: wanted ones, unwanted ones, and equal ones.
    private static func transaction(_ state: inout State) -> [Log] {
        state.transactionCount += 1
        var counts: [Log: Int] = [:]
        return (0..<1 + state.random.below(3)).map { _ in
            let plain = Log(
                transaction: state.transactionCount,
                address: state.random.chance(70) ? watched : other,
                topic: state.random.chance(70) ? event : otherEvent,
                data: state.random.bytes(state.random.below(2)),
                repetition: 0
            )
            let repetition = counts[plain, default: 0]
            counts[plain] = repetition + 1
            return Log(
                transaction: plain.transaction,
                address: plain.address,
                topic: plain.topic,
                data: plain.data,
                repetition: repetition
            )
        }
    }

    private static func grow(_ state: inout State, _ count: Int) {
        for _ in 0..<count {
            var logs: [Log] = []
            for _ in 0..<state.random.below(3) { logs += transaction(&state) }
            append(&state, logs: logs)
        }
    }

    private static func reorganise(_ state: inout State, depth: Int) {
        let depth = min(depth, state.blocks.count - 1)
        let removed = state.blocks.suffix(depth)
        state.blocks.removeLast(depth)
        // Most transactions come back, in other blocks; some never do.
        var waiting: [[Log]] = []
        for block in removed {
            let transactions = Dictionary(grouping: block.logs, by: \.transaction)
            for key in transactions.keys.sorted() where state.random.chance(80) {
                waiting.append(transactions[key] ?? [])
            }
        }
        for _ in 0...depth {
            var logs: [Log] = []
            while !waiting.isEmpty, state.random.chance(50) {
                logs += waiting.remove(at: state.random.below(waiting.count))
            }
            append(&state, logs: logs)
        }
        append(&state, logs: waiting.flatMap(\.self))
    }

    func grow(_ count: Int) {
        state.withLock { state in
            Self.grow(&state, count)
            state.headQuestionsInARow = 0
        }
    }

    func reorganise(depth: Int) {
        state.withLock { state in
            Self.reorganise(&state, depth: depth)
            state.headQuestionsInARow = 0
        }
    }

    private static func isWanted(_ log: Log) -> Bool {
        log.address == watched && log.topic == event
    }

    /// The entries that must have been delivered, and those that may have been.
    var expected: (must: Set<Log>, may: Set<Log>) {
        state.withLock { state in
            let confirmed = state.blocks.prefix(max(0, state.blocks.count - state.confirmations))
            let must = confirmed.flatMap(\.logs).filter(Self.isWanted)
            return (Set(must), state.everConfirmed.filter(Self.isWanted))
        }
    }

    /// Whether whoever follows has seen everything: it only asks for the newest block any more.
    var isSettled: Bool { state.withLock { $0.headQuestionsInARow > 6 } }

    // MARK: JSON-RPC

    /// Answers one request.
    func answer(_ request: HTTPRequest) -> HTTPResponse {
        state.withLock { state in Self.answer(request, &state) }
    }

    private static func answer(_ request: HTTPRequest, _ state: inout State) -> HTTPResponse {
        let question =
            (try? JSONSerialization.jsonObject(with: Data(request.body))) as? [String: Any] ?? [:]
        let method = question["method"] as? String ?? ""
        let parameters = question["params"] as? [Any] ?? []
        state.questions[method, default: 0] += 1
        if state.disturb > 0, state.random.chance(25) {
            state.disturb -= 1
            if state.random.chance(50) {
                grow(&state, 1 + state.random.below(4))
            } else {
                reorganise(&state, depth: 1 + state.random.below(state.confirmations * 2 + 2))
            }
        }
        let fault = state.faults.isEmpty ? nil : state.faults.removeFirst()
        switch fault {
        case .tooManyRequests: return .text(429, "slow down")
        case .internalError: return .text(500, "{")
        case .noObject: return HTTPResponse(status: 200, body: Array("[]".utf8))
        case .giant:
            return HTTPResponse(status: 200, body: [UInt8](repeating: 0x20, count: 200_000))
        default: break
        }
        var result = self.result(method, parameters, &state)
        if fault == .lies, method == "eth_getLogs", let logs = result as? [[String: Any]] {
            // Entries that were not asked for.
            result =
                logs
                + logs.map { log in
                    log.merging(["address": text(other)]) { _, new in new }
                }
        }
        var answer: [String: Any] = ["jsonrpc": "2.0", "id": question["id"] ?? 0]
        if fault == .wrongID { answer["id"] = 999_999 }
        if let refusal = result as? Refusal {
            answer["error"] = ["code": refusal.code, "message": refusal.message]
        } else {
            answer["result"] = result
        }
        var body = Array((try? JSONSerialization.data(withJSONObject: answer)) ?? Data())
        if fault == .truncated { body.removeLast(body.count / 2) }
        return HTTPResponse(status: 200, body: body)
    }

    private struct Refusal {
        let code: Int
        let message: String
    }

    private static func text(_ bytes: [UInt8]) -> String { "0x" + Hex.encode(bytes) }
    private static func text(_ number: Int) -> String { "0x" + String(number, radix: 16) }

    private static func result(
        _ method: String,
        _ parameters: [Any],
        _ state: inout State
    ) -> Any {
        switch method {
        case "eth_chainId": return text(state.chainID)
        case "eth_blockNumber":
            state.headQuestionsInARow += 1
            return text(state.blocks.count - 1)
        case "eth_getBlockByNumber":
            let number = Int((parameters[0] as? String ?? "").dropFirst(2), radix: 16) ?? -1
            guard state.blocks.indices.contains(number) else { return NSNull() }
            let block = state.blocks[number]
            return [
                "number": text(number), "hash": text(block.hash), "parentHash": text(block.parent),
                "timestamp": text(1_000 + 12 * number), "unknown": ["x"],
            ]
        case "eth_getLogs":
            state.headQuestionsInARow = 0
            return logs(parameters.first as? [String: Any] ?? [:], &state)
        default: return Refusal(code: -32_601, message: "no method \(method)")
        }
    }

    private static func logs(_ filter: [String: Any], _ state: inout State) -> Any {
        func number(_ name: String) -> Int {
            Int((filter[name] as? String ?? "").dropFirst(2), radix: 16) ?? 0
        }
        let (from, to) = (number("fromBlock"), number("toBlock"))
        state.largestRange = max(state.largestRange, to - from + 1)
        guard to - from < state.rangeMax else {
            return Refusal(code: -32_602, message: "the range is too large")
        }
        let addresses = Set(filter["address"] as? [String] ?? [])
        let topics = Set((filter["topics"] as? [[String]])?.first ?? [])
        var found: [[String: Any]] = []
        for block in state.blocks where (from...to).contains(block.number) {
            for (index, log) in block.logs.enumerated()
            where addresses.contains(text(log.address)) && topics.contains(text(log.topic)) {
                found.append([
                    "address": text(log.address), "topics": [text(log.topic)],
                    "data": text(log.data), "blockNumber": text(block.number),
                    "blockHash": text(block.hash), "logIndex": text(index),
                    "transactionHash": text(transactionHash(log.transaction)),
                    "transactionIndex": "0x0", "removed": false,
                    // Some providers give it and some do not.
                    "blockTimestamp": state.random.chance(50) ? "0x1" : NSNull(),
                ])
            }
        }
        guard found.count <= state.logCountMax else {
            return Refusal(code: -32_005, message: "query returned more than \(state.logCountMax)")
        }
        return found
    }

    static func transactionHash(_ transaction: Int) -> [UInt8] {
        SHA256.hash(of: Array("transaction \(transaction)".utf8)).bytes
    }
}
