internal import Ethereum
internal import Platform
internal import Synchronization

/// The endpoints of one chain, of which one is asked at a time.
///
/// A view of a chain is only consistent if one node gives all of it, so a source stays with its endpoint until that
/// fails, stops growing, or turns out to belong to another chain.
final class EndpointPool: Sendable {
    private struct State {
        var current = 0
        /// Whether the current endpoint has said which chain it belongs to.
        var isConfirmed = false
        /// Blocks asked for at once.
        var rangeCount: UInt64
        var newestBlock: UInt64 = 0
        var grewAt: UInt64
    }

    private let clients: [JSONRPCClient]
    private let clock: any Clock
    private let rangeCountMax: UInt64
    private let staleNanoseconds: UInt64
    private let state: Mutex<State>

    init(
        endpoints: [String],
        rangeCountMax: UInt64,
        staleNanoseconds: UInt64,
        limits: JSONRPCClient.Limits,
        clock: any Clock
    ) throws(TriggerError) {
        guard !endpoints.isEmpty else { throw .invalid(what: "chain", reason: "has no endpoint") }
        var clients: [JSONRPCClient] = []
        for endpoint in endpoints {
            do throws(JSONRPCError) {
                clients.append(try JSONRPCClient(endpoints: [endpoint], limits: limits))
            } catch {
                throw .invalid(what: "endpoint", reason: "\(error)")
            }
        }
        self.clients = clients
        self.clock = clock
        self.rangeCountMax = max(1, rangeCountMax)
        self.staleNanoseconds = staleNanoseconds
        state = Mutex(
            State(rangeCount: max(1, rangeCountMax), grewAt: clock.monotonicNanoseconds())
        )
    }

    /// The endpoint to ask, and whether its chain is known to be the right one.
    var current: (client: JSONRPCClient, isConfirmed: Bool) {
        let (index, isConfirmed) = state.withLock { ($0.current, $0.isConfirmed) }
        return (clients[index], isConfirmed)
    }

    /// The place of the endpoint to ask.
    var index: Int { state.withLock { $0.current } }

    /// The current endpoint belongs to the right chain.
    func confirm() { state.withLock { $0.isConfirmed = true } }

    /// Turns to the next endpoint.
    func failOver() {
        let now = clock.monotonicNanoseconds()
        state.withLock { state in
            state.current = (state.current + 1) % clients.count
            state.isConfirmed = false
            state.newestBlock = 0
            state.grewAt = now
        }
    }

    /// Notes the newest block that the endpoint knows, and turns to the next one if that has not changed for long.
    func note(newestBlock: UInt64) {
        let now = clock.monotonicNanoseconds()
        let isStale = state.withLock { state in
            if newestBlock != state.newestBlock {
                state.newestBlock = newestBlock
                state.grewAt = now
            }
            return now &- state.grewAt > staleNanoseconds
        }
        if isStale, clients.count > 1 { failOver() }
    }

    /// Blocks to ask for at once.
    var rangeCount: UInt64 { state.withLock { $0.rangeCount } }

    /// An endpoint had too much to say about so many blocks; false if it was only one.
    func shrinkRange(from count: UInt64) -> Bool {
        guard count > 1 else { return false }
        state.withLock { $0.rangeCount = count / 2 }
        return true
    }

    /// A range was answered: more may be asked for next time.
    func growRange() {
        state.withLock { state in
            state.rangeCount = min(rangeCountMax, state.rangeCount + state.rangeCount / 2 + 1)
        }
    }
}
