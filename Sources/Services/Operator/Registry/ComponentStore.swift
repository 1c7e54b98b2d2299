internal import ComponentHost
internal import Cryptography
internal import HTTP
internal import Platform
internal import Synchronization

/// Programs by the SHA-256 of their bytes, in a folder; each is checked whenever it is read.
public final class ComponentStore: Sendable {
    /// Bytes of a program at most.
    public static let bytesMax = 50 << 20

    private let directory: LinuxDirectory
    private let client: HTTPClient
    private let registryDomain: String?
    private let lock = Mutex<Void>(())

    /// Opens the folder, which is made if it is missing.
    ///
    /// - Parameters:
    ///   - parent: The node's folder.
    ///   - registryDomain: Where packages come from whose source names no domain.
    /// - Throws: `system`.
    init(parent: LinuxDirectory, registryDomain: String?) throws(OperatorError) {
        do throws(PlatformError) {
            _ = try parent.subdirectory("components")
            directory = try LinuxDirectory.open(parent.path + "/components")
        } catch {
            throw .system(reason: error.description)
        }
        client = try Fetching.client(bytesMax: Self.bytesMax)
        self.registryDomain = registryDomain
    }

    /// The digest of a program, in hexadecimal.
    static func digest(of bytes: [UInt8]) -> String { SHA256.hash(of: bytes).hex }

    /// The digests of all programs, ascending.
    func digests() throws(OperatorError) -> [String] {
        do throws(PlatformError) {
            return try directory.list().filter { $0.utf8.count == 64 }.sorted()
        } catch {
            throw .system(reason: error.description)
        }
    }

    /// Keeps a program, durably.
    ///
    /// - Returns: Its digest.
    @discardableResult
    func add(_ bytes: [UInt8]) throws(OperatorError) -> String {
        let digest = Self.digest(of: bytes)
        return try lock.withLock { _ throws(OperatorError) in
            do throws(PlatformError) {
                guard try !directory.list().contains(digest) else { return digest }
                try write(bytes, digest)
                return digest
            } catch {
                throw .system(reason: error.description)
            }
        }
    }

    private func write(_ bytes: [UInt8], _ digest: String) throws(PlatformError) {
        let name = digest + ".new"
        if try directory.list().contains(name) { try directory.remove(name) }
        let file = try directory.create(name)
        var failure: PlatformError?
        unsafe bytes.withUnsafeBytes { bytes in
            do throws(PlatformError) {
                try unsafe file.write(bytes, at: 0)
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        try file.syncData()
        try directory.rename(name, to: digest)
        try directory.sync()
    }

    /// A program of the store; none if it is not there.
    ///
    /// - Throws: `wrongDigest` when the file was changed.
    func bytes(_ digest: String) throws(OperatorError) -> [UInt8]? {
        let bytes: [UInt8]
        do throws(PlatformError) {
            guard try directory.list().contains(digest) else { return nil }
            bytes = try WholeFile.read(directory.path + "/" + digest)
        } catch {
            throw .system(reason: error.description)
        }
        let found = Self.digest(of: bytes)
        guard found == digest else { throw .wrongDigest(expected: digest, found: found) }
        return bytes
    }

    /// A program, fetched from its source if the store has it not yet.
    ///
    /// - Throws: `unknownComponent`, `unreachable`, `wrongDigest`, `system`.
    func load(_ source: ComponentSource) throws(OperatorError) -> [UInt8] {
        if let bytes = try bytes(source.digest) { return bytes }
        let url = try url(of: source)
        let bytes = try Fetching.bytes(url, client)
        let found = Self.digest(of: bytes)
        guard found == source.digest else {
            throw .wrongDigest(expected: source.digest, found: found)
        }
        try add(bytes)
        return bytes
    }

    /// Where a source's bytes are: of a package, as the blob that registries of the OCI distribution specification keep
    /// under the digest.
    private func url(of source: ComponentSource) throws(OperatorError) -> String {
        switch source {
        case .digest(let digest): throw .unknownComponent(digest)
        case .download(let uri, _): return uri
        case .registry(let digest, let domain, _, let package):
            guard let domain = domain ?? registryDomain else { throw .unknownComponent(digest) }
            let name = String(package.map { $0 == ":" ? "/" : $0 })
            let isLocal = domain.hasPrefix("127.") || domain.hasPrefix("localhost")
            return (isLocal ? "http://" : "https://") + domain
                + "/v2/\(name)/blobs/sha256:\(digest)"
        }
    }
}

/// Fetching of whole documents.
enum Fetching {
    static func client(bytesMax: Int) throws(OperatorError) -> HTTPClient {
        var limits = HTTPClient.Limits()
        limits.bodyBytesMax = bytesMax
        limits.totalMilliseconds = 60_000
        do throws(HTTPError) {
            return try HTTPClient(limits: limits)
        } catch {
            throw .system(reason: error.description)
        }
    }

    static func bytes(_ url: String, _ client: HTTPClient) throws(OperatorError) -> [UInt8] {
        let answer: HTTPClient.Answer
        do throws(HTTPError) {
            answer = try client.get(url)
        } catch {
            throw .unreachable(what: url, reason: error.description)
        }
        guard answer.status == 200 else {
            throw .unreachable(what: url, reason: "status \(answer.status)")
        }
        return answer.body
    }
}
