import Cryptography
import Encoding
import Primitives
import Statements
import Venue

extension Samples {
    static let claimedTrade = TradeID(1 << 54 - 1)

    static func claimStatement() throws -> ClaimStatement {
        ClaimStatement(
            venue: try venue(),
            epoch: 3,
            trade: claimedTrade,
            revision: 255,
            claim: "downlink_completed",
            component: SHA256.hash(of: [1]),
            report: SHA256.hash(of: [2]),
            time: time,
            rosterHash: SHA256.hash(of: [3])
        )
    }

    static func report(details: JSONObject = JSONObject()) throws -> ReportStatement {
        ReportStatement(
            venue: try venue(),
            trade: claimedTrade,
            revision: 0,
            claim: "downlink_completed",
            details: details,
            time: time
        )
    }

    static func dissent(slot: AttestedSlot) throws -> DissentStatement {
        DissentStatement(
            venue: try venue(),
            epoch: 3,
            index: 12,
            slot: slot,
            digest: SHA256.hash(of: [4]),
            reason: "the satellite never rises over \"Kiruna\"",
            time: time,
            keyID: [UInt8](repeating: 9, count: 8),
            signature: [UInt8](repeating: 7, count: 64)
        )
    }

    static func penalty(_ fault: SeatFault, _ status: SeatStatus) throws -> PenaltyStatement {
        PenaltyStatement(
            venue: try venue(),
            epoch: 3,
            index: 1,
            did: try OrbitDID(parsing: "did:orbit:observer:orbit-1.example:o1"),
            fault: fault,
            evidence: SHA256.hash(of: [5]),
            rate: fault.penaltyRate,
            status: status,
            until: Timestamp(UInt64.max),
            time: time
        )
    }

    static func decision(_ decision: ContractDecision) throws -> DecisionStatement {
        DecisionStatement(
            venue: try venue(),
            trade: TradeID(UInt64.max / 2),
            decision: decision,
            decidedBy: "A. Person, on duty",
            reason: "three observers have no orbit data of this day",
            time: time
        )
    }

    static func audit() throws -> AuditStatement {
        AuditStatement(
            venue: try venue(),
            event: "cross_tenant.read",
            requestor: "regulator-7",
            reason: "inquiry 2026/12, \"wash trades\"",
            record: SHA256.hash(of: [6]),
            time: time
        )
    }

    /// The statements about services, and about those who attest them.
    static func services() throws -> [Statement] {
        var statements: [Statement] = [
            .report(try report()),
            .dissent(try dissent(slot: .interval(1 << 63 - 1))),
            .dissent(try dissent(slot: .claim(claimedTrade, revision: 255))),
            .attestation(
                AttestationStatement(
                    venue: try venue(),
                    number: AttestedSlot.claim(TradeID(1), revision: 0).rawValue,
                    certificate: [],
                    time: time
                )
            ),
        ]
        statements.append(.audit(try audit()))
        for fault in SeatFault.allCases {
            statements.append(.penalty(try penalty(fault, .removed)))
        }
        for status in SeatStatus.allCases {
            statements.append(.penalty(try penalty(.sanction, status)))
        }
        for decided in ContractDecision.allCases {
            statements.append(.decision(try decision(decided)))
        }
        return statements
    }
}
