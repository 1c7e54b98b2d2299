public import ComponentHost
public import Dispatcher
internal import Encoding
public import Ethereum

/// One operator's signed response to one event.
public struct Submission: Equatable, Sendable {
    /// What the operator worked on.
    public let action: TriggerAction
    /// What its component answered.
    public let response: WasmResponse
    /// The response's event id.
    public let eventID: EventID
    /// What was signed.
    public let envelope: Envelope
    /// The signature, 65 bytes.
    public let signature: [UInt8]
    /// How it was signed.
    public let signatureKind: SignatureKind

    /// Signs a response.
    package init(
        _ action: TriggerAction,
        _ response: WasmResponse,
        signedBy key: EthereumKey,
        _ kind: SignatureKind
    ) {
        self.action = action
        self.response = response
        eventID = EventIdentity.id(of: action, response)
        envelope = Envelope(eventID: eventID, response: response)
        signature = key.sign(envelope.digest(kind)).bytes
        signatureKind = kind
    }

    private init(
        _ action: TriggerAction,
        _ response: WasmResponse,
        _ signature: [UInt8],
        _ kind: SignatureKind
    ) {
        self.action = action
        self.response = response
        eventID = EventIdentity.id(of: action, response)
        envelope = Envelope(eventID: eventID, response: response)
        self.signature = signature
        signatureKind = kind
    }

    /// Who signed.
    ///
    /// - Throws: `refusedSubmission` when nobody did.
    public func signer() throws(OperatorError) -> EthereumAddress {
        do throws(EthereumError) {
            let signature = try EthereumSignature(bytes: signature)
            return try signature.signer(of: envelope.digest(signatureKind))
        } catch {
            throw .refusedSubmission(reason: error.description)
        }
    }

    /// The key of the bucket that the submission belongs to: all in it have the same envelope.
    var bucket: [UInt8] { envelope.hash }

    /// What an aggregator's component is asked about.
    var aggregatorInput: AggregatorInput {
        AggregatorInput(triggerAction: action, operatorResponse: response)
    }

    // MARK: The form between nodes

    /// Bytes of a submission at most.
    static let bytesMax = 4 << 20

    /// Reads what a peer sent.
    ///
    /// The event's id and the envelope are made anew from the action and the response: what the peer says of them must
    /// be the same.
    ///
    /// - Throws: `badDocument`, `refusedSubmission`.
    package init(decoding bytes: [UInt8]) throws(OperatorError) {
        let reader = FieldReader(
            value: try ServiceCodec.value(bytes, bytesMax: Self.bytesMax),
            path: ""
        )
        _ = try reader.members([
            "trigger_action", "operator_response", "event_id", "envelope", "envelope_signature",
        ])
        let signature = try reader.field("envelope_signature")
        _ = try signature.members(["data", "kind"])
        self.init(
            try Self.action(try reader.field("trigger_action")),
            try Self.response(try reader.field("operator_response")),
            try signature.field("data").octets(countMax: 65),
            try ServiceCodec.signatureKind(try signature.field("kind"))
        )
        let envelope = try reader.field("envelope")
        _ = try envelope.members(["eventId", "ordering", "payload"])
        let said = Envelope(
            eventID: try envelope.field("eventId").hexadecimal(count: 20),
            ordering: try envelope.field("ordering").hexadecimal(count: 12),
            payload: try envelope.field("payload").hexadecimal()
        )
        guard said == self.envelope,
            try reader.field("event_id").hexadecimal(count: 20) == eventID.bytes
        else {
            throw .refusedSubmission(reason: "its envelope is not that of its action and response")
        }
    }

    static func action(_ reader: FieldReader) throws(OperatorError) -> TriggerAction {
        _ = try reader.members(["config", "data"])
        let configuration = try reader.field("config")
        _ = try configuration.members(["service_id", "workflow_id", "trigger"])
        let workflow = try configuration.field("workflow_id")
        guard Names.isWorkflowID(try workflow.text()) else {
            throw workflow.fail("is no workflow's id")
        }
        return TriggerAction(
            configuration: TriggerConfiguration(
                serviceID: try ServiceCodec.digest(try configuration.field("service_id")),
                workflowID: try workflow.text(),
                trigger: try TriggerCodec.trigger(try configuration.field("trigger"))
            ),
            data: try TriggerDataCodec.decode(try reader.field("data"))
        )
    }

    private static func response(_ reader: FieldReader) throws(OperatorError) -> WasmResponse {
        _ = try reader.members(["payload", "ordering", "event_id_salt"])
        return WasmResponse(
            payload: try reader.field("payload").hexadecimal(),
            ordering: try ServiceCodec.optionalNumber(reader, "ordering"),
            eventIDSalt: try ServiceCodec.map(reader.optional("event_id_salt")) {
                (field) throws(OperatorError) in try field.hexadecimal()
            }
        )
    }

    /// The submission in the JSON form in which WAVS nodes tell each other.
    package var encoded: [UInt8] {
        let configuration = action.configuration
        return WideJSON.encode(
            JSONForm.object([
                "trigger_action": JSONForm.object([
                    "config": JSONForm.object([
                        "service_id": JSONForm.text(configuration.serviceID),
                        "workflow_id": JSONForm.text(configuration.workflowID),
                        "trigger": TriggerCodec.encode(configuration.trigger),
                    ]), "data": TriggerDataCodec.encode(action.data),
                ]),
                "operator_response": JSONForm.object([
                    "payload": JSONForm.hexadecimal(response.payload),
                    "ordering": JSONForm.number(response.ordering),
                    "event_id_salt": response.eventIDSalt.map(JSONForm.hexadecimal) ?? .null,
                ]), "event_id": JSONForm.hexadecimal(eventID.bytes),
                "envelope": JSONForm.object([
                    "eventId": JSONForm.hexadecimal(envelope.eventID),
                    "ordering": JSONForm.hexadecimal(envelope.ordering),
                    "payload": JSONForm.hexadecimal(envelope.payload),
                ]),
                "envelope_signature": JSONForm.object([
                    "data": JSONForm.octets(signature),
                    "kind": ServiceCodec.value(of: signatureKind),
                ]),
            ])
        )
    }
}
