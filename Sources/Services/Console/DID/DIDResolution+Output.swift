import Cryptography
import Encoding
import MerkleLog
import Primitives
import Registry
import Statements

extension DIDResolution {
    /// The answer of a DID resolver (W3C DID Resolution), with the proof beside it.
    func json(_ did: OrbitDID) -> String {
        var metadata = JSONObject()
        metadata.add("versionId", String(version))
        metadata.add("updated", updated.nanoseconds)
        if let reason = revocationReason {
            metadata.add("deactivated", true)
            metadata.add("reason", reason.string)
        }
        if let trade {
            metadata.add("trade", trade.trade.rawValue)
            metadata.add(
                "leg",
                did.contract.map { $0.rawValue % 2 == 0 } == true ? "buyer" : "seller"
            )
            metadata.add("instrument", trade.instrument.rawValue)
            metadata.add("price", trade.price.ticks)
            metadata.add("quantity", trade.quantity.lots)
        }
        var resolution = JSONObject()
        resolution.add("contentType", "application/did")
        var proofObject = JSONObject()
        proofObject.add("type", "c2sp.org/tlog-proof@v1")
        proofObject.add("leaf", Base64.standard.encode(leaf))
        proofObject.add("proof", String(decoding: proof.encoded, as: UTF8.self))
        var json = JSONObject()
        json.addEncoded("didDocument", documentJSON ?? "null")
        json.add("didResolutionMetadata", resolution)
        json.add("didDocumentMetadata", metadata)
        json.add("proof", proofObject)
        return json.description
    }

    /// The same for people.
    func lines(_ did: OrbitDID) -> [String] {
        var table = Table()
        table.add("DID", did.description)
        table.add("version", String(version))
        if let reason = revocationReason { table.add("revoked", reason.string) }
        if let document { table.add("controller", document.controller.description) }
        for method in document?.verificationMethods ?? [] {
            table.add("key #" + method.fragment.string, method.controller.description)
        }
        for service in document?.services ?? [] {
            table.add("service #" + service.fragment.string, service.endpoint.string)
        }
        if let trade {
            table.add("trade", String(trade.trade.rawValue))
            table.add("instrument", String(trade.instrument.rawValue))
            table.add("price", trade.price.ticks.grouped)
            table.add("quantity", trade.quantity.lots.grouped)
        }
        table.add("leaf", String(proof.index))
        table.add("log", proof.checkpoint.checkpoint.origin.string)
        table.add("size", String(proof.checkpoint.checkpoint.size))
        table.add("root", proof.checkpoint.checkpoint.root.hex)
        return table.lines
    }

    /// The document's canonical JSON; nil if there is none.
    private var documentJSON: String? {
        guard let document else { return nil }
        let statement = DIDStatement(document: document, version: version, time: updated)
        do {
            let value = try JSONValue(decoding: statement.encoded).object?["document"]
            return value.map { value in String(decoding: value.canonical, as: UTF8.self) }
        } catch {
            preconditionFailure("what was just encoded can be decoded")
        }
    }
}
