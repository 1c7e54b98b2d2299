/// A service: workflows under one manager contract (`service` of `wavs:types/service`).
public struct Service: Equatable, Sendable {
    /// Whether its triggers are followed.
    public enum Status: Equatable, Sendable {
        /// They are.
        case active
        /// They are not, until it is resumed.
        case paused
    }

    /// The contract that says who operates the service.
    public enum Manager: Equatable, Sendable {
        /// On a chain of Ethereum's kind.
        case evm(chain: String, address: EVMAddress)
        /// On a Cosmos chain.
        case cosmos(chain: String, address: CosmosAddress)
    }

    /// Its name, for people.
    public var name: String
    /// Its workflows, in the order in which components see them.
    public var workflows: [Workflow]
    /// Whether its triggers are followed.
    public var status: Status
    /// Its manager contract.
    public var manager: Manager

    /// Makes a service.
    public init(name: String, workflows: [Workflow], status: Status, manager: Manager) {
        self.name = name
        self.workflows = workflows
        self.status = status
        self.manager = manager
    }
}

/// From a trigger over a component to a submission (`tuple<workflow-id, workflow>`).
public struct Workflow: Equatable, Sendable {
    /// Its id in the service: 3 to 36 of `a`–`z`, `0`–`9`, `_` and `-`.
    public var id: String
    /// What makes it run.
    public var trigger: Trigger
    /// What is run.
    public var component: ComponentDefinition
    /// What is done with the results.
    public var submit: Submit

    /// Makes a workflow.
    public init(
        id: String,
        trigger: Trigger,
        component: ComponentDefinition,
        submit: Submit
    ) {
        self.id = id
        self.trigger = trigger
        self.component = component
        self.submit = submit
    }
}

/// Which program runs, with which rights and limits (`component`).
public struct ComponentDefinition: Equatable, Sendable {
    /// Where the program comes from.
    public var source: ComponentSource
    /// What it may do.
    public var permissions: Permissions
    /// Units of fuel for one call; the node's own limit without it, and never more than the node's maximum.
    public var fuelLimit: UInt64?
    /// Seconds for one call; the node's own limit without it, and never more than the node's maximum.
    public var timeLimitSeconds: UInt64?
    /// What `config-var` answers.
    public var configuration: [Setting]
    /// Names of variables of the node's environment that the program may see; each begins with `WAVS_ENV_`.
    public var environmentKeys: [String]

    /// Makes a definition.
    public init(
        source: ComponentSource,
        permissions: Permissions = .none,
        fuelLimit: UInt64? = nil,
        timeLimitSeconds: UInt64? = nil,
        configuration: [Setting] = [],
        environmentKeys: [String] = []
    ) {
        self.source = source
        self.permissions = permissions
        self.fuelLimit = fuelLimit
        self.timeLimitSeconds = timeLimitSeconds
        self.configuration = configuration
        self.environmentKeys = environmentKeys
    }
}

/// Where a program comes from (`component-source`); the digest is the SHA-256 of its bytes in hexadecimal.
public enum ComponentSource: Equatable, Sendable {
    /// From a URI.
    case download(uri: String, digest: String)
    /// From a registry of packages.
    case registry(digest: String, domain: String?, version: String?, package: String)
    /// From the node's own store.
    case digest(String)

    /// The digest that the program must have.
    public var digest: String {
        switch self {
        case .download(_, let digest): digest
        case .registry(let digest, _, _, _): digest
        case .digest(let digest): digest
        }
    }
}

/// What a program may do besides computing (`permissions`).
public struct Permissions: Equatable, Sendable {
    /// Which hosts it may ask over HTTP.
    public enum Hosts: Equatable, Sendable {
        /// Any public one.
        case all
        /// These, each a name or an address, with `:port` where it is not the scheme's own.
        case only([String])
        /// No host.
        case none
    }

    /// The hosts it may ask over HTTP.
    public var allowedHTTPHosts: Hosts
    /// Whether it may use the directory of its own service.
    public var fileSystem: Bool
    /// Whether it may open sockets; this node refuses that to all.
    public var rawSockets: Bool
    /// Whether it may resolve names.
    public var dnsResolution: Bool

    /// None of all.
    public static let none = Permissions(
        allowedHTTPHosts: .none,
        fileSystem: false,
        rawSockets: false,
        dnsResolution: false
    )

    /// Makes permissions.
    public init(
        allowedHTTPHosts: Hosts,
        fileSystem: Bool,
        rawSockets: Bool,
        dnsResolution: Bool
    ) {
        self.allowedHTTPHosts = allowedHTTPHosts
        self.fileSystem = fileSystem
        self.rawSockets = rawSockets
        self.dnsResolution = dnsResolution
    }
}

/// What is done with a program's results (`submit`).
public enum Submit: Equatable, Sendable {
    /// Nothing: they stay in the node.
    case none
    /// They are signed, gathered, and handed to an aggregator's component.
    case aggregator(component: ComponentDefinition, signatureKind: SignatureKind)
}

/// How results are signed (`signature-kind`).
public struct SignatureKind: Equatable, Sendable {
    /// The algorithm.
    public enum Algorithm: Equatable, Sendable {
        /// ECDSA over secp256k1 with recovery, as Ethereum does.
        case secp256k1
    }

    /// What is put before the bytes that are signed.
    public enum Prefix: Equatable, Sendable {
        /// `"\u{19}Ethereum Signed Message:\n32"` (EIP-191).
        case eip191
    }

    /// The algorithm.
    public var algorithm: Algorithm
    /// What is put before the bytes that are signed.
    public var prefix: Prefix?

    /// Makes a kind.
    public init(algorithm: Algorithm, prefix: Prefix?) {
        self.algorithm = algorithm
        self.prefix = prefix
    }
}
