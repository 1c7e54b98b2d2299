internal import MessageBus
internal import Platform
internal import Synchronization

/// Publishes events into streams of NATS JetStream: each once, and in order.
///
/// Every message names the sequence that the stream must have before it, so a message that is lost on its way stops those
/// behind it, and a second writer is noticed. After any trouble the stream is asked for its last message; its
/// identifier says where to go on. So nothing depends on how long the server remembers identifiers. Each message
/// has `Nats-Msg-Id` (source, then the identifier), which also lets consumers drop repetitions.
///
/// One thread may publish.
public final class JetStreamBus: EventBus {
    /// Where a stream ends.
    private struct Head {
        var sequence: UInt64
        /// The last message that this source has put there; none if there is none.
        var last: EventMessage.Identifier?
    }

    private struct State {
        var connection: JetStreamConnection?
        var heads: [String: Head] = [:]
        /// No message of this source is about a later command.
        var journalEnd: UInt64
    }

    private let configuration: JetStreamConfiguration
    private let clock = LinuxClock()
    private let state: Mutex<State>

    /// Describes the bus; nothing is connected before something is published.
    ///
    /// - Parameters:
    ///   - configuration: Where events go.
    ///   - journalEnd: The last command of the journal when the venue started: a stream that knows a later one was
    ///     made from another journal.
    public init(_ configuration: JetStreamConfiguration, journalEnd: UInt64) {
        self.configuration = configuration
        state = Mutex(State(journalEnd: journalEnd))
    }

    /// Publishes messages; see `EventBus.publish`.
    public func publish(_ messages: [EventMessage]) throws(EventBusError) {
        guard let last = messages.last else { return }
        state.withLock { state in
            state.journalEnd = max(state.journalEnd, last.identifier.sequence)
        }
        for message in messages
        where !configuration.streams.contains(where: { $0.keeps(message.subject) }) {
            throw .failed("no stream is configured for the subject \(message.subject)")
        }
        for stream in configuration.streams {
            let own = messages.filter { stream.keeps($0.subject) }
            if !own.isEmpty { try publish(own, into: stream) }
        }
    }

    /// Ends the connection; see `EventBus.close`.
    public func close() {
        state.withLock { state in
            state.connection = nil
            state.heads = [:]
        }
    }

    /// Publishes into one stream, with as many rounds as patience allows.
    private func publish(
        _ messages: [EventMessage],
        into stream: JetStreamStream
    ) throws(EventBusError) {
        let patience = UInt64(configuration.patienceMilliseconds) * 1_000_000
        let end = clock.monotonicNanoseconds() + patience
        var pauseMilliseconds: UInt64 = 10
        while true {
            do throws(JetStreamTrouble) {
                let connection = try connect()
                var head = try self.head(of: stream, connection)
                let rest = messages.filter { message in
                    head.last.map { last in last < message.identifier } ?? true
                }
                try send(rest, &head, stream, connection)
                state.withLock { state in state.heads[stream.name] = head }
                return
            } catch {
                // What the stream has taken is unknown now.
                state.withLock { state in state.heads[stream.name] = nil }
                if error.isLasting { throw .failed("stream \(stream.name): \(error.reason)") }
                guard clock.monotonicNanoseconds() < end else {
                    throw .unavailable("stream \(stream.name): \(error.reason)")
                }
                PlatformThread.nap(nanoseconds: pauseMilliseconds * 1_000_000)
                pauseMilliseconds = min(2 * pauseMilliseconds, 500)
            }
        }
    }

    private func connect() throws(JetStreamTrouble) -> JetStreamConnection {
        if let connection = state.withLock({ $0.connection }) { return connection }
        let made: JetStreamConnection
        do throws(EventBusError) {
            made = try JetStreamConnection(configuration)
        } catch {
            if case .failed(let reason) = error {
                throw JetStreamTrouble(reason: reason, isLasting: true)
            }
            throw JetStreamTrouble(reason: error.description)
        }
        state.withLock { state in state.connection = made }
        return made
    }

