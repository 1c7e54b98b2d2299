internal import Encoding
internal import Follower
internal import HTTP
internal import Primitives
internal import Sequencer
internal import Synchronization
internal import Venue

extension Gateway {
    static let venueRoutes: [Route] = [
        Route("GET", "/healthz", nil, showHealth),
        Route("GET", "/readyz", nil, showReadiness),
        Route("GET", "/metrics", nil, showMetrics),
        Route("GET", "/openapi.json", nil, showInterface),
        Route("GET", "/api/v1/venue", nil, showVenue),
        Route("GET", "/api/v1/trust", nil, showTrust),
        Route("GET", "/1.0/identifiers/{did}", nil, resolveDID),
        Route("GET", "/log/checkpoint", nil, showLog),
        Route("GET", "/log/tile/{level}/{a}", nil, showLog),
        Route("GET", "/log/tile/{level}/{a}/{b}", nil, showLog),
        Route("GET", "/log/tile/{level}/{a}/{b}/{c}", nil, showLog),
        Route("GET", "/log/tile/{level}/{a}/{b}/{c}/{d}", nil, showLog),
        Route("GET", "/log/tile/{level}/{a}/{b}/{c}/{d}/{e}", nil, showLog),
    ]

    // MARK: Health

    @Sendable private static func showHealth(_ gateway: Gateway, _ exchange: Exchange) {
        let fault = gateway.parts.sequencer.fault
        exchange.answer(fault == nil ? 200 : 503) { writer in
            writer.add("status", fault == nil ? "ok" : "failed")
        }
    }

    /// Whether the venue takes orders, and why not.
    private func obstacles() -> [String] {
        var list: [String] = []
        if drains { list.append("draining") }
        if parts.sequencer.fault != nil { list.append("journal") }
        if !parts.keys.isReady { list.append("orders") }
        for follower in parts.followers {
            let progress = follower.progress()
            if progress.fault != nil || progress.hasEnded { list.append(follower.name) }
        }
        return list
    }

    @Sendable private static func showReadiness(_ gateway: Gateway, _ exchange: Exchange) {
        let obstacles = gateway.obstacles()
        exchange.answer(obstacles.isEmpty ? 200 : 503) { writer in
            writer.add("status", obstacles.isEmpty ? "ready" : "not_ready")
            writer.add(
                "obstacles",
                array: { writer in for name in obstacles { writer.string(name) } }
            )
        }
    }

    @Sendable private static func showMetrics(_ gateway: Gateway, _ exchange: Exchange) {
        var text = MetricsText()
        gateway.writeVenue(&text)
        gateway.writeOwn(&text)
        exchange.respond(
            .bytes(
                200,
                Array(text.text.utf8),
                [
                    "Content-Type": "text/plain; version=0.0.4; charset=utf-8",
                    "Cache-Control": "no-store",
                ]
            )
        )
    }

    private func writeVenue(_ text: inout MetricsText) {
        let counters = parts.sequencer.counters
        text.add(
            "parallax_commands_accepted_total",
            "counter",
            "Commands that entered the sequencer's queue.",
            counters.accepted
        )
        text.add(
            "parallax_commands_busy_total",
            "counter",
            "Commands that were refused because the queue was full.",
            counters.refusedBusy
        )
        text.add(
            "parallax_commands_durable_total",
            "counter",
            "Commands that became durable.",
            counters.durable
        )
        text.add(
            "parallax_journal_syncs_total",
            "counter",
            "Syncs of the journal.",
            counters.syncs
        )
        text.add(
            "parallax_journal_bytes_total",
            "counter",
            "Bytes written to the journal.",
            counters.bytes
        )
        text.add(
            "parallax_durable_sequence",
            "gauge",
            "The last durable command.",
            parts.sequencer.durableSequence
        )
        text.add(
            "parallax_projection_sequence",
            "gauge",
            "The last command that a projection has taken in.",
            parts.followers.map { follower in
                ("projection=\"\(follower.name)\"", follower.progress().sequence)
            }
        )
    }

