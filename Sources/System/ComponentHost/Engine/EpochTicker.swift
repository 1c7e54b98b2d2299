internal import Platform
internal import Synchronization

/// A thread that advances an engine's epoch while programs run, so that none runs for longer than it may.
///
/// It sleeps while nothing runs: a machine may have many nodes.
final class EpochTicker: Sendable {
    /// Milliseconds of one epoch.
    static let tickMilliseconds = 10
    /// Ticks without a program after which the thread sleeps.
    private static let idleTicksMax = 50

    private final class State: Sendable {
        let running = Atomic<Int>(0)
        let isStopped = Atomic<Bool>(false)
        let signal = Signal()
    }

    private let state: State
    private let thread: PlatformThread

    /// Starts the thread; `tick` advances the epoch.
    init(tick: @escaping @Sendable () -> Void) throws(ComponentError) {
        let state = State()
        self.state = state
        do throws(PlatformError) {
            thread = try PlatformThread.start(name: "wasm-epoch") {
                var idleTicks = 0
                while !state.isStopped.load(ordering: .acquiring) {
                    if idleTicks >= Self.idleTicksMax {
                        state.signal.wait()
                        idleTicks = 0
                    }
                    PlatformThread.nap(nanoseconds: UInt64(Self.tickMilliseconds) * 1_000_000)
                    tick()
                    let isIdle = state.running.load(ordering: .acquiring) == 0
                    idleTicks = isIdle ? idleTicks + 1 : 0
                }
            }
        } catch {
            throw .platform(error)
        }
    }

    /// Ends the thread; nothing may run any more.
    func stop() {
        state.isStopped.store(true, ordering: .releasing)
        state.signal.notify()
        thread.join()
    }

    /// To be called before a program runs.
    func enter() {
        state.running.add(1, ordering: .acquiringAndReleasing)
        state.signal.notify()
    }

    /// To be called after a program ran.
    func leave() { state.running.subtract(1, ordering: .acquiringAndReleasing) }

    /// How many epochs a program may see that has so many milliseconds.
    static func ticks(milliseconds: Int) -> UInt64 {
        // The first tick may come at once.
        UInt64(clamping: milliseconds / tickMilliseconds) + 2
    }
}
