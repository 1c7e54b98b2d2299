// A service that answers with everything it is told, as text: its trigger, what happened, and what the host says
// of service, workflow, chains and event id. It shows each type of the interface from a component's side, and the
// tests see with it that nothing is lost or mixed up at the border.

import Cryptography
import Guest

/// Describes the action and the host, one subject a line.
///
/// The chains are those that the settings `evm` and `cosmos` name.
func describe(_ action: TriggerAction) throws(Failure) -> [WasmResponse] {
    let (service, workflowID) = Host.service()
    let workflow = Host.workflow()
    var lines = [
        "id \(action.configuration.serviceID) \(action.configuration.workflowID)",
        "trigger \(text(action.configuration.trigger))",
        "data \(text(action.data))",
        "service \(text(service)) in \(workflowID)",
        "workflow \(workflow.id) \(text(workflow))",
    ]
    if let key = Host.configuration("evm") {
        lines.append("evm \(Host.evmChain(key).map(text) ?? "none")")
    }
    if let key = Host.configuration("cosmos") {
        lines.append("cosmos \(Host.cosmosChain(key).map(text) ?? "none")")
    }
    lines.append("event \(Hex.encode(Host.eventID(salt: nil)))")
    lines.append("salted \(Hex.encode(Host.eventID(salt: [1, 2, 3])))")
    let payload = [UInt8](lines.joined(separator: "\n").utf8)
    return [
        WasmResponse(payload: payload, ordering: 1 << 40 | 7, eventIDSalt: [1, 2, 3]),
        WasmResponse(payload: [], ordering: nil, eventIDSalt: []),
    ]
}

private func text(_ value: String?) -> String { value ?? "-" }

private func text(_ value: UInt64?) -> String { value.map { number in "\(number)" } ?? "-" }

private func text(_ settings: [Setting]) -> String {
    settings.map { setting in "\(setting.key)=\(setting.value)" }.joined(separator: ",")
}

private func text(_ address: CosmosAddress) -> String { "\(address.bech32)/\(address.prefixCount)" }

private func text(_ trigger: Trigger) -> String {
    switch trigger {
    case .evmContractEvent(let address, let chain, let hash):
        "evm \(Hex.encode(address.bytes)) \(chain) \(Hex.encode(hash))"
    case .cosmosContractEvent(let address, let chain, let type):
        "cosmos \(text(address)) \(chain) \(type)"
    case .blockInterval(let chain, let count, let start, let end):
        "block \(chain) \(count) \(text(start)) \(text(end))"
    case .cron(let schedule, let start, let end):
        "cron \(schedule) \(text(start)) \(text(end))"
    case .atprotoEvent(let collection, let repository, let action):
        "atproto \(collection) \(text(repository)) \(text(action))"
    case .hypercoreAppend(let key): "hypercore \(key)"
    case .manual: "manual"
    }
}

private func text(_ data: TriggerData) -> String {
    switch data {
    case .evmContractEvent(let chain, let log): return "evm \(chain) \(text(log))"
    case .cosmosContractEvent(let address, let chain, let event, let index, let height):
        let attributes = text(event.attributes)
        return "cosmos \(text(address)) \(chain) \(event.type) \(attributes) \(index) \(height)"
    case .blockInterval(let chain, let height): return "block \(chain) \(height)"
    case .cron(let nanoseconds): return "cron \(nanoseconds)"
    case .atprotoEvent(let event): return "atproto \(text(event))"
    case .hypercoreAppend(let key, let index, let data):
        return "hypercore \(key) \(index) \(Hex.encode(data))"
    case .raw(let bytes): return "raw \(Hex.encode(bytes))"
    }
}

private func text(_ log: EVMEventLog) -> String {
    let topics = log.topics.map { topic in Hex.encode(topic) }.joined(separator: ",")
    let place =
        "\(log.blockNumber) \(log.logIndex) \(Hex.encode(log.blockHash)) "
        + "\(text(log.blockTimestamp)) \(log.transactionIndex)"
    return "\(Hex.encode(log.address.bytes)) \(topics) \(Hex.encode(log.data)) "
        + "\(Hex.encode(log.transactionHash)) \(place)"
}

private func text(_ event: ATProtoEvent) -> String {
    let operation = event.operationIndex.map { index in "\(index)" } ?? "-"
    return "\(event.sequence) \(event.timestamp) \(event.repository) \(event.collection) "
        + "\(event.recordKey) \(event.action) \(text(event.cid)) \(text(event.record)) "
        + "\(text(event.revision)) \(operation)"
}

private func text(_ service: Service) -> String {
    let workflows = service.workflows.map { workflow in "\(workflow.id): \(text(workflow))" }
        .joined(separator: "; ")
    let manager =
        switch service.manager {
        case .evm(let chain, let address): "evm \(chain) \(Hex.encode(address.bytes))"
        case .cosmos(let chain, let address): "cosmos \(chain) \(text(address))"
        }
    let status = service.status == .active ? "active" : "paused"
    return "\(service.name) \(status) \(manager) [\(workflows)]"
}

private func text(_ workflow: Workflow) -> String {
    let submit =
        switch workflow.submit {
        case .none: "none"
        case .aggregator(let component, let kind):
            "to \(text(component)) \(kind.prefix == nil ? "plain" : "eip191")"
        }
    return "\(text(workflow.trigger)) runs \(text(workflow.component)) submits \(submit)"
}

private func text(_ component: ComponentDefinition) -> String {
    let source =
        switch component.source {
        case .download(let uri, let digest): "download \(uri) \(digest)"
        case .registry(let digest, let domain, let version, let package):
            "registry \(digest) \(text(domain)) \(text(version)) \(package)"
        case .digest(let digest): "digest \(digest)"
        }
    let rights = component.permissions
    let hosts =
        switch rights.allowedHTTPHosts {
        case .all: "all"
        case .only(let hosts): hosts.joined(separator: ",")
        case .none: "none"
        }
    return "\(source) \(hosts) \(rights.fileSystem) \(rights.rawSockets) \(rights.dnsResolution) "
        + "\(text(component.fuelLimit)) \(text(component.timeLimitSeconds)) "
        + "\(text(component.configuration)) \(component.environmentKeys.joined(separator: ","))"
}

private func text(_ chain: EVMChainConfiguration) -> String {
    "\(chain.chainID) \(chain.webSocketEndpoints.joined(separator: ",")) \(text(chain.httpEndpoint))"
}

private func text(_ chain: CosmosChainConfiguration) -> String {
    "\(chain.chainID) \(text(chain.rpcEndpoint)) \(text(chain.grpcEndpoint)) "
        + "\(text(chain.grpcWebEndpoint)) \(Int(chain.gasPrice * 1000)) \(chain.gasDenomination) "
        + chain.bech32Prefix
}

@_expose(wasm, "run") @_cdecl("run")
func run(_ arguments: UnsafeRawPointer) -> UnsafeMutableRawPointer {
    unsafe OperatorWorld.run(arguments, describe)
}

@_expose(wasm, "cabi_post_run") @_cdecl("cabi_post_run")
func runEnded(_ result: UnsafeMutableRawPointer) { unsafe OperatorWorld.end() }
