import Testing

/// Each rule is shown something bad and must see it, and something similar but good and must not.
@Suite("the rules of the repository") struct RuleTests {
    private func file(_ text: String, path: String = "Sources/System/Journal/File.swift")
        -> Repository.File
    {
        Repository.File(path: path, text: text)
    }

    @Test("every banned piece of code is caught", arguments: Rules.bans.map(\.code))
    func bans(code: String) {
        let found = Rules.violations(in: file("struct S {\n    let value = \(code)\n}\n"))
        #expect(found.count == 1)
        #expect(found.first?.line == 2)
        #expect(Rules.violations(in: file("let value = \"\(code)\" // \(code)\n")) == [])
        #expect(Rules.violations(in: file("/* \(code) /* */ \(code) */\n")) == [])
    }

    @Test("a longer word with a banned one at its end is no offence, code in a text is one")
    func banBoundaries() {
        #expect(Rules.violations(in: file("fingerprint(1)\n")) == [])
        #expect(Rules.violations(in: file("let text = \"a \\(print(1)) b\"\n")).count == 1)
        #expect(Rules.violations(in: file("let text = #\"a \\(print(1)) \"b\"#\n")) == [])
        #expect(Rules.violations(in: file("let a = \"\"\"\n    \"print(1)\n    \"\"\"\n")) == [])
        #expect(Rules.violations(in: file("print(1)\n", path: "Tests/ATests/File.swift")) == [])
    }

    @Test("marks of unfinished work are caught in comments too", arguments: Rules.unfinished)
    func unfinished(word: String) {
        #expect(Rules.violations(in: file("// \(word) later\n")).count == 1)
    }

    @Test("a file may have 500 lines and no more") func fileLength() {
        let line = "let value = 1\n"
        #expect(Rules.tooLong(file(String(repeating: line, count: 500))) == [])
        #expect(Rules.tooLong(file(String(repeating: line, count: 501))).count == 1)
    }

    @Test(
        "a function may have 70 lines and no more",
        arguments: [
            "func name<T>(a: [Int]) throws -> T where T: P {",
            "init?(a: (Int) -> Void = { _ in }) {",
            "deinit {", "subscript(index: Int) -> Int {",
            "@inlinable mutating func a(\n  b: Int\n) {",
        ]
    )
    func functionLength(signature: String) {
        let lines = signature.split(separator: "\n").count
        func body(_ count: Int) -> String {
            "struct S {\n" + signature + "\n" + String(repeating: "if a { \"}\" }\n", count: count)
                + "}\n    func next()\n}\n"
        }
        #expect(Rules.tooLong(file(body(69 - lines))) == [])
        let found = Rules.tooLong(file(body(70 - lines)))
        #expect(found.map(\.line) == [2])
        #expect(found.first?.rule.contains("71 lines") == true)
    }

    @Test("a requirement of a protocol has no body, a call of an initializer is no function")
    func functionsWithoutBody() {
        let protocols =
            "protocol P {\n  func a()\n  init(b: Int)\n  func c() -> Int\n}\nstruct S {\n}\n"
        #expect(FunctionLengths(protocols).functions == [])
        #expect(FunctionLengths("let a = S.init(1)\nlet b = self.init { 1 }\n").functions == [])
        let two = FunctionLengths("func a() {\n}\nfunc b() { c {\n}\n}\n").functions
        #expect(two.map(\.line) == [1, 3])
        #expect(two.map(\.lineCount) == [2, 3])
    }

    /// A path, what it imports, and whether that is allowed.
    struct ImportCase: CustomTestStringConvertible, Sendable {
        var path: String
        var module: String
        var isAllowed: Bool

        var testDescription: String {
            "\(path) \(isAllowed ? "may" : "must not") import \(module)"
        }
    }

