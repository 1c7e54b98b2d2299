import Encoding
internal import Statements

/// What came out of checking a bundle: every check with its finding, and what the statement says.
public struct Verdict: Equatable, Sendable {
    /// One result for each check, in the order of `Check`.
    public let checks: [CheckResult]
    /// What the statement says if its payload could be read; to be believed only if the verdict holds.
    let statement: Statement?
    /// What is opened to the holder of the bundle, if it could be read.
    let disclosure: Disclosure?

    /// Whether the bundle is good: no check failed, and none was left out that a bundle must pass.
    public var holds: Bool {
        checks.count == Check.allCases.count
            && checks.allSatisfy { result in
                switch (result.outcome, result.check) {
                case (.passed, _): true
                case (.notChecked, .disclosure), (.notChecked, .claim), (.notChecked, .consistency),
                    (.notChecked, .anchors):
                    true
                case (.notChecked, _), (.failed, _): false
                }
            }
    }

    /// The first check that failed; none if all hold.
    public var firstFailure: CheckResult? {
        checks.first { result in result.outcome == .failed }
    }

    /// The result of one check.
    public subscript(check: Check) -> CheckResult { checks[Int(check.rawValue)] }

    /// The verdict as one object of canonical JSON: `checks`, `disclosure`, `statement`, `verified`.
    public var json: [UInt8] {
        var object = JSONObject()
        object["verified"] = .boolean(holds)
        object["checks"] = .array(
            checks.map { result in
                var entry = JSONObject()
                entry["name"] = .string(result.check.name)
                entry["outcome"] = .string(result.outcome.name)
                entry["text"] = .string(result.sentence)
                return .object(entry)
            }
        )
        object["statement"] = Self.tree(statement?.encoded)
        object["disclosure"] = Self.tree(disclosure?.encoded)
        return JSONValue.object(object).canonical
    }

    /// The verdict on a bundle that could not even be looked at, as one object of canonical JSON.
    static func json(error: String) -> [UInt8] {
        var object = JSONObject()
        object["verified"] = .boolean(false)
        object["error"] = .string(Text(error))
        return JSONValue.object(object).canonical
    }

    /// The tree of bytes that were made by encoding.
    private static func tree(_ bytes: [UInt8]?) -> JSONValue? {
        guard let bytes else { return nil }
        do throws(JSONError) {
            return try JSONValue(decodingCanonical: bytes)
        } catch {
            preconditionFailure("an encoded statement is canonical JSON")
        }
    }
}
