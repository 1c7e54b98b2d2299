internal import ComponentHost
internal import Dispatcher
internal import Encoding
internal import Ethereum
internal import HTTP
internal import Platform
internal import Synchronization

/// What a node says of itself.
struct NodeStatus: Sendable {
    let node: OperatorNode

    /// The configuration without anything secret: endpoints are named by scheme, host and port.
    var configuration: JSONValue {
        let configuration = node.configuration
        var chains = JSONObject()
        for (key, chain) in configuration.chains {
            chains[Text(key)] =
                switch chain {
                case .evm(let chainID, let endpoints, let webSockets):
                    JSONForm.object([
                        "type": JSONForm.text("evm"), "chain_id": JSONForm.text(chainID),
                        "ws_endpoints": .array(webSockets.map(origin)),
                        "http_endpoints": .array(endpoints.map(origin)),
                    ])
                case .cosmos(let chain):
                    JSONForm.object([
                        "type": JSONForm.text("cosmos"), "chain_id": JSONForm.text(chain.chainID),
                        "bech32_prefix": JSONForm.text(chain.bech32Prefix),
                    ])
                }
        }
        let limits = configuration.limits
        return JSONForm.object([
            "host": JSONForm.text(configuration.adminAddress.host),
            "port": JSONForm.number(Int(node.adminPort)), "chains": .object(chains),
            "dev_endpoints_enabled": .boolean(configuration.areDevelopmentPathsEnabled),
            "bearer_token_required": .boolean(configuration.tokenFile != nil),
            "limits": JSONForm.object([
                "services": JSONForm.number(limits.servicesMax),
                "gas": JSONForm.number(limits.gasMax), "fee_wei": JSONForm.text("\(limits.feeMax)"),
                "fuel": JSONForm.number(limits.callsMax.fuel),
                "call_ms": JSONForm.number(limits.callsMax.milliseconds),
                "memory_bytes": JSONForm.number(limits.callsMax.memoryBytes),
                "confirmations": JSONForm.number(limits.confirmationCount),
            ]),
        ])
    }

    private func origin(_ url: String) -> JSONValue { JSONForm.text(JSONRPCClient.origin(of: url)) }

    /// Version, public keys, services, queues, sources and chain heights.
    func info() throws(OperatorError) -> JSONValue {
        let seconds = (node.clock.wallNanoseconds() - node.startedNanoseconds) / 1_000_000_000
        var services: [JSONValue] = []
        for entry in node.registry.all {
            services.append(
                JSONForm.object([
                    "service_id": JSONForm.text(entry.id),
                    "name": JSONForm.text(entry.service.name),
                    "manager": ServiceCodec.value(of: entry.service.manager),
                    "status": JSONForm.text(
                        entry.service.status == .active ? "active" : "paused"
                    ), "uri": JSONForm.text(entry.uri),
                    "hd_index": JSONForm.number(Int(entry.keyIndex)),
                    "signer": JSONForm.text(try node.keys.key(entry.keyIndex).address.description),
                ])
            )
        }
        let count = node.registry.all.count
        return JSONForm.object([
            "message": JSONForm.text("parallax operator node with \(count) services"),
            "version": JSONForm.text(OperatorNode.version), "wavs": JSONForm.text("2.6.0"),
            "uptime_seconds": JSONForm.number(seconds),
            "payer": JSONForm.text(node.keys.payer.address.description),
            "services": .array(services), "chains": try chains(), "dispatcher": dispatcher,
            "sources": streams,
        ])
    }

