internal import Cryptography
internal import Encoding
public import MerkleLog
public import Statements

/// Makes the file in which a counterparty keeps what it trusts: keys, and who must have witnessed.
///
/// It is worth what the way is worth on which it came; a venue that hands it over with a bundle only
/// vouches for itself.
public enum TrustFile {
    /// The file, canonical JSON.
    ///
    /// - Parameters:
    ///   - venue: The venue.
    ///   - venueKeys: The keys that sign its statements, 32 bytes each.
    ///   - logKeys: The keys that sign its checkpoints.
    ///   - groupKey: The committee's key, 96 bytes.
    ///   - witnesses: Further lines of the policy, the last of them `quorum NAME`; none if nobody must have
    ///     witnessed.
    /// - Returns: The bytes of the file.
    public static func encode(
        venue: VenueName,
        venueKeys: [[UInt8]],
        logKeys: [NoteVerifierKey],
        groupKey: [UInt8],
        witnesses: [String] = []
    ) -> [UInt8] {
        var policy = logKeys.map { key in "log " + key.vkey.string }
        policy += witnesses.isEmpty ? ["quorum none"] : witnesses
        let keys = venueKeys.map { key in JSONValue.string(Text(Hex.encode(key))) }
        let members = [
            JSONObject.Member("groupKey", .string(Text(Hex.encode(groupKey)))),
            JSONObject.Member("issuer", .string(venue.did.text)),
            JSONObject.Member("issuerKeys", .array(keys)),
            JSONObject.Member("policy", .string(Text(policy.joined(separator: "\n") + "\n"))),
            JSONObject.Member("venue", .string(venue.text)),
        ]
        guard let object = JSONObject(members) else { preconditionFailure("the names differ") }
        return JSONValue.object(object).canonical
    }
}
