internal import ComponentHost
internal import Dispatcher
internal import Encoding
internal import Ethereum
internal import HTTP
internal import Platform

/// The paths of the admin server and what they do.
struct AdminRoutes: Sendable {
    let node: OperatorNode

    /// All paths, those for development included.
    var all: [AdminServer.Route] { reading + changing + development }

    // MARK: Reading

    private var reading: [AdminServer.Route] {
        let status = NodeStatus(node: node)
        return [
            .init("GET", "/config", .open) { _ in .json(status.configuration) },
            .init("GET", "/info", .open) { _ throws(OperatorError) in .json(try status.info()) },
            .init("GET", "/health", .open) { _ in
                let health = status.health
                return .json(health.document, status: health.isGood ? 200 : 503)
            },
            .init("GET", "/p2p/status", .open) { _ in .json(status.peers) },
            .init("GET", "/services", .open) { _ throws(OperatorError) in
                .json(try services())
            },
            // Before the path of a service, which has as many parts.
            .init("GET", "/services/{id}/logs", .token) { request throws(OperatorError) in
                try logs(request)
            },
            .init("GET", "/services/{chain}/{address}", .open) { request throws(OperatorError) in
                try service(request)
            },
            .init("GET", "/events/{id}", .open) { request throws(OperatorError) in
                try explain(request)
            },
        ]
    }

    private func services() throws(OperatorError) -> JSONValue {
        let entries = node.registry.all
        return JSONForm.object([
            "services": .array(entries.map { ServiceCodec.value(of: $0.service) }),
            "service_ids": .array(entries.map { JSONForm.text($0.id) }),
            "component_digests": .array(try node.components.digests().map { JSONForm.text($0) }),
        ])
    }

    private func service(_ request: AdminRequest) throws(OperatorError) -> HTTPResponse {
        let chain = request.value("chain")
        guard Names.isChainKey(chain) else {
            throw .badDocument(path: "chain", reason: "must be a chain such as evm:31337")
        }
        let text = FieldReader(value: JSONForm.text(request.value("address")), path: "address")
        let manager: Service.Manager
        if case .cosmos? = node.configuration.chains[chain] {
            manager = .cosmos(chain: chain, address: try ServiceCodec.cosmosAddress(text))
        } else {
            manager = .evm(chain: chain, address: try ServiceCodec.evmAddress(text))
        }
        let entry = try node.registry.require(ServiceID.text(of: manager))
        return .json(ServiceCodec.value(of: entry.service))
    }

    private func logs(_ request: AdminRequest) throws(OperatorError) -> HTTPResponse {
        let entry = try node.registry.require(request.value("id"))
        let limit = min(max(request.number("limit") ?? 200, 1), Int(NodeJournal.lineCountMax))
        let lines = try node.journal.lines(of: entry.id, limit: limit).map { line in
            JSONForm.object([
                "time_ms": JSONForm.number(Int(line.milliseconds)),
                "workflow_id": JSONForm.text(line.workflow), "level": JSONForm.text(line.level),
                "line": JSONForm.text(line.text),
            ])
        }
        return .json(
            JSONForm.object(["service_id": JSONForm.text(entry.id), "lines": .array(lines)])
        )
    }

    private func explain(_ request: AdminRequest) throws(OperatorError) -> HTTPResponse {
        guard let bytes = HexDigits.bytes(request.value("id")), let id = EventID(bytes: bytes)
        else {
            throw .badDocument(path: "event", reason: "must be 40 hexadecimal digits")
        }
        guard let answer = try Explanation(node, id).answer() else {
            return .text(404, "the node knows nothing of event \(id)")
        }
        return .json(answer)
    }

    // MARK: Changing

    private var changing: [AdminServer.Route] {
        [
            .init("POST", "/services/signer", .token) { request throws(OperatorError) in
                let manager = try manager(request)
                let entry = try node.registry.require(ServiceID.text(of: manager))
                let key = try node.keys.key(entry.keyIndex)
                return .json(
                    TriggerCodec.tagged(
                        "secp256k1",
                        [
                            "hd_index": JSONForm.number(Int(entry.keyIndex)),
                            "evm_address": JSONForm.text(key.address.description),
                        ]
                    )
                )
            },
            .init("POST", "/services", .token) { request throws(OperatorError) in
                try node.addService(of: try manager(request))
                return .noContent
            },
            .init("DELETE", "/services", .token) { request throws(OperatorError) in
                let body = try request.body(["service_managers"])
                var managers: [Service.Manager] = []
                for item in try body.field("service_managers").items() {
                    managers.append(try ServiceCodec.manager(item))
                }
                try node.removeServices(of: managers)
                return .noContent
            },
            .init("POST", "/services/pause", .token) { request throws(OperatorError) in
                try node.setPaused(try manager(request), true)
                return .noContent
            },
            .init("POST", "/services/resume", .token) { request throws(OperatorError) in
                try node.setPaused(try manager(request), false)
                return .noContent
            },
        ]
    }