    private func chains() throws(OperatorError) -> JSONValue {
        var chains = JSONObject()
        for aggregator in node.chainAggregators {
            let inbox = aggregator.inbox.withLock { $0 }
            let endpoints = aggregator.contracts.node.client.health.map { health in
                JSONForm.object([
                    "endpoint": JSONForm.text(health.endpoint), "is_good": .boolean(health.isGood),
                    "failure": JSONForm.text(health.failure),
                ])
            }
            chains[Text(aggregator.chain)] = JSONForm.object([
                "height": JSONForm.number(inbox.height), "endpoints": .array(endpoints),
                "received_waiting": JSONForm.number(inbox.submissions.count),
                "received_refused": JSONForm.number(inbox.refusedCount),
                "received_dropped": JSONForm.number(inbox.droppedCount),
                "transactions_waiting": JSONForm.number(try aggregator.outbox.waitingCount()),
                "queues_active": JSONForm.number(
                    try aggregator.queue.activeCount(aggregator.chain)
                ),
                "failure": JSONForm.text(inbox.failure),
            ])
        }
        return .object(chains)
    }

    private var dispatcher: JSONValue {
        guard let health = node.dispatcher?.health else { return .null }
        return JSONForm.object([
            "waiting": JSONForm.number(health.waiting),
            "undelivered": JSONForm.number(health.undelivered),
            "accepted": JSONForm.number(health.totals.accepted),
            "duplicates": JSONForm.number(health.totals.duplicates),
            "finished": JSONForm.number(health.totals.finished),
            "failed": JSONForm.number(health.totals.failed),
            "delivered": JSONForm.number(health.totals.delivered),
            "last_error": JSONForm.text(health.lastError),
        ])
    }

    /// Each source of triggers.
    var streams: JSONValue {
        .array(
            (node.triggers?.statuses ?? []).map { status in
                JSONForm.object([
                    "name": JSONForm.text(status.name), "is_connected": .boolean(status.isGood),
                    "detail": JSONForm.text(status.detail),
                ])
            }
        )
    }

    /// Whether the other nodes can be reached, in the shape of WAVS.
    var peers: JSONValue {
        let exchange = node.exchange
        let topics = (exchange?.services ?? []).map { JSONForm.text("wavs/\($0)/topic/v1") }
        return JSONForm.object([
            "enabled": .boolean(exchange != nil), "local_peer_id": .null,
            "listen_addresses": .array([]), "external_addresses": .array([]),
            "connected_peers": JSONForm.number(exchange?.isConnected == true ? 1 : 0),
            "peer_ids": .array([]), "subscribed_topics": .array(topics),
            "topic_peer_counts": .object(JSONObject()),
        ])
    }

    /// How each subsystem, chain and source is; the node is good if its own parts are, whatever the chains do.
    var health: (document: JSONValue, isGood: Bool) {
        var chains = JSONObject()
        for aggregator in node.chainAggregators {
            let state = aggregator.inbox.withLock { $0 }
            let bad = aggregator.contracts.node.client.health.first { !$0.isGood }
            let failure = state.failure ?? (state.height == nil ? bad?.failure : nil)
            chains[Text(aggregator.chain)] =
                failure.map { failure in
                    TriggerCodec.tagged("unhealthy", ["error": JSONForm.text(failure)])
                } ?? JSONForm.text("healthy")
        }
        let isRunning = node.dispatcher != nil
        let error = node.dispatcher?.health.lastError
        let isStored = isStoreGood
        let document = JSONForm.object([
            "timestamp": JSONForm.number(node.clock.wallNanoseconds() / 1_000_000_000),
            "chains": .object(chains),
            "subsystems": JSONForm.object([
                "store": JSONForm.text(isStored ? "healthy" : "the database does not answer"),
                "dispatcher": JSONForm.text(isRunning ? error ?? "healthy" : "not started"),
                "journal": JSONForm.text(
                    node.journal.droppedCount == 0
                        ? "healthy" : "\(node.journal.droppedCount) notes were dropped"
                ),
                "peers": JSONForm.text(
                    node.exchange.map { $0.isConnected ? "healthy" : "not connected" } ?? "none"
                ),
            ]), "sources": streams,
        ])
        return (document, isStored && isRunning)
    }

    private var isStoreGood: Bool {
        do throws(OperatorError) {
            for aggregator in node.chainAggregators { _ = try aggregator.outbox.waitingCount() }
            return true
        } catch {
            return false
        }
    }
}
