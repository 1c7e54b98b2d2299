public import ComponentHost
internal import Encoding

extension ServiceCodec {
    /// The definition as `service.json`; reading it gives the same service.
    ///
    /// - Complexity: O(n log n).
    public static func encode(_ service: Service) -> [UInt8] { WideJSON.encode(value(of: service)) }

    static func value(of service: Service) -> JSONValue {
        var workflows = JSONObject()
        for workflow in service.workflows { workflows[Text(workflow.id)] = value(of: workflow) }
        return JSONForm.object([
            "name": JSONForm.text(service.name), "workflows": .object(workflows),
            "status": JSONForm.text(service.status == .active ? "active" : "paused"),
            "manager": value(of: service.manager),
        ])
    }

    static func value(of manager: Service.Manager) -> JSONValue {
        switch manager {
        case .evm(let chain, let address):
            TriggerCodec.tagged(
                "evm",
                ["chain": JSONForm.text(chain), "address": JSONForm.hexadecimal(address.bytes)]
            )
        case .cosmos(let chain, let address):
            TriggerCodec.tagged(
                "cosmos",
                ["chain": JSONForm.text(chain), "address": JSONForm.text(address.bech32)]
            )
        }
    }

    private static func value(of workflow: Workflow) -> JSONValue {
        JSONForm.object([
            "trigger": TriggerCodec.encode(workflow.trigger),
            "component": value(of: workflow.component), "submit": value(of: workflow.submit),
        ])
    }

    private static func value(of submit: Submit) -> JSONValue {
        switch submit {
        case .none: JSONForm.text("none")
        case .aggregator(let component, let kind):
            TriggerCodec.tagged(
                "aggregator",
                ["component": value(of: component), "signature_kind": value(of: kind)]
            )
        }
    }

    static func value(of kind: SignatureKind) -> JSONValue {
        JSONForm.object([
            "algorithm": JSONForm.text("secp256k1"),
            "prefix": kind.prefix == nil ? .null : JSONForm.text("eip191"),
        ])
    }

    private static func value(of component: ComponentDefinition) -> JSONValue {
        var settings = JSONObject()
        for setting in component.configuration {
            settings[Text(setting.key)] = JSONForm.text(setting.value)
        }
        return JSONForm.object([
            "source": value(of: component.source),
            "permissions": value(of: component.permissions),
            "fuel_limit": JSONForm.number(component.fuelLimit),
            "time_limit_seconds": JSONForm.number(component.timeLimitSeconds),
            "config": .object(settings),
            "env_keys": .array(component.environmentKeys.map(JSONForm.text)),
        ])
    }

    private static func value(of source: ComponentSource) -> JSONValue {
        switch source {
        case .digest(let digest): JSONForm.object(["digest": JSONForm.text(digest)])
        case .download(let uri, let digest):
            TriggerCodec.tagged(
                "download",
                ["uri": JSONForm.text(uri), "digest": JSONForm.text(digest)]
            )
        case .registry(let digest, let domain, let version, let package):
            TriggerCodec.tagged(
                "registry",
                [
                    "digest": JSONForm.text(digest), "domain": JSONForm.text(domain),
                    "version": JSONForm.text(version), "package": JSONForm.text(package),
                ]
            )
        }
    }

    private static func value(of permissions: Permissions) -> JSONValue {
        let hosts =
            switch permissions.allowedHTTPHosts {
            case .all: JSONForm.text("all")
            case .none: JSONForm.text("none")
            case .only(let hosts):
                JSONForm.object(["only": .array(hosts.map { JSONForm.text($0) })])
            }
        return JSONForm.object([
            "allowed_http_hosts": hosts, "file_system": .boolean(permissions.fileSystem),
            "raw_sockets": .boolean(permissions.rawSockets),
            "dns_resolution": .boolean(permissions.dnsResolution),
        ])
    }
}
