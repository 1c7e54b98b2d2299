internal import Cryptography
internal import Glibc
internal import Platform

/// Files that are served as they are, held in memory with their compressed forms.
///
/// A path is served if it was added, and no other: nothing of a request ever becomes a name in a file system. A
/// client that has a file asks with its tag and gets it again only if it has changed.
public struct StaticFiles: Sendable {
    private struct Entry {
        let type: String
        let plain: [UInt8]
        let compressed: [UInt8]?
        /// The beginning of the SHA-256 of the content.
        let tag: String
    }

    private var entries: [String: Entry] = [:]
    private let headers: HTTPHeaders
    private let totalBytesMax: Int
    private var totalBytes = 0

    /// Makes a server of no files.
    ///
    /// - Parameters:
    ///   - headers: Fields that every answer has, such as a content security policy.
    ///   - totalBytesMax: Bytes of all files together, with their compressed forms.
    public init(headers: HTTPHeaders = HTTPHeaders(), totalBytesMax: Int = 64 << 20) {
        self.headers = headers
        self.totalBytesMax = totalBytesMax
    }

    /// The paths that are served, in ascending order.
    public var paths: [String] { entries.keys.sorted() }

    /// Adds a file.
    ///
    /// - Parameters:
    ///   - path: Where it is served, from its `/` on.
    ///   - file: Where it lies; its ending must be one that `ContentType` knows.
    /// - Throws: `HTTPError.system` when it cannot be read, `.unknownContent`, `.tooManyFiles`.
    public mutating func add(_ path: String, file: String) throws(HTTPError) {
        guard let type = ContentType.of(file: file) else { throw .unknownContent(file) }
        let content: [UInt8]
        do throws(PlatformError) {
            content = try WholeFile.read(file)
        } catch {
            throw .system(error)
        }
        try add(path, content: content, type: type)
    }

    /// Adds content.
    ///
    /// - Parameters:
    ///   - path: Where it is served, from its `/` on; what was served there is replaced.
    ///   - content: The content.
    ///   - type: What it is, such as `text/html; charset=utf-8`.
    /// - Throws: `HTTPError.tooManyFiles`.
    public mutating func add(
        _ path: String,
        content: [UInt8],
        type: String
    ) throws(HTTPError) {
        precondition(path.utf8.first == UInt8(ascii: "/"), "a path begins with its slash")
        var compressed: [UInt8]?
        if ContentType.isCompressible(type), content.count > 256 {
            let smaller = Gzip.compress(content)
            if smaller.count < content.count / 10 * 9 { compressed = smaller }
        }
        totalBytes += content.count + (compressed?.count ?? 0)
        if let old = entries[path] {
            totalBytes -= old.plain.count + (old.compressed?.count ?? 0)
        }
        guard totalBytes <= totalBytesMax else { throw .tooManyFiles(limit: totalBytesMax) }
        entries[path] = Entry(
            type: type,
            plain: content,
            compressed: compressed,
            tag: Hex.encode(Array(SHA256.hash(of: content).bytes.prefix(16)))
        )
    }

    /// Adds the files of a folder and of the folders in it, as far as their endings are known.
    ///
    /// Hidden files and symbolic links are left out.
    ///
    /// - Parameters:
    ///   - folder: Where it lies.
    ///   - path: Where its files are served, with a slash at the end.
    /// - Throws: `HTTPError.system` when something cannot be read, `.tooManyFiles`.
    public mutating func add(folder: String, under path: String) throws(HTTPError) {
        precondition(path.utf8.last == UInt8(ascii: "/"), "a folder ends with its slash")
        for name in try Self.names(folder) {
            let place = folder + "/" + name
            var status = stat()
            guard unsafe lstat(place, &status) == 0 else { continue }
            switch status.st_mode & S_IFMT {
            case S_IFDIR: try add(folder: place, under: path + name + "/")
            case S_IFREG where ContentType.of(file: name) != nil:
                try add(path + name, file: place)
            default: continue
            }
        }
    }

    private static func names(_ folder: String) throws(HTTPError) -> [String] {
        do throws(PlatformError) {
            return try LinuxDirectory.open(folder).list()
        } catch {
            throw .system(error)
        }
    }

    /// Answers a request for one of the files; none if there is no such file.
    public func answer(_ request: HTTPRequest) -> HTTPResponse? {
        guard let entry = entries[request.path] else { return nil }
        guard request.method == "GET" || request.method == "HEAD" else {
            return .methodNotAllowed("GET, HEAD")
        }
        let takesGzip = Self.takesGzip(request.headers)
        let compressed = takesGzip ? entry.compressed : nil
        // Two forms of the same file are different to a cache.
        let tag = compressed == nil ? "\"\(entry.tag)\"" : "\"\(entry.tag)-gzip\""
        var fields = headers
        fields.add("ETag", tag)
        fields.add("Cache-Control", "no-cache")
        fields.add("X-Content-Type-Options", "nosniff")
        if entry.compressed != nil { fields.add("Vary", "Accept-Encoding") }
        if Self.hasTag(request.headers, tag) { return HTTPResponse(status: 304, headers: fields) }
        fields.add("Content-Type", entry.type)
        if compressed != nil { fields.add("Content-Encoding", "gzip") }
        return HTTPResponse(status: 200, headers: fields, body: compressed ?? entry.plain)
    }

    /// Whether a client takes gzip (RFC 9110 §12.5.3): named, or by `*`, and not with a weight of 0.
    private static func takesGzip(_ headers: HTTPHeaders) -> Bool {
        var takes: (named: Bool?, any: Bool?) = (nil, nil)
        for item in headers.values("accept-encoding").flatMap({ $0.split(separator: ",") }) {
            let parts = item.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" } }
            let weight = parts.dropFirst().first { $0.lowercased().hasPrefix("q=") }?.dropFirst(2)
            let isWanted = weight.map { $0.contains { ("1"..."9").contains($0) } } ?? true
            switch parts.first?.lowercased() {
            case "gzip", "x-gzip": takes.named = isWanted
            case "*": takes.any = isWanted
            default: continue
            }
        }
        return takes.named ?? takes.any ?? false
    }

    /// Whether a client has the form with a tag (RFC 9110 §13.1.2).
    private static func hasTag(_ headers: HTTPHeaders, _ tag: String) -> Bool {
        headers.values("if-none-match").flatMap { $0.split(separator: ",") }.contains { item in
            let name = item.filter { $0 != " " && $0 != "\t" }
            return name == "*" || name == tag || name == "W/" + tag
        }
    }
}
