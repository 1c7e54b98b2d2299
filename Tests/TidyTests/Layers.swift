/// Which module may import which: the table of ARCHITECTURE.md as data.
struct Layers {
    /// What the sources in one folder may import besides themselves.
    struct Layer {
        /// The folder that holds one folder a target, or is the target itself.
        var folder: String
        var isOneTarget = false
        /// The folders whose targets may be imported.
        var folders: [String] = []
        /// Single modules that may be imported.
        var modules: Set<String> = []
    }

    /// The services from the lowest to the highest; each may import those before it.
    static let services = [
        "Witness", "Sequencer", "Follower", "Triggers", "Dispatcher", "Operator", "KeyCeremony",
        "Attestor", "Transparency", "Committee", "Settlement", "Registry", "Bookkeeping",
        "MarketData", "Outbox", "Access", "Gateway", "Console",
    ]

    /// What the C library and the compiler bring; effects, so only System may use them.
    static let platformModules: Set<String> = ["Glibc", "Synchronization"]

    static let table = [
        Layer(folder: "Sources/Core", folders: ["Sources/Core"]),
        Layer(
            folder: "Sources/System",
            folders: ["Sources/Core", "Sources/C"],
            modules: platformModules.union(["Platform", "HTTP", "Database", "TLS", "MessageBus"])
        ),
        Layer(
            folder: "Sources/Services",
            folders: ["Sources/Core", "Sources/System"],
            modules: ["Synchronization"]
        ),
        Layer(folder: "Sources/parallax", isOneTarget: true, modules: ["Console"]),
        Layer(folder: "Components", folders: ["Sources/Core", "Components"]),
        Layer(
            folder: "Simulation",
            folders: ["Sources/Core", "Sources/System", "Simulation"],
            modules: ["Synchronization"]
        ),
    ]

    /// The modules of this package by the folder of their layer.
    private var modulesByFolder: [String: Set<String>] = [:]

    init(paths: [String]) {
        for path in paths {
            guard let (folder, module) = Self.target(of: path) else { continue }
            modulesByFolder[folder, default: []].insert(module)
        }
    }

    /// The layer's folder and the target's name that a path such as `Sources/Core/Venue/Venue.swift`
    /// belongs to; none if it belongs to no target.
    static func target(of path: String) -> (folder: String, module: String)? {
        let parts = path.split(separator: "/").map(String.init)
        if parts.count == 3, parts[0] == "Sources", parts[1] == "parallax" {
            return ("Sources/parallax", "parallax")
        }
        if parts.count >= 4, parts[0] == "Sources", parts[1] != "parallax" {
            return ("Sources/" + parts[1], parts[2])
        }
        if parts.count >= 3, ["Components", "Simulation", "Tests"].contains(parts[0]) {
            return (parts[0], parts[1])
        }
        return nil
    }

    /// The imports of one source that the table forbids.
    func violations(in file: Repository.File) -> [Violation] {
        guard let (folder, module) = Self.target(of: file.path), folder != "Tests" else {
            return []
        }
        guard let layer = Self.table.first(where: { layer in layer.folder == folder }) else {
            return [Violation(path: file.path, line: 0, rule: "folder of no layer")]
        }
        var allowed = layer.modules
        for folder in layer.folders { allowed.formUnion(modulesByFolder[folder] ?? []) }
        // The C library's mathematics: no effects, but another last bit on another system.
        if (folder, module) == ("Sources/Core", "Orbit") { allowed.insert("CMath") }
        if folder == "Sources/Services", let index = Self.services.firstIndex(of: module) {
            allowed.formUnion(Self.services[..<index])
        }
        return Self.imports(of: file.text)
            .filter { imported in !allowed.contains(imported.module) }
            .map { imported in
                Violation(
                    path: file.path,
                    line: imported.line,
                    rule: "\(layer.folder) must not import \(imported.module)"
                )
            }
    }

    /// The modules that a source imports, each with its line.
    static func imports(of text: String) -> [(module: String, line: Int)] {
        zip(1..., SourceText(text).lines).compactMap { line, text in
            let words = text.split(whereSeparator: { character in " \t;".contains(character) })
            guard let index = words.firstIndex(of: "import") else { return nil }
            let kinds: Set<Substring> = [
                "struct", "class", "enum", "protocol", "func", "var", "let",
            ]
            let names = words[(index + 1)...].drop(while: kinds.contains)
            return names.first.map { name in (String(name.prefix { $0 != "." }), line) }
        }
    }
}
