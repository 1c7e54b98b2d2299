import Testing

/// The rules applied to this repository.
///
/// `RuleTests` shows that each of them can fail.
@Suite("the repository") struct RepositoryTests {
    private let repository: Repository

    init() throws { repository = try Repository.load() }

    @Test("is found and read") func isRead() {
        #expect(repository.files.contains { file in file.path == "Package.swift" })
        #expect(repository.files.contains { file in file.path == "Tests/TidyTests/Layers.swift" })
        #expect(repository.swiftFiles.count > 20)
    }

    @Test("imports only along its layers") func layers() {
        let layers = Layers(paths: repository.files.map(\.path))
        #expect(repository.swiftFiles.flatMap(layers.violations) == [])
    }

    @Test("has no banned code, no unfinished work, no long file and no long function") func rules()
    {
        #expect(repository.swiftFiles.flatMap(Rules.violations) == [])
    }

    @Test("names no folder of one machine and no package registry") func places() {
        #expect(repository.files.flatMap(Places.violations) == [])
    }

    @Test("has no source outside its targets and no empty target") func deadFiles() throws {
        let manifest = try #require(repository.files.first { file in file.path == "Package.swift" })
        let paths = repository.files.map(\.path)
        #expect(PackageManifest(manifest.text).violations(paths: paths) == [])
    }
}