    private func manager(_ request: AdminRequest) throws(OperatorError) -> Service.Manager {
        let body = try request.body(["service_manager"])
        return try ServiceCodec.manager(try body.field("service_manager"))
    }

    // MARK: Development

    private var development: [AdminServer.Route] {
        [
            .init("POST", "/dev/components", .token, isDevelopment: true) {
                request throws(OperatorError) in
                guard !request.request.body.isEmpty else {
                    throw .badDocument(path: "body", reason: "must be a program")
                }
                let digest = try node.components.add(request.request.body)
                return .json(JSONForm.object(["digest": JSONForm.text(digest)]))
            },
            .init("POST", "/dev/services", .token, isDevelopment: true) {
                request throws(OperatorError) in
                let digest = try node.registry.save(try ServiceCodec.decode(request.request.body))
                return .json(JSONForm.object(["hash": JSONForm.text(digest)]))
            },
            .init("POST", "/dev/services/{hash}", .token, isDevelopment: true) {
                request throws(OperatorError) in
                let service = try saved(request)
                try node.addService(service, uri: "saved " + request.value("hash"))
                return .noContent
            },
            .init("GET", "/dev/services/{hash}", .open, isDevelopment: true) {
                request throws(OperatorError) in
                .json(ServiceCodec.value(of: try saved(request)))
            },
            .init("GET", "/dev/kv/{service}/{bucket}/{key}", .open, isDevelopment: true) {
                request throws(OperatorError) in try keyValue(request)
            },
            .init("GET", "/dev/trigger-streams", .open, isDevelopment: true) { _ in
                .json(NodeStatus(node: node).streams)
            },
            .init("POST", "/dev/triggers", .token, isDevelopment: true) {
                request throws(OperatorError) in try trigger(request)
            },
            .init("POST", "/dev/chains", .token, isDevelopment: true) {
                request throws(OperatorError) in
                let body = try request.body(["chain", "config"])
                let configuration = try body.field("config")
                try node.saveChain(
                    try ServiceCodec.chain(try body.field("chain")),
                    try ChainCodec.decode(configuration),
                    WideJSON.encode(configuration.value)
                )
                return .noContent
            },
        ]
    }

    /// What a service keeps under a key.
    private func keyValue(_ request: AdminRequest) throws(OperatorError) -> HTTPResponse {
        let store = node.keyValues.store(service: request.value("service"))
        do throws(ComponentError) {
            guard let value = try store.get(request.value("bucket"), request.value("key")) else {
                return .text(404, "there is no such key")
            }
            let headers = HTTPHeaders(["Content-Type": "application/octet-stream"])
            return HTTPResponse(status: 200, headers: headers, body: value)
        } catch {
            throw .system(reason: error.description)
        }
    }

    private func saved(_ request: AdminRequest) throws(OperatorError) -> Service {
        let hash = request.value("hash")
        guard let service = try node.registry.saved(hash) else { throw .unknownService(hash) }
        return service
    }

    /// Simulates a trigger: the same data for the same workflow is one event, however often it is sent.
    private func trigger(_ request: AdminRequest) throws(OperatorError) -> HTTPResponse {
        let body = try request.body([
            "service_id", "workflow_id", "trigger", "data", "count", "wait_for_completion",
        ])
        let service = try ServiceCodec.digest(try body.field("service_id"))
        let workflow = try body.field("workflow_id").text()
        _ = try TriggerCodec.trigger(try body.field("trigger"))
        _ = try node.registry.workflow(service, workflow)
        let data = try TriggerDataCodec.decode(try body.field("data"))
        let count = try ServiceCodec.optionalNumber(body, "count") ?? 1
        guard (1...10_000).contains(count) else {
            throw .badDocument(path: "count", reason: "must be 1 to 10,000")
        }
        let mustWait = body.optional("wait_for_completion")?.value == .boolean(true)
        guard let dispatcher = node.dispatcher else { throw .system(reason: "the node stops") }
        do throws(DispatcherError) {
            let eventID = try dispatcher.submit(
                serviceID: service,
                workflowID: workflow,
                data: data
            )
            for _ in 1..<count {
                _ = try dispatcher.submit(serviceID: service, workflowID: workflow, data: data)
            }
            if mustWait { try wait(for: eventID, dispatcher) }
            return .json(JSONForm.object(["event_id": JSONForm.text(eventID.description)]))
        } catch .unknownWorkflow {
            throw .unknownWorkflow(service: service, workflow: workflow)
        } catch {
            throw .system(reason: error.description)
        }
    }

    /// Waits until an event's answer was handed on, or half a minute.
    private func wait(for eventID: EventID, _ dispatcher: Dispatcher) throws(DispatcherError) {
        let end = node.clock.monotonicNanoseconds() &+ 30_000_000_000
        while node.clock.monotonicNanoseconds() < end {
            switch try dispatcher.state(of: eventID) {
            case .delivered, .failed, nil: return
            case .waiting, .finished: PlatformThread.nap(nanoseconds: 5_000_000)
            }
        }
    }
}
