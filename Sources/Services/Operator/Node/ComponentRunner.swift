public import ComponentHost
public import Dispatcher
internal import Platform
internal import Synchronization

/// Runs the programs of services in the sandbox, with the rights and limits that service and node give them.
public final class ComponentRunner: ServiceEngine, AggregatorEngine {
    /// Ready programs that are kept in memory.
    private static let readyCountMax = 64

    private let parts: EngineParts
    private let engine: ComponentEngine
    private let evmChains: [String: EVMChainConfiguration]
    private let cosmosChains: [String: CosmosChainConfiguration]
    private let http = CurlHTTP()
    private let names: SystemNameResolver?
    private let ready = Mutex<[String: Component]>([:])

    /// Makes an engine whose cache is in the node's folder.
    ///
    /// - Parameter parts: What the node gives its engine.
    /// - Throws: `system` when the sandbox cannot be started.
    public init(_ parts: EngineParts) throws(OperatorError) {
        self.parts = parts
        let configuration = parts.configuration
        names = configuration.isNameLookupAllowed ? SystemNameResolver() : nil
        var evmChains: [String: EVMChainConfiguration] = [:]
        var cosmosChains: [String: CosmosChainConfiguration] = [:]
        for (key, chain) in configuration.chains {
            switch chain {
            case .evm(let chainID, let endpoints, let webSockets):
                evmChains[key] = EVMChainConfiguration(
                    chainID: chainID,
                    webSocketEndpoints: webSockets,
                    httpEndpoint: endpoints.first
                )
            case .cosmos(let chain): cosmosChains[key] = chain
            }
        }
        self.evmChains = evmChains
        self.cosmosChains = cosmosChains
        do throws(PlatformError) {
            for folder in ["/code", "/files"] {
                _ = try LinuxDirectory.open(configuration.dataDirectory + folder, create: true)
            }
        } catch {
            throw .system(reason: error.description)
        }
        do throws(ComponentError) {
            engine = try ComponentEngine(
                ComponentEngine.Configuration(
                    isDeterministic: false,
                    cacheDirectory: configuration.dataDirectory + "/code",
                    maxima: configuration.limits.callsMax
                )
            )
        } catch {
            throw .system(reason: error.description)
        }
    }

    // MARK: Operators

    /// Runs a workflow's component for one trigger.
    public func run(_ work: WorkItem) -> WorkOutcome {
        let configuration = work.action.configuration
        do throws(OperatorError) {
            let entry = try parts.registry.require(configuration.serviceID)
            let workflow = try parts.registry.workflow(
                configuration.serviceID,
                configuration.workflowID
            )
            let component = try component(workflow.component.source)
            let action = work.action
            let context = try context(entry.service, workflow, workflow.component) { salt in
                guard let salt else { return work.eventID.bytes }
                let response = WasmResponse(payload: [], eventIDSalt: salt)
                return EventIdentity.id(of: action, response).bytes
            }
            return .finished(
                try guarded { () throws(ComponentError) in
                    try component.run(action, context, limits(workflow.component))
                }
            )
        } catch .refusedSubmission(let reason) {
            return .failed(reason: reason)
        } catch .unknownService, .unknownWorkflow {
            return .failed(reason: "the service was removed")
        } catch {
            return .unavailable(reason: error.description)
        }
    }

    // MARK: Aggregators

    /// Calls a workflow's aggregator.
    public func call(
        _ service: Service,
        _ workflow: Workflow,
        _ input: AggregatorInput,
        _ call: AggregatorCall
    ) -> AggregatorOutcome {
        guard case .aggregator(let definition, _) = workflow.submit else { return .actions([]) }
        do throws(OperatorError) {
            let component = try component(definition.source)
            let eventID = EventIdentity.id(of: input.triggerAction, input.operatorResponse)
            let context = try context(service, workflow, definition) { _ in eventID.bytes }
            let limits = limits(definition)
            return .actions(
                try guarded { () throws(ComponentError) in
                    switch call {
                    case .input: return try component.processInput(input, context, limits)
                    case .timer: return try component.handleTimerCallback(input, context, limits)
                    case .submitted(let result):
                        try component.handleSubmitCallback(input, result, context, limits)
                        return []
                    }
                }
            )
        } catch .refusedSubmission(let reason) {
            return .failed(reason: reason)
        } catch {
            return .unavailable(reason: error.description)
        }
    }

    // MARK: Parts

    /// A program, ready to run.
    private func component(_ source: ComponentSource) throws(OperatorError) -> Component {
        if let component = ready.withLock({ $0[source.digest] }) { return component }
        let bytes = try parts.components.load(source)
        let component = try guarded { () throws(ComponentError) in try engine.component(bytes) }
        ready.withLock { ready in
            if ready.count >= Self.readyCountMax { ready = [:] }
            ready[source.digest] = component
        }
        return component
    }

    private func limits(_ definition: ComponentDefinition) -> CallLimits {
        let limits = parts.configuration.limits
        return limits.calls.with(definition, maxima: limits.callsMax)
    }

    private func context(
        _ service: Service,
        _ workflow: Workflow,
        _ definition: ComponentDefinition,
        _ eventID: @escaping @Sendable ([UInt8]?) -> [UInt8]
    ) throws(OperatorError) -> HostContext {
        let id = ServiceID.text(of: service.manager)
        let journal = parts.journal
        let workflowID = workflow.id
        var directory: String?
        if definition.permissions.fileSystem { directory = try self.directory(of: id) }
        let environment = parts.configuration.environment
        return HostContext(
            permissions: definition.permissions,
            fileSystemDirectory: directory,
            configuration: definition.configuration,
            environment: definition.environmentKeys.compactMap { key in
                environment[key].map { value in Setting(key: key, value: value) }
            },
            keyValue: parts.keyValues.store(service: id),
            service: service,
            workflowID: workflowID,
            eventID: eventID,
            evmChains: evmChains,
            cosmosChains: cosmosChains,
            log: { level, line in
                journal.log(service: id, workflow: workflowID, level, line)
            },
            clock: parts.clock,
            http: http,
            names: names
        )
    }

    private func directory(of service: String) throws(OperatorError) -> String {
        let path = parts.configuration.dataDirectory + "/files/" + service
        do throws(PlatformError) {
            _ = try LinuxDirectory.open(path, create: true)
        } catch {
            throw .system(reason: error.description)
        }
        return path
    }

    /// Tells faults of a program, which are final, from those of the node.
    private func guarded<Value>(
        _ body: () throws(ComponentError) -> Value
    ) throws(OperatorError) -> Value {
        do throws(ComponentError) {
            return try body()
        } catch {
            switch error {
            case .busy, .platform, .library, .wrongVersion, .engine, .smallStack:
                throw .system(reason: error.description)
            default: throw .refusedSubmission(reason: error.description)
            }
        }
    }
}
