internal import Cryptography
internal import KeyStore
internal import Statements

extension VenueIdentity {
    /// The leaf of a statement: signed, and encoded as the log has it.
    func leaf(_ statement: Statement) -> [UInt8] {
        switch statement {
        case .trade(let content): leaf(content)
        case .settlement(let content): leaf(content)
        case .rulebook(let content): leaf(content)
        case .did(let content): leaf(content)
        case .revocation(let content): leaf(content)
        case .attestation(let content): leaf(content)
        case .epoch(let content): leaf(content)
        case .keyRotation(let content): leaf(content)
        case .genesis(let content): leaf(content)
        case .report(let content): leaf(content)
        case .dissent(let content): leaf(content)
        case .penalty(let content): leaf(content)
        case .decision(let content): leaf(content)
        case .audit(let content): leaf(content)
        }
    }

    private func leaf<Content: StatementContent>(_ content: Content) -> [UInt8] {
        issuer.leaf(content) { message in sign(message) }
    }
}
