public import ComponentHost
public import Cryptography
internal import Encoding
internal import Platform

/// A component that judges claims in the sandbox: its own instance for each, without files, network and clock.
///
/// It answers a `raw` trigger with one response whose payload is canonical JSON: `accepted`, and where that is
/// false `reason`.
public struct ComponentProgram: EvidenceProgram {
    /// What it judges.
    public let claim: String
    /// The SHA-256 of the component.
    public let digest: SHA256.Digest

    private let component: Component
    private let limits: CallLimits

    /// Compiles a component.
    ///
    /// - Parameters:
    ///   - wasm: Its bytes.
    ///   - claim: What it judges.
    ///   - engine: A deterministic engine.
    ///   - limits: What one judgement may use.
    /// - Throws: `sandbox`.
    public init(
        _ wasm: [UInt8],
        claim: String,
        engine: ComponentEngine,
        limits: CallLimits = CallLimits(fuel: 2_000_000_000, milliseconds: 2_000)
    ) throws(AttestorError) {
        self.claim = claim
        self.limits = limits
        digest = unsafe wasm.withUnsafeBytes { bytes in
            AcceleratedSHA256.hash(of: unsafe bytes.bytes)
        }
        do throws(ComponentError) {
            component = try engine.component(wasm)
        } catch {
            throw .sandbox(error)
        }
    }

    /// Judges a claim.
    public func judge(_ input: [UInt8]) -> EvidenceVerdict {
        let action = TriggerAction(
            configuration: TriggerConfiguration(
                serviceID: claim,
                workflowID: "default",
                trigger: .manual
            ),
            data: .raw(input)
        )
        let responses: [WasmResponse]
        do throws(ComponentError) {
            responses = try component.run(action, HostContext(), limits)
        } catch {
            return .unavailable("\(error)")
        }
        guard responses.count == 1, let answer = Self.object(responses[0].payload) else {
            return .unavailable("the program gave no answer that can be read")
        }
        if answer["accepted"] == .boolean(true) { return .accepted }
        guard answer["accepted"] == .boolean(false) else {
            return .unavailable("the program does not say whether it accepts")
        }
        return .refused(answer["reason"]?.string?.string ?? "the program gives no reason")
    }

    private static func object(_ payload: [UInt8]) -> JSONObject? {
        do throws(JSONError) {
            return try JSONValue(decodingCanonical: payload).object
        } catch {
            return nil
        }
    }
}
