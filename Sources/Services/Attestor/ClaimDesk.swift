internal import Attestation
internal import Cryptography
internal import Encoding
internal import Platform
internal import Primitives
internal import Statements
internal import Synchronization

/// Judges claims: checks the report against the journal that was followed, and runs the claim's program with
/// this observer's own evidence.
struct ClaimDesk: ~Copyable {
    private struct Waiting {
        var request: ClaimRequest
        var arrivedNanoseconds: UInt64
    }

    /// What is known about a request.
    private enum Judgement {
        case good
        case bad(String)
        /// The journal has not come so far.
        case early
        /// Nothing can be said; the text says why.
        case impossible(String)
    }

    private let configuration: AttestorConfiguration
    private let answers: AttestationAnswers
    private let followed: FollowedState
    private var waiting: [Waiting] = []

    init(
        _ configuration: AttestorConfiguration,
        _ answers: AttestationAnswers,
        _ followed: FollowedState
    ) {
        self.configuration = configuration
        self.answers = answers
        self.followed = followed
    }

    /// Takes a request; the same one again takes the place of the first.
    mutating func take(_ request: ClaimRequest, at nanoseconds: UInt64) {
        if waiting.contains(where: { waiting in waiting.request == request }) { return }
        // The oldest makes room: whoever asked for it asks again if it still matters.
        if waiting.count >= AttestorLimits.requestsMax { waiting.removeFirst() }
        waiting.append(Waiting(request: request, arrivedNanoseconds: nanoseconds))
    }

    /// Answers all that can be answered, and drops what waits too long.
    mutating func work(at nanoseconds: UInt64) throws(AttestorError) {
        guard !waiting.isEmpty else { return }
        let all = waiting
        waiting.removeAll(keepingCapacity: true)
        for item in all {
            let attested = Attested.claim(item.request.statement)
            switch try judge(item.request) {
            case .good: try answers.vote(for: attested)
            case .bad(let reason): try answers.dissent(from: attested, reason)
            case .impossible(let reason): answers.report(.unanswered(attested.slot, reason))
            case .early:
                let age = nanoseconds - item.arrivedNanoseconds
                if age < AttestorLimits.requestNanoseconds {
                    waiting.append(item)
                } else {
                    answers.report(
                        .unanswered(
                            attested.slot,
                            "its report has not come with the journal in time"
                        )
                    )
                }
            }
        }
    }

    private func judge(_ request: ClaimRequest) throws(AttestorError) -> Judgement {
        let statement = request.statement
        let (filed, sandbox, divergence) = followed.state.withLock { state in
            (
                state.documents.report(statement.trade, revision: statement.revision),
                state.sandbox, state.divergence
            )
        }
        if let divergence { return .bad(divergence) }
        guard SHA256.hash(of: request.report) == statement.report else {
            return .bad("the report is not the one that the claim names")
        }
        guard let filed, let sandbox else { return .early }
        guard filed == statement.report else {
            return .bad("another report was filed for this claim")
        }
        let report: ReportStatement
        do throws(StatementError) {
            report = try ReportStatement(decoding: request.report)
        } catch {
            return .bad("the report is malformed: \(error)")
        }
        guard report.venue == statement.venue, report.trade == statement.trade,
            report.revision == statement.revision, report.claim == statement.claim
        else { return .bad("the report is about something else than the claim") }
        let contract: SandboxContract?
        do throws(AttestorError) {
            contract = try sandbox.contract(statement.trade)
        } catch {
            // Following begins again, and another sandbox will know.
            return .early
        }
        guard let contract else {
            return .bad("no contract of this trade waits for its settlement")
        }
        if let reason = Self.outside(contract, report.details) { return .bad(reason) }
        return judge(report, statement)
    }

    /// Why a report's window is not within the contract's; nothing if it is.
    private static func outside(_ contract: SandboxContract, _ details: JSONObject) -> String? {
        guard let window = ClaimEvidenceSource.window(of: details) else {
            return "the report names no window"
        }
        guard window.start >= contract.windowStart.nanoseconds,
            window.end <= contract.windowEnd.nanoseconds
        else { return "the service was rendered outside of the contract's window" }
        return nil
    }

    private func judge(_ report: ReportStatement, _ statement: ClaimStatement) -> Judgement {
        let name = statement.claim.string
        let program = configuration.programs.first { program in
            program.claim == name && program.digest == statement.component
        }
        guard let program else {
            guard configuration.programs.contains(where: { program in program.claim == name })
            else {
                return .impossible("this observer has no program for \(name)")
            }
            return .bad("the claim names another program for \(name) than this observer has")
        }
        let input = configuration.evidence.input(
            for: report.details,
            isWrong: configuration.misbehaviour.hasWrongEvidence
        )
        switch input {
        case .missing(let what): return .bad(what)
        case .ready(let bytes):
            switch program.judge(bytes) {
            case .accepted: return .good
            case .refused(let reason): return .bad(reason)
            case .unavailable(let reason): return .impossible(reason)
            }
        }
    }
}