    static let imports = [
        ImportCase(path: "Sources/Core/Venue/A.swift", module: "Primitives", isAllowed: true),
        ImportCase(path: "Sources/Core/Venue/A.swift", module: "Foundation", isAllowed: false),
        ImportCase(path: "Sources/Core/Venue/A.swift", module: "Glibc", isAllowed: false),
        ImportCase(path: "Sources/Core/Venue/A.swift", module: "Synchronization", isAllowed: false),
        ImportCase(path: "Sources/Core/Venue/A.swift", module: "COpenSSL", isAllowed: false),
        ImportCase(path: "Sources/Core/Venue/A.swift", module: "Platform", isAllowed: false),
        ImportCase(path: "Sources/Core/Orbit/A.swift", module: "CMath", isAllowed: true),
        ImportCase(path: "Sources/Core/Venue/A.swift", module: "CMath", isAllowed: false),
        ImportCase(path: "Sources/System/Journal/A.swift", module: "Venue", isAllowed: true),
        ImportCase(path: "Sources/System/Journal/A.swift", module: "Platform", isAllowed: true),
        ImportCase(path: "Sources/System/Journal/A.swift", module: "COpenSSL", isAllowed: true),
        ImportCase(path: "Sources/System/Platform/A.swift", module: "Glibc", isAllowed: true),
        ImportCase(path: "Sources/System/Platform/A.swift", module: "Journal", isAllowed: false),
        ImportCase(path: "Sources/System/Platform/A.swift", module: "Foundation", isAllowed: false),
        ImportCase(path: "Sources/System/Journal/A.swift", module: "Sequencer", isAllowed: false),
        ImportCase(path: "Sources/Services/Console/A.swift", module: "Sequencer", isAllowed: true),
        ImportCase(path: "Sources/Services/Console/A.swift", module: "Journal", isAllowed: true),
        ImportCase(path: "Sources/Services/Console/A.swift", module: "Venue", isAllowed: true),
        ImportCase(path: "Sources/Services/Sequencer/A.swift", module: "Console", isAllowed: false),
        ImportCase(path: "Sources/Services/Console/A.swift", module: "COpenSSL", isAllowed: false),
        ImportCase(path: "Sources/Services/Console/A.swift", module: "Glibc", isAllowed: false),
        ImportCase(path: "Sources/parallax/A.swift", module: "Console", isAllowed: true),
        ImportCase(path: "Sources/parallax/A.swift", module: "Venue", isAllowed: false),
        ImportCase(path: "Components/Guest/A.swift", module: "Venue", isAllowed: true),
        ImportCase(path: "Components/Echo/A.swift", module: "Guest", isAllowed: true),
        ImportCase(path: "Components/Guest/A.swift", module: "Platform", isAllowed: false),
        ImportCase(path: "Simulation/Faults/A.swift", module: "Platform", isAllowed: true),
        ImportCase(path: "Simulation/Faults/A.swift", module: "Venue", isAllowed: true),
        ImportCase(path: "Simulation/Faults/A.swift", module: "Sequencer", isAllowed: false),
        ImportCase(path: "Simulation/Faults/A.swift", module: "COpenSSL", isAllowed: false),
        ImportCase(path: "Sources/Helpers/Any/A.swift", module: "Venue", isAllowed: false),
    ]

    private let layers = Layers(paths: [
        "Sources/C/COpenSSL/module.modulemap", "Sources/Core/Primitives/A.swift",
        "Sources/Core/Venue/A.swift", "Sources/System/Journal/A.swift",
        "Sources/System/Platform/A.swift", "Sources/Services/Console/A.swift",
        "Sources/Services/Sequencer/A.swift", "Simulation/Faults/A.swift",
        "Components/Guest/A.swift",
    ])

    @Test("the table of layers decides every import", arguments: imports)
    func layerTable(row: ImportCase) {
        let forms = [
            "import \(row.module)\n", "public import \(row.module)\n",
            "@preconcurrency package import struct \(row.module).Name\n",
        ]
        for form in forms {
            let found = layers.violations(in: file("// import Nothing\n" + form, path: row.path))
            #expect(found.isEmpty == row.isAllowed)
        }
    }

    @Test("folders of one machine and hosts of registries are caught in any file")
    func places() {
        for folder in Places.machineFolders {
            for line in ["\(folder)main", "cd \(folder)", "a=\"\(folder)b\"", "\(folder)a/b"] {
                let found = Places.violations(in: file("first\n\(line)\n", path: "docs/page.md"))
                #expect(found.map(\.line) == [2])
            }
            #expect(
                Places.violations(in: file("..\(folder)a and a\(folder)b\n", path: "a.md")) == []
            )
            let later = "..\(folder)a and \(folder)b\n"
            #expect(Places.violations(in: file(later, path: "a.md")).count == 1)
        }
        for host in Places.registryHosts {
            #expect(Places.violations(in: file("get https://\(host)/a\n", path: "a.md")).count == 1)
        }
    }

    @Test("a source outside every target and a target without files are caught") func manifest() {
        let manifest = PackageManifest(
            """
            let targets = [
                .systemLibrary(name: "CLinux", path: "Sources/C/CLinux"),
                core("Venue", "Primitives"), system(
                    "Journal", "Venue"), service("Console"),
                .executableTarget(name: "parallax", path: "Sources/parallax"),
                target("Simulation", "Faults", ["Venue"]), tests("VenueTests"),
            ]
            """
        )
        let good = [
            "Package.swift", "README.md", "Sources/C/CLinux/module.modulemap",
            "Sources/Core/Venue/A.swift", "Sources/System/Journal/Deep/A.swift",
            "Sources/Services/Console/A.swift", "Sources/parallax/A.swift",
            "Simulation/Faults/A.swift", "Tests/VenueTests/A.swift",
        ]
        #expect(manifest.violations(paths: good) == [])
        for dead in ["Sources/Core/A.swift", "Sources/Core/Old/A.swift", "Old.swift"] {
            #expect(manifest.violations(paths: good + [dead]).map(\.path) == [dead])
        }
        #expect(manifest.violations(paths: good.dropLast()).map(\.path) == ["Tests/VenueTests"])
    }
}
