public import Encoding

/// Which keys and services belong to a DID (W3C DID 1.0 §5), as far as this registry has them.
public struct DIDDocument: Equatable, Sendable {
    /// A key.
    public struct VerificationMethod: Equatable, Sendable {
        /// The form of a key.
        public enum Material: Equatable, Sendable {
            /// W3C Multikey.
            case multikey(Multikey)
            /// A JSON Web Key (RFC 7517) without private members.
            case jsonWebKey(JSONObject)
        }

        /// The name of the key inside the document: the part of its id behind `#`.
        public var fragment: Text
        /// Who controls the key.
        public var controller: OrbitDID
        /// The key itself.
        public var material: Material

        /// Makes a method of its parts.
        public init(fragment: Text, controller: OrbitDID, material: Material) {
            self.fragment = fragment
            self.controller = controller
            self.material = material
        }
    }

    /// Where something can be had.
    public struct Service: Equatable, Sendable {
        /// The name of the service inside the document: the part of its id behind `#`.
        public var fragment: Text
        /// What kind of service it is.
        public var type: Text
        /// Its URL.
        public var endpoint: Text

        /// Makes a service of its parts.
        public init(fragment: Text, type: Text, endpoint: Text) {
            self.fragment = fragment
            self.type = type
            self.endpoint = endpoint
        }
    }

    /// The terms that documents use; always these two.
    static var contexts: [Text] {
        ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"]
    }

    /// Whose document it is.
    public var id: OrbitDID
    /// Who may change it.
    public var controller: OrbitDID
    /// The keys, each with a fragment of its own.
    public var verificationMethods: [VerificationMethod]
    /// The fragments of the keys that make statements in the DID's name; each is one of the document's.
    public var assertionMethods: [Text]
    /// The services, each with a fragment of its own.
    public var services: [Service]

    /// Makes a document of its parts.
    public init(
        id: OrbitDID,
        controller: OrbitDID,
        verificationMethods: [VerificationMethod] = [],
        assertionMethods: [Text] = [],
        services: [Service] = []
    ) {
        self.id = id
        self.controller = controller
        self.verificationMethods = verificationMethods
        self.assertionMethods = assertionMethods
        self.services = services
    }
}

extension CanonicalWriter {
    /// Writes a document.
    mutating func document(_ document: DIDDocument) {
        beginObject()
        name("@context")
        beginArray()
        for context in DIDDocument.contexts { plain(context) }
        endArray()
        if !document.assertionMethods.isEmpty {
            name("assertionMethod")
            beginArray()
            for fragment in document.assertionMethods { url(document.id, fragment) }
            endArray()
        }
        member("controller", did: document.controller)
        member("id", did: document.id)
        if !document.services.isEmpty {
            name("service")
            beginArray()
            for service in document.services {
                beginObject()
                name("id")
                url(document.id, service.fragment)
                member("serviceEndpoint", text: service.endpoint)
                member("type", text: service.type)
                endObject()
            }
            endArray()
        }
        if !document.verificationMethods.isEmpty {
            name("verificationMethod")
            beginArray()
            for method in document.verificationMethods { verificationMethod(method, of: document) }
            endArray()
        }
        endObject()
    }

    private mutating func verificationMethod(
        _ method: DIDDocument.VerificationMethod,
        of document: DIDDocument
    ) {
        beginObject()
        member("controller", did: method.controller)
        name("id")
        url(document.id, method.fragment)
        switch method.material {
        case .multikey(let key):
            member("publicKeyMultibase", plain: key.text)
            member("type", plain: "Multikey")
        case .jsonWebKey(let key):
            name("publicKeyJwk")
            value(.object(key))
            member("type", plain: "JsonWebKey")
        }
        endObject()
    }

    /// Writes the URL of a part of a document: its DID, `#` and the part's fragment.
    private mutating func url(_ did: OrbitDID, _ fragment: Text) {
        plain(Text(utf8: did.text.utf8 + [UInt8(ascii: "#")] + fragment.utf8) ?? "")
    }
}

