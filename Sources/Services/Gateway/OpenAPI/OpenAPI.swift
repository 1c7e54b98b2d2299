internal import Encoding

/// The description of the interface as OpenAPI 3.1.
enum OpenAPI {
    /// The document, as `/openapi.json` serves it.
    static let document: [UInt8] = JSONWriter.object { writer in writer.add("openapi", "3.1.0") }
}
