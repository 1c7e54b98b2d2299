import Attestation
import Cryptography
import Encoding
import HTTP
import KeyCeremony
import Primitives
import Statements
import Venue

extension ControlServer {
    static func penalise(_ body: [UInt8], _ venue: VenueCommittee) -> HTTPResponse {
        guard let members = members(of: body), let text = members["evidence"]?.string,
            let evidence = decoded(text), members["account"] == nil || account(in: members) != nil
        else { return refusal(400, "write {\"evidence\": base64, \"account\": \"7\"}") }
        do throws(SeatRefusal) {
            let penalty = try venue.penalise(evidence: evidence, account: account(in: members))
            var object = JSONObject()
            object.add("seat", penalty.index)
            object.add("fault", penalty.fault.text.string)
            object.add("rate", penalty.rate)
            object.add("status", penalty.status.name.string)
            object.add("evidence", penalty.evidence.hex)
            return success(object)
        } catch {
            return refusal(422, error.reason)
        }
    }

    static func changeBond(_ body: [UInt8], _ venue: VenueCommittee) -> HTTPResponse {
        guard let members = members(of: body), let account = account(in: members),
            let asset = number(members["asset"]).flatMap(UInt32.init(exactly:)),
            let amount = number(members["amount"]), amount > 0,
            case .boolean(let isReleased)? = members["release"] ?? .boolean(false),
            members["seat"] == nil || seat(in: members) != nil
        else {
            return refusal(
                400,
                "write {\"account\": \"7\", \"asset\": \"1\", \"amount\": \"1000\", "
                    + "\"release\": false, \"seat\": \"3\"}"
            )
        }
        do throws(SeatRefusal) {
            let bond = try venue.changeBond(
                Transfer(account: account, asset: AssetID(asset), amount: Amount(amount)),
                isReleased: isReleased,
                for: seat(in: members)
            )
            var object = JSONObject()
            object.add("bond", String(bond))
            return success(object)
        } catch {
            return refusal(422, error.reason)
        }
    }

    static func rotate(_ body: [UInt8], _ venue: VenueCommittee) -> HTTPResponse {
        do {
            var (file, override): ([UInt8], RotationOverride?) = (body, nil)
            if let members = members(of: body), let committee = members["committee"] {
                file = committee.canonical
                guard let by = members["by"]?.string, let reason = members["override"]?.string,
                    isLine(by), isLine(reason)
                else {
                    return refusal(
                        400,
                        "write {\"committee\": {…}, \"override\": \"…\", \"by\": \"…\"}, one line each"
                    )
                }
                override = RotationOverride(by: by, reason: reason)
            }
            let rotation = try venue.rotate(to: CommitteeFile(decoding: file), override)
            var object = JSONObject()
            object.add("renewed", rotation.renewed.count)
            object.add("needed", rotation.needed)
            return success(object)
        } catch let error as SeatRefusal {
            return refusal(422, error.reason)
        } catch {
            return refusal(400, "\(error)")
        }
    }

    /// Answers about an interval that waits for its quorum.
    static func decide(
        about number: JSONValue,
        _ members: Encoding.JSONObject,
        _ venue: VenueCommittee
    ) -> HTTPResponse {
        guard let interval = Self.number(number), interval < 1 << 63,
            let decision = members["decision"]?.string.flatMap(IntervalDecision.init),
            let by = members["by"]?.string, let reason = members["reason"]?.string,
            isLine(by), isLine(reason)
        else {
            return refusal(
                400,
                "write {\"interval\": \"7\", \"decision\": \"retry|acknowledge\", "
                    + "\"by\": \"…\", \"reason\": \"…\"}, one line each"
            )
        }
        do throws(SeatRefusal) {
            try venue.decide(about: interval, decision, by: by, reason: reason)
            return success(JSONObject())
        } catch {
            return refusal(422, error.reason)
        }
    }

    private static func decoded(_ text: Text) -> [UInt8]? {
        do { return try Base64.standard.decode(text.string) } catch { return nil }
    }

    private static func account(in members: Encoding.JSONObject) -> AccountID? {
        number(members["account"]).flatMap(UInt32.init(exactly:)).map { AccountID($0) }
    }

    private static func seat(in members: Encoding.JSONObject) -> UInt32? {
        number(members["seat"]).flatMap(UInt32.init(exactly:))
    }

    private static func number(_ value: JSONValue?) -> UInt64? {
        (value?.string?.string).flatMap { text in UInt64(text) }
    }
}