extension ObjectReader {
    /// Reads the whole object as a document.
    mutating func document() throws(StatementError) -> DIDDocument {
        let count = 1...StatementLimits.documentItemsMax
        guard try texts("@context", count: count) == DIDDocument.contexts else {
            throw invalid("@context", "the list of the two contexts of documents")
        }
        var document = DIDDocument(id: try did("id"), controller: try did("controller"))
        if has("verificationMethod") {
            for item in try array("verificationMethod", count: count) {
                var object = try ObjectReader(item.value, path: item.path)
                let method = try object.verificationMethod(of: document.id)
                let names = document.verificationMethods.map { method in method.fragment }
                guard !names.contains(method.fragment) else {
                    throw object.invalid("id", "an id of its own")
                }
                document.verificationMethods.append(method)
            }
        }
        if has("assertionMethod") {
            let names = document.verificationMethods.map { method in method.fragment }
            for item in try array("assertionMethod", count: count) {
                let fragment = item.value.string.flatMap { url in
                    Self.fragment(of: url, in: document.id)
                }
                guard let fragment, names.contains(fragment),
                    !document.assertionMethods.contains(fragment)
                else {
                    throw .invalidMember(
                        path: Self.text(item.path),
                        expected: "the id of one of the keys, once"
                    )
                }
                document.assertionMethods.append(fragment)
            }
        }
        if has("service") {
            for item in try array("service", count: count) {
                var object = try ObjectReader(item.value, path: item.path)
                let service = try object.service(of: document.id)
                let names = document.services.map { service in service.fragment }
                guard !names.contains(service.fragment) else {
                    throw object.invalid("id", "an id of its own")
                }
                document.services.append(service)
            }
        }
        try requireEnd()
        return document
    }

    private mutating func verificationMethod(
        of id: OrbitDID
    ) throws(StatementError) -> DIDDocument.VerificationMethod {
        let type = try text("type")
        let material: DIDDocument.VerificationMethod.Material
        if type == "Multikey" {
            material = .multikey(try Multikey(text("publicKeyMultibase")))
        } else if type == "JsonWebKey" {
            guard let key = try value("publicKeyJwk").object, key["kty"]?.string != nil else {
                throw invalid("publicKeyJwk", "a JSON Web Key")
            }
            for name in ["d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"] as [Text] {
                guard key[name] == nil else {
                    throw invalid("publicKeyJwk", "a key without private members")
                }
            }
            material = .jsonWebKey(key)
        } else {
            throw invalid("type", "Multikey or JsonWebKey")
        }
        let method = DIDDocument.VerificationMethod(
            fragment: try fragment("id", of: id),
            controller: try did("controller"),
            material: material
        )
        try requireEnd()
        return method
    }

    private mutating func service(of id: OrbitDID) throws(StatementError) -> DIDDocument.Service {
        let service = DIDDocument.Service(
            fragment: try fragment("id", of: id),
            type: try line("type"),
            endpoint: try line("serviceEndpoint")
        )
        try requireEnd()
        return service
    }

    private mutating func fragment(
        _ name: Text,
        of id: OrbitDID
    ) throws(StatementError) -> Text {
        guard let fragment = Self.fragment(of: try text(name), in: id) else {
            throw invalid(name, "the document's DID, # and a name")
        }
        return fragment
    }

    /// What stands behind the `#` of a URL that is a part of a document; none if it is not.
    private static func fragment(of url: Text, in id: OrbitDID) -> Text? {
        let prefix = id.text.utf8 + [UInt8(ascii: "#")]
        guard url.utf8.starts(with: prefix) else { return nil }
        let fragment = Array(url.utf8.dropFirst(prefix.count))
        return OrbitDID.isID(fragment) ? Text(utf8: fragment) : nil
    }
}
