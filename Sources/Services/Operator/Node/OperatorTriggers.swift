public import ComponentHost
public import Dispatcher
public import Platform
internal import Triggers

/// The sources of triggers of a node.
public final class OperatorTriggers: TriggerFeed {
    private let manager: TriggerManager

    /// Starts the sources, which hand over to a dispatcher.
    ///
    /// - Parameters:
    ///   - configuration: The node's; a chain of Ethereum's kind that its `triggers` leave out is followed as `EVMChain`
    ///     does by itself.
    ///   - dispatcher: Who takes what happens.
    ///   - clock: The source of time.
    /// - Throws: `badConfiguration`, `system`.
    public init(
        _ configuration: OperatorConfiguration,
        _ dispatcher: Dispatcher,
        clock: any Clock = LinuxClock()
    ) throws(OperatorError) {
        var settings = configuration.triggers
        let known = Set(settings.evmChains.map(\.chain))
        for (key, chain) in configuration.chains.sorted(by: { $0.key < $1.key }) {
            guard case .evm(let chainID, let endpoints, _) = chain, !known.contains(key) else {
                continue
            }
            guard let number = UInt64(chainID) else {
                throw .badConfiguration(reason: "the chain id of \(key) must be a number")
            }
            settings.evmChains.append(
                EVMChain(chain: key, chainID: number, endpoints: endpoints)
            )
        }
        do throws(TriggerError) {
            manager = try TriggerManager(
                path: configuration.dataDirectory + "/triggers.sqlite",
                settings: settings,
                sink: dispatcher,
                clock: clock
            )
        } catch {
            throw .badConfiguration(reason: "sources of triggers: \(error)")
        }
    }

    /// Looks for these triggers from now on, and for no others.
    public func watch(_ triggers: [Trigger]) { manager.watch(triggers) }

    /// How each source is; those that no source follows come last.
    public var statuses: [TriggerFeedStatus] {
        let sources = manager.health.map { health in
            let fault = health.lastError.map { "; last fault: \($0)" } ?? ""
            return TriggerFeedStatus(
                name: health.name,
                isGood: health.condition != .failing && health.condition != .stopped,
                detail: "\(health.condition.rawValue) at \(health.position), "
                    + "\(health.handedOver) handed over\(fault)"
            )
        }
        return sources
            + manager.unfollowed.map { error in
                TriggerFeedStatus(name: "not followed", isGood: false, detail: error.description)
            }
    }

    /// Ends all sources.
    public func stop() { manager.stop() }
}