    private func writeOwn(_ text: inout MetricsText) {
        text.add(
            "parallax_http_responses_total",
            "counter",
            "Answers to requests, by the class of their status.",
            metrics.responses.map { item in ("status=\"\(item.status)\"", item.count) }
        )
        text.add(
            "parallax_commands_in_flight",
            "gauge",
            "Commands of the gateway that are not durable yet.",
            parts.gate.inFlight
        )
        let opened = metrics.webSocketsOpened.load(ordering: .relaxed)
        let closed = metrics.webSocketsClosed.load(ordering: .relaxed)
        text.add("parallax_websockets", "gauge", "Open WebSockets.", opened - min(closed, opened))
        text.add(
            "parallax_websocket_messages_total",
            "counter",
            "Messages that came over WebSockets.",
            metrics.webSocketMessages.load(ordering: .relaxed)
        )
        text.add(
            "parallax_rate_limited_total",
            "counter",
            "Requests and messages that were refused because they were too many.",
            metrics.rateLimited.load(ordering: .relaxed)
        )
        text.add(
            "parallax_api_key_uses_lost_total",
            "counter",
            "Times when the last use of API keys could not be written down.",
            metrics.unremembered.load(ordering: .relaxed)
        )
    }

    // MARK: The venue

    @Sendable private static func showInterface(_ gateway: Gateway, _ exchange: Exchange) {
        exchange.respond(
            .bytes(
                200,
                OpenAPI.document,
                ["Content-Type": "application/json", "Cache-Control": "public, max-age=300"]
            )
        )
    }

    @Sendable private static func showVenue(_ gateway: Gateway, _ exchange: Exchange) {
        let parts = gateway.parts
        exchange.answer { writer in
            writer.add("venue", parts.venue)
            writer.add("test_funds", parts.hasTestFunds)
            writer.add("log", parts.log != nil)
            writer.add("durable_sequence", digits: parts.sequencer.durableSequence)
            writer.add("server_time", text: { $0.append(contentsOf: gateway.now.rfc3339) })
        }
    }

    @Sendable private static func showTrust(
        _ gateway: Gateway,
        _ exchange: Exchange
    ) throws(APIError) {
        let trust = try gateway.log().trust()
        exchange.respond(.json(200, trust, ["Cache-Control": "no-cache"]))
    }

    @Sendable private static func resolveDID(
        _ gateway: Gateway,
        _ exchange: Exchange
    ) throws(APIError) {
        let (status, body) = try gateway.log().resolve(exchange.parameter("did"))
        let isKept = status == 200 || status == 404 || status == 410
        exchange.respond(
            .bytes(
                status,
                body,
                [
                    "Content-Type":
                        "application/ld+json;profile=\"https://w3id.org/did-resolution\"",
                    "Cache-Control": isKept ? "public, max-age=300" : "no-store",
                    "Access-Control-Allow-Origin": "*",
                ]
            )
        )
    }

    @Sendable private static func showLog(
        _ gateway: Gateway,
        _ exchange: Exchange
    ) throws(APIError) {
        let path = String(exchange.request.path.dropFirst("/log".count))
        let answer = try gateway.log().file(exchange.request, path: path)
        if answer.status == 404 { throw APIError(.notFound, "the log has no such file") }
        exchange.respond(answer)
    }

    private func log() throws(APIError) -> LogDesk {
        guard let log = parts.log else {
            throw APIError(.notFound, "this venue keeps no transparency log")
        }
        return log
    }
}

extension HTTPResponse {
    /// An answer of any bytes.
    static func bytes(
        _ status: Int,
        _ body: [UInt8],
        _ fields: KeyValuePairs<String, String>
    ) -> HTTPResponse {
        HTTPResponse(status: status, headers: HTTPHeaders(fields), body: body)
    }
}
