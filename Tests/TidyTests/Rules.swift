/// What no source may contain, and how long it may be.
enum Rules {
    /// A piece of code that is banned.
    struct Ban {
        var code: String
        /// Only sources whose path starts like one of these are searched.
        var folders = ["Sources/", "Components/", "Simulation/", "Tests/"]
        /// Files in which it is allowed all the same.
        var except: [String] = []
        var reason: String
    }

    static let bans = [
        Ban(code: "Date()", reason: "time enters as data, through the clock of Platform"),
        Ban(code: "UUID()", reason: "randomness enters as data"),
        Ban(code: ".random(", reason: "randomness enters as data; tests use a seeded generator"),
        Ban(code: ".shuffled()", reason: "randomness enters as data; tests use a seeded generator"),
        Ban(code: "SystemRandomNumberGenerator", reason: "randomness enters as data"),
        Ban(code: "try!", reason: "an error is handled or passed on"),
        Ban(code: "fatalError(", reason: "a bug is a precondition, anything else is an error"),
        Ban(code: "@testable", reason: "tests also run in release, through the public surface"),
        Ban(
            code: "print(",
            folders: ["Sources/"],
            reason: "only the console writes, through its own output"
        ),
    ]

    /// Words that mark unfinished work, also in comments.
    static let unfinished = ["TO" + "DO", "FIX" + "ME", "XX" + "X:", "HA" + "CK"]

    static let fileLinesMax = 500
    static let functionLinesMax = 70

    /// Every violation of one source.
    static func violations(in file: Repository.File) -> [Violation] {
        banned(in: file) + unfinished(in: file) + tooLong(file)
    }

    static func banned(in file: Repository.File) -> [Violation] {
        let lines = SourceText(file.text).lines
        var found: [Violation] = []
        for ban in bans where ban.folders.contains(where: file.path.hasPrefix) {
            if ban.except.contains(file.path) { continue }
            for (line, text) in zip(1..., lines) where contains(text, word: ban.code) {
                found.append(
                    Violation(path: file.path, line: line, rule: "\(ban.code): \(ban.reason)")
                )
            }
        }
        return found
    }

    static func unfinished(in file: Repository.File) -> [Violation] {
        zip(1..., file.text.split(separator: "\n", omittingEmptySubsequences: false))
            .filter { _, text in unfinished.contains { word in contains(text, word: word) } }
            .map { line, _ in Violation(path: file.path, line: line, rule: "unfinished work") }
    }

    static func tooLong(_ file: Repository.File) -> [Violation] {
        var found: [Violation] = []
        let count = file.text.split(separator: "\n", omittingEmptySubsequences: false).count - 1
        if count > fileLinesMax {
            found.append(
                Violation(
                    path: file.path,
                    line: 0,
                    rule: "\(count) lines, more than \(fileLinesMax)"
                )
            )
        }
        for function in FunctionLengths(file.text).functions
        where function.lineCount > functionLinesMax {
            found.append(
                Violation(
                    path: file.path,
                    line: function.line,
                    rule: "function of \(function.lineCount) lines, more than \(functionLinesMax)"
                )
            )
        }
        return found
    }

    /// Whether a line has the word, and not only as the end of a longer one.
    private static func contains(_ line: Substring, word: String) -> Bool {
        guard line.utf8.count >= word.utf8.count else { return false }
        let isWord = word.first.map(isIdentifier) ?? false
        return line.indices.contains { index in
            guard line[index...].hasPrefix(word) else { return false }
            return !isWord || index == line.startIndex
                || !isIdentifier(line[line.index(before: index)])
        }
    }

    private static func isIdentifier(_ character: Character) -> Bool {
        character.isLetter || character.isNumber || character == "_"
    }
}

/// What no file of the repository may name, whatever its language.
enum Places {
    /// Folders of one machine: a repository must build anywhere.
    static let machineFolders = ["work", "root", "home", "Users"].map { name in "/" + name + "/" }

    /// Hosts of package registries: which mirror serves a package is the machine's own choice.
    static let registryHosts = [
        ["deb", "debian", "org"], ["pypi", "org"], ["files", "pythonhosted", "org"],
        ["registry", "npmjs", "org"], ["crates", "io"], ["proxy", "golang", "org"],
        ["ghcr", "io"], ["docker", "io"],
    ].map { parts in parts.joined(separator: ".") }

    static func violations(in file: Repository.File) -> [Violation] {
        var found: [Violation] = []
        for (line, text) in zip(
            1...,
            file.text.split(separator: "\n", omittingEmptySubsequences: false)
        ) {
            // Most lines of a repository have neither a slash nor a dot in the middle of a word.
            if let host = registryHosts.first(where: text.contains) {
                found.append(Violation(path: file.path, line: line, rule: "names the host \(host)"))
            }
            if let folder = machineFolders.first(where: { folder in absolute(folder, in: text) }) {
                found.append(Violation(path: file.path, line: line, rule: "names \(folder)"))
            }
        }
        return found
    }

    /// Whether the line has the folder at the start of a path, and not as a part of a longer one.
    private static func absolute(_ folder: String, in line: Substring) -> Bool {
        var rest = line
        while let range = rest.firstRange(of: folder) {
            let before = rest[..<range.lowerBound].last ?? line[..<rest.startIndex].last
            guard let before, before.isLetter || before.isNumber || "._-~}".contains(before) else {
                return true
            }
            rest = rest[range.upperBound...]
        }
        return false
    }
}
