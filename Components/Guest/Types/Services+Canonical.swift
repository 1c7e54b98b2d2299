// Lifting the description of a service (`wavs:types/service`): the fields and the cases in their order in
// Interfaces/wavs-2.6.0/deps/types.wit.

extension Service: Liftable {
    static var layout: Layout {
        Layout.list.then(.list).then(Layout.empty.variant).then(Manager.layout).closed
    }

    static func lift(_ source: UnsafeRawPointer) -> Service {
        var fields = unsafe RecordReader(source)
        return unsafe Service(
            name: fields.next(),
            workflows: fields.next(),
            status: fields.next(UInt8.self) == 0 ? .active : .paused,
            manager: fields.next()
        )
    }
}

extension Service.Manager: Liftable {
    private static var payload: Layout {
        Layout.list.then(.list).or(.list.then(CosmosAddress.layout))
    }

    static var layout: Layout { payload.variant }

    static func lift(_ source: UnsafeRawPointer) -> Service.Manager {
        var fields = unsafe RecordReader(source + payload.payloadOffset)
        return unsafe UInt8.lift(source) == 0
            ? .evm(chain: fields.next(), address: fields.next())
            : .cosmos(chain: fields.next(), address: fields.next())
    }
}

/// A workflow without its id (`workflow`), which stands before it in one place and behind it in another.
struct WorkflowContent: Liftable {
    var trigger: Trigger
    var component: ComponentDefinition
    var submit: Submit

    static var layout: Layout {
        Trigger.layout.then(ComponentDefinition.layout).then(Submit.layout).closed
    }

    static func lift(_ source: UnsafeRawPointer) -> WorkflowContent {
        var fields = unsafe RecordReader(source)
        return unsafe WorkflowContent(
            trigger: fields.next(),
            component: fields.next(),
            submit: fields.next()
        )
    }

    func workflow(id: String) -> Workflow {
        Workflow(id: id, trigger: trigger, component: component, submit: submit)
    }
}

extension Workflow: Liftable {
    static var layout: Layout { Layout.list.then(WorkflowContent.layout).closed }

    static func lift(_ source: UnsafeRawPointer) -> Workflow {
        var fields = unsafe RecordReader(source)
        let id = unsafe fields.next(String.self)
        return unsafe fields.next(WorkflowContent.self).workflow(id: id)
    }
}

extension ComponentDefinition: Liftable {
    static var layout: Layout {
        ComponentSource.layout.then(Permissions.layout).then(UInt64?.layout).then(UInt64?.layout)
            .then(.list).then(.list).closed
    }

    static func lift(_ source: UnsafeRawPointer) -> ComponentDefinition {
        var fields = unsafe RecordReader(source)
        return unsafe ComponentDefinition(
            source: fields.next(),
            permissions: fields.next(),
            fuelLimit: fields.next(),
            timeLimitSeconds: fields.next(),
            configuration: fields.next(),
            environmentKeys: fields.next()
        )
    }
}

extension ComponentSource: Liftable {
    private static var payload: Layout {
        Layout.list.then(String?.layout).then(String?.layout).then(.list).closed
    }

    static var layout: Layout { payload.variant }

    static func lift(_ source: UnsafeRawPointer) -> ComponentSource {
        var fields = unsafe RecordReader(source + payload.payloadOffset)
        switch unsafe UInt8.lift(source) {
        case 0: return unsafe .download(uri: fields.next(), digest: fields.next())
        case 1:
            return unsafe .registry(
                digest: fields.next(),
                domain: fields.next(),
                version: fields.next(),
                package: fields.next()
            )
        default: return unsafe .digest(fields.next())
        }
    }
}

extension Permissions: Liftable {
    static var layout: Layout {
        Hosts.layout.then(Bool.layout).then(Bool.layout).then(Bool.layout).closed
    }

    static func lift(_ source: UnsafeRawPointer) -> Permissions {
        var fields = unsafe RecordReader(source)
        return unsafe Permissions(
            allowedHTTPHosts: fields.next(),
            fileSystem: fields.next(),
            rawSockets: fields.next(),
            dnsResolution: fields.next()
        )
    }
}

extension Permissions.Hosts: Liftable {
    static var layout: Layout { Layout.list.variant }

    static func lift(_ source: UnsafeRawPointer) -> Permissions.Hosts {
        switch unsafe UInt8.lift(source) {
        case 0: .all
        case 1: unsafe .only(.lift(source + Layout.list.payloadOffset))
        default: .none
        }
    }
}

extension Submit: Liftable {
    private static var payload: Layout {
        ComponentDefinition.layout.then(SignatureKind.layout).closed
    }

    static var layout: Layout { payload.variant }

    static func lift(_ source: UnsafeRawPointer) -> Submit {
        guard unsafe UInt8.lift(source) == 1 else { return .none }
        var fields = unsafe RecordReader(source + payload.payloadOffset)
        return unsafe .aggregator(component: fields.next(), signatureKind: fields.next())
    }
}

extension SignatureKind: Liftable {
    static var layout: Layout { UInt8.layout.then(UInt8?.layout).closed }

    static func lift(_ source: UnsafeRawPointer) -> SignatureKind {
        // Algorithm and prefix have one case each; only whether there is a prefix can differ.
        var fields = unsafe RecordReader(source)
        _ = unsafe fields.next(UInt8.self)
        let prefix = unsafe fields.next(UInt8?.self)
        return SignatureKind(algorithm: .secp256k1, prefix: prefix == nil ? nil : .eip191)
    }
}
