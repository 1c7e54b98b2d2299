/// What Package.swift says about targets, read as text: each is one line such as `core("Venue", …)`.
struct PackageManifest {
    /// The folders of the targets, such as `Sources/Core/Venue`.
    private(set) var folders: Set<String> = []

    private static let helpers = [
        "core": "Sources/Core/", "system": "Sources/System/", "service": "Sources/Services/",
        "tests": "Tests/",
    ]

    init(_ text: String) {
        let words = text.split { character in
            character.isWhitespace || character.isNewline || "(),:[]".contains(character)
        }.map(String.init)
        for (index, word) in words.enumerated() {
            let literals = words[(index + 1)...].prefix(2).map(Self.literal)
            guard let first = literals.first ?? nil else { continue }
            if let folder = Self.helpers[word] {
                folders.insert(folder + first)
            } else if word == "target", let name = literals.last ?? nil {
                folders.insert(first + "/" + name)
            } else if word == "path" {
                folders.insert(first)
            }
        }
    }

    /// What stands between two quotation marks, unless a part of it is computed.
    private static func literal(_ word: String) -> String? {
        guard word.count > 2, word.first == "\"", word.last == "\"" else { return nil }
        return String(word.dropFirst().dropLast())
    }

    /// The sources that no target compiles (components are compiled by a script), and the targets that have no source.
    func violations(paths: [String]) -> [Violation] {
        let sources = paths.filter { path in
            path.hasSuffix(".swift") && path != "Package.swift" && !path.hasPrefix("Components/")
                && !path.hasPrefix("Benchmarks/")
        }
        let dead = sources.filter { path in
            !folders.contains { folder in path.hasPrefix(folder + "/") }
        }
        let empty = folders.sorted().filter { folder in
            !paths.contains { path in path.hasPrefix(folder + "/") }
        }
        return dead.map { path in Violation(path: path, line: 0, rule: "belongs to no target") }
            + empty.map { folder in Violation(path: folder, line: 0, rule: "target without a file")
            }
    }
}