    /// Sends messages and waits for all acknowledgements, with a bounded number on their way.
    private func send(
        _ messages: [EventMessage],
        _ head: inout Head,
        _ stream: JetStreamStream,
        _ connection: JetStreamConnection
    ) throws(JetStreamTrouble) {
        let round = connection.beginRound(count: messages.count)
        var sentCount = 0
        var doneCount = 0
        while doneCount < messages.count {
            while sentCount < messages.count, sentCount - doneCount < configuration.windowCount {
                let message = messages[sentCount]
                try connection.publish(
                    message,
                    round: round,
                    number: sentCount,
                    headers: [
                        ("Nats-Msg-Id", configuration.source + "/" + message.identifier.text),
                        ("Nats-Expected-Stream", stream.name),
                        ("Nats-Expected-Last-Sequence", String(head.sequence + UInt64(sentCount))),
                    ]
                )
                sentCount += 1
            }
            let sequences = try connection.acknowledged(
                moreThan: doneCount,
                timeoutMilliseconds: configuration.acknowledgementMilliseconds
            )
            for index in doneCount..<sequences.count
            where sequences[index] != head.sequence + UInt64(index) + 1 {
                throw JetStreamTrouble(reason: "the stream had a message already")
            }
            doneCount = sequences.count
        }
        head.sequence += UInt64(messages.count)
        if let last = messages.last { head.last = last.identifier }
    }
}

extension JetStreamBus {
    /// Where a stream ends, which the server is asked for unless it is known.
    private func head(
        of stream: JetStreamStream,
        _ connection: JetStreamConnection
    ) throws(JetStreamTrouble) -> Head {
        if let head = state.withLock({ $0.heads[stream.name] }) { return head }
        let found = try found(stream, connection)
        for subject in stream.subjects where !found.subjects.contains(subject) {
            throw JetStreamTrouble(
                reason:
                    "it is there and does not keep \(subject); change its subjects, or its name here",
                isLasting: true
            )
        }
        guard found.lastSequence > 0 else { return Head(sequence: 0, last: nil) }
        let name: String?
        do throws(JetStreamAnswers.Refusal) {
            let request = JetStreamAnswers.messageRequest(found.lastSequence)
            let body = try ask("STREAM.MSG.GET." + stream.name, request, connection)
            name = try JetStreamAnswers.header("Nats-Msg-Id", of: body)
        } catch {
            // Its last message was removed: then only the cursor says where to go on.
            guard error.code == JetStreamAnswers.Code.messageNotFound else {
                throw JetStreamTrouble(reason: error.description)
            }
            return Head(sequence: found.lastSequence, last: nil)
        }
        return Head(sequence: found.lastSequence, last: try identifier(name))
    }

    /// The identifier of a stream's last message, if it is one of this source and this journal.
    private func identifier(
        _ name: String?
    ) throws(JetStreamTrouble) -> EventMessage.Identifier {
        let prefix = configuration.source + "/"
        guard let name, name.hasPrefix(prefix),
            let last = EventMessage.Identifier(name.dropFirst(prefix.count))
        else {
            throw JetStreamTrouble(
                reason: "its last message is \(name ?? "no event"), not one of "
                    + "\(configuration.source); use another stream name",
                isLasting: true
            )
        }
        let end = state.withLock { $0.journalEnd }
        guard last.sequence <= end else {
            throw JetStreamTrouble(
                reason:
                    "it has command \(last.sequence), and the journal ends with \(end), so it was made from "
                    + "another journal; use another stream name",
                isLasting: true
            )
        }
        return last
    }

    /// The stream as the server has it, which is made if it is missing.
    private func found(
        _ stream: JetStreamStream,
        _ connection: JetStreamConnection
    ) throws(JetStreamTrouble) -> JetStreamAnswers.StreamState {
        do throws(JetStreamAnswers.Refusal) {
            do throws(JetStreamAnswers.Refusal) {
                let body = try ask("STREAM.INFO." + stream.name, [], connection)
                return try JetStreamAnswers.streamState(body)
            } catch {
                guard error.code == JetStreamAnswers.Code.streamNotFound else { throw error }
                let request = JetStreamAnswers.creation(
                    of: stream,
                    replicaCount: configuration.replicaCount
                )
                let body = try ask("STREAM.CREATE." + stream.name, request, connection)
                return try JetStreamAnswers.streamState(body)
            }
        } catch {
            throw JetStreamTrouble(
                reason: error.description,
                isLasting: error.code == JetStreamAnswers.Code.subjectsOverlap
            )
        }
    }

    /// Asks the interface of JetStream something.
    private func ask(
        _ subject: String,
        _ body: [UInt8],
        _ connection: JetStreamConnection
    ) throws(JetStreamAnswers.Refusal) -> [UInt8] {
        do throws(JetStreamTrouble) {
            return try connection.request(
                "$JS.API." + subject,
                body,
                timeoutMilliseconds: configuration.acknowledgementMilliseconds
            )
        } catch {
            throw JetStreamAnswers.Refusal(code: 0, description: error.reason)
        }
    }
}
