/// What the node answers a component.
public enum Host {
    /// Writes a line to the node's log of this service.
    public static func log(_ level: LogLevel, _ message: String) {
        unsafe [UInt8](message.utf8).withUnsafeBytes { bytes in
            unsafe host_log(Int32(level.rawValue), bytes.baseAddress, bytes.count)
        }
    }

    /// A setting of the component in the service's description; none if it has no such key.
    public static func configuration(_ key: String) -> String? {
        unsafe answer(String?.self, to: key) { key, count, result in
            unsafe host_config_var(key, count, result)
        }
    }

    /// How the node reaches a chain of Ethereum's kind, such as `evm:31337`; none if it does not.
    public static func evmChain(_ key: String) -> EVMChainConfiguration? {
        unsafe answer(EVMChainConfiguration?.self, to: key) { key, count, result in
            unsafe host_get_evm_chain_config(key, count, result)
        }
    }

    /// How the node reaches a Cosmos chain, such as `cosmos:cosmoshub-4`; none if it does not.
    public static func cosmosChain(_ key: String) -> CosmosChainConfiguration? {
        unsafe answer(CosmosChainConfiguration?.self, to: key) { key, count, result in
            unsafe host_get_cosmos_chain_config(key, count, result)
        }
    }

    /// The service that this component runs for, and the id of the workflow.
    public static func service() -> (service: Service, workflowID: String) {
        let layout = Service.layout.then(.list).closed
        let result = unsafe BorderMemory.allocate(layout)
        unsafe host_get_service(result)
        var fields = unsafe RecordReader(result)
        return unsafe (fields.next(), fields.next())
    }

    /// The workflow that this component runs in.
    public static func workflow() -> Workflow {
        let layout = WorkflowContent.layout.then(.list).closed
        let result = unsafe BorderMemory.allocate(layout)
        unsafe host_get_workflow(result)
        var fields = unsafe RecordReader(result)
        let content = unsafe fields.next(WorkflowContent.self)
        return unsafe content.workflow(id: fields.next())
    }

    /// The 20 bytes of the event id that a response of this run gets; only for operators' components.
    ///
    /// - Parameter salt: The response's salt; the trigger's data counts if there is none.
    /// - Returns: The event id.
    public static func eventID(salt: [UInt8]?) -> [UInt8] {
        let result = unsafe BorderMemory.allocate(.list)
        unsafe (salt ?? []).withUnsafeBytes { bytes in
            unsafe host_get_event_id_salted(
                salt == nil ? 0 : 1,
                bytes.baseAddress,
                bytes.count,
                result
            )
        }
        return unsafe .lift(result)
    }

    /// The 20 bytes of the event id that is aggregated; only for aggregators' components.
    public static func aggregatedEventID() -> [UInt8] {
        let result = unsafe BorderMemory.allocate(.list)
        unsafe host_get_event_id(result)
        return unsafe .lift(result)
    }

    private static func answer<Answer: Liftable>(
        _ type: Answer.Type,
        to key: String,
        _ ask: (UnsafeRawPointer?, Int, UnsafeMutableRawPointer) -> Void
    ) -> Answer {
        let result = unsafe BorderMemory.allocate(Answer.layout)
        unsafe [UInt8](key.utf8).withUnsafeBytes { bytes in
            unsafe ask(bytes.baseAddress, bytes.count, result)
        }
        return unsafe Answer.lift(result)
    }
}

extension BorderMemory {
    /// Allocates room for one value.
    static func allocate(_ layout: Layout) -> UnsafeMutableRawPointer {
        unsafe allocate(byteCount: layout.byteCount, alignment: layout.alignment)
    }
}

// Each function of `host` (Interfaces/wavs-2.6.0) as the core module imports it: strings and lists are an
// address and a count, and what does not fit into one number is written to the last argument's address.
// A component imports only those that it calls.

@_extern(wasm, module: "host", name: "log") @_extern(c)
private func host_log(_ level: Int32, _ message: UnsafeRawPointer?, _ messageCount: Int)

@_extern(wasm, module: "host", name: "config-var") @_extern(c)
private func host_config_var(
    _ key: UnsafeRawPointer?,
    _ keyCount: Int,
    _ result: UnsafeMutableRawPointer
)

@_extern(wasm, module: "host", name: "get-evm-chain-config") @_extern(c)
private func host_get_evm_chain_config(
    _ key: UnsafeRawPointer?,
    _ keyCount: Int,
    _ result: UnsafeMutableRawPointer
)

@_extern(wasm, module: "host", name: "get-cosmos-chain-config") @_extern(c)
private func host_get_cosmos_chain_config(
    _ key: UnsafeRawPointer?,
    _ keyCount: Int,
    _ result: UnsafeMutableRawPointer
)

@_extern(wasm, module: "host", name: "get-service") @_extern(c)
private func host_get_service(_ result: UnsafeMutableRawPointer)

@_extern(wasm, module: "host", name: "get-workflow") @_extern(c)
private func host_get_workflow(_ result: UnsafeMutableRawPointer)

@_extern(wasm, module: "host", name: "get-event-id") @_extern(c)
private func host_get_event_id_salted(
    _ isSalted: Int32,
    _ salt: UnsafeRawPointer?,
    _ saltCount: Int,
    _ result: UnsafeMutableRawPointer
)

@_extern(wasm, module: "host", name: "get-event-id") @_extern(c)
private func host_get_event_id(_ result: UnsafeMutableRawPointer)
