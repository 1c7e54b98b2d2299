// Services as the values that components are handed.

extension Service {
    var value: WITValue {
        .record([
            ("name", .string(name)),
            ("workflows", .list(workflows.map { .tuple([.string($0.id), $0.value]) })),
            ("status", .variant(status == .active ? "active" : "paused", nil)),
            ("manager", manager.value),
        ])
    }
}

extension Service.Manager {
    fileprivate var value: WITValue {
        switch self {
        case .evm(let chain, let address):
            .variant(
                "evm",
                .record([("chain", .string(chain)), ("address", address.value)])
            )
        case .cosmos(let chain, let address):
            .variant(
                "cosmos",
                .record([("chain", .string(chain)), ("address", address.value)])
            )
        }
    }
}

extension Workflow {
    var value: WITValue {
        .record([
            ("trigger", trigger.value), ("component", component.value), ("submit", submit.value),
        ])
    }
}

extension ComponentDefinition {
    fileprivate var value: WITValue {
        .record([
            ("source", source.value), ("permissions", permissions.value),
            ("fuel-limit", .optional(fuelLimit)),
            ("time-limit-seconds", .optional(timeLimitSeconds)),
            ("config", .settings(configuration)),
            ("env-keys", .list(environmentKeys.map(WITValue.string))),
        ])
    }
}

extension ComponentSource {
    fileprivate var value: WITValue {
        switch self {
        case .download(let uri, let digest):
            .variant(
                "download",
                .record([("uri", .string(uri)), ("digest", .string(digest))])
            )
        case .registry(let digest, let domain, let version, let package):
            .variant(
                "registry",
                .record([
                    ("digest", .string(digest)), ("domain", .optional(domain)),
                    ("version", .optional(version)), ("pkg", .string(package)),
                ])
            )
        case .digest(let digest): .variant("digest", .string(digest))
        }
    }
}

extension Permissions {
    fileprivate var value: WITValue {
        let hosts: WITValue =
            switch allowedHTTPHosts {
            case .all: .variant("all", nil)
            case .only(let hosts): .variant("only", .list(hosts.map(WITValue.string)))
            case .none: .variant("none", nil)
            }
        return .record([
            ("allowed-http-hosts", hosts), ("file-system", .bool(fileSystem)),
            ("raw-sockets", .bool(rawSockets)), ("dns-resolution", .bool(dnsResolution)),
        ])
    }
}

extension Submit {
    fileprivate var value: WITValue {
        switch self {
        case .none: .variant("none", nil)
        case .aggregator(let component, let kind):
            .variant(
                "aggregator",
                .record([("component", component.value), ("signature-kind", kind.value)])
            )
        }
    }
}

extension SignatureKind {
    fileprivate var value: WITValue {
        .record([
            ("algorithm", .variant("secp256k1", nil)),
            ("prefix", .option(prefix.map { _ in .variant("eip191", nil) })),
        ])
    }
}
