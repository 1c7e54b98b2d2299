import Cryptography
import Encoding
import Primitives
import Statements
import Venue

// What the statement itself says, and who says it.

extension Examination {
    mutating func checkPayload(_ envelope: TransparentStatement) throws(Finding) -> String {
        let statement: Statement
        do throws(StatementError) {
            statement = try Statement(decoding: envelope.statement.payload)
        } catch {
            throw .failed(error.description)
        }
        self.statement = statement
        if let venue = statement.venue, venue != trust.venue {
            throw .failed(
                "it is of the venue \(venue.description), not of \(trust.venue.description)"
            )
        }
        return "a \(statement.type.name.string) statement in canonical form"
    }

    func checkEnvelope(_ envelope: TransparentStatement) throws(Finding) -> String {
        let signed = envelope.statement
        guard signed.algorithm.isEdDSA else {
            throw .failed("the algorithm \(signed.algorithm.rawValue) is not Ed25519")
        }
        guard signed.issuer == trust.venue.did.text else {
            throw .failed(
                "the issuer is \(signed.issuer.string), not \(trust.venue.did.description)"
            )
        }
        let key = trust.issuerKeys.first { key in
            signed.keyID == StatementIssuer.keyID(of: key.bytes)
        }
        guard let key else { throw .failed("the key that it names is none of the issuer's") }
        let verifier = verifier
        let isSigned = signed.message.isValid { message, signature in
            verifier(signature, message, key)
        }
        guard isSigned else { throw .failed("the issuer's key did not sign the statement") }
        guard let statement else {
            throw .failed("signed, but its header cannot be compared: the payload is not readable")
        }
        do throws(StatementError) {
            try statement.checkHeader(of: signed, issuer: trust.venue.did)
        } catch {
            throw .failed(error.description)
        }
        return "signed by \(trust.venue.did.description) about \(signed.subject.string)"
    }

    mutating func checkDisclosure(_ envelope: TransparentStatement) throws(Finding) -> String {
        guard let bytes = envelope.disclosure else {
            throw .notChecked("the bundle opens neither side's account")
        }
        let disclosure: Disclosure
        do throws(StatementError) {
            disclosure = try Disclosure(decoding: bytes)
        } catch {
            throw .failed("what is opened is malformed: \(error.description)")
        }
        guard case .trade(let trade) = statement else {
            throw .failed("something is opened, and the statement is not of a trade")
        }
        guard disclosure.trade == trade.trade else {
            throw .failed("what is opened is of trade \(disclosure.trade.rawValue)")
        }
        let name = disclosure.side == .buy ? "buyer" : "seller"
        let party = disclosure.side == .buy ? trade.buyer : trade.seller
        guard disclosure.commitment == party.account else {
            throw .failed("what is opened is not what the statement commits to for the \(name)")
        }
        self.disclosure = disclosure
        return "the \(name)'s account is \(disclosure.account.rawValue)"
    }

    static func checkAnchors(_ envelope: TransparentStatement) throws(Finding) -> String {
        guard let anchors = envelope.anchors else {
            throw .failed("the bundle does not say whether the log is anchored")
        }
        guard anchors.isEmpty else { throw .failed("anchors are not supported yet") }
        throw .notChecked("not anchored")
    }
}
