public import HTTP
public import MerkleLog
public import Platform

/// What a log shows to everybody, as files of its directory (C2SP tlog-tiles): the checkpoint and the tiles.
///
/// A path is read as the name of a tile and the file is named anew from what was read, so no request can
/// name anything else in the directory or outside of it.
public struct PublishedLog: Sendable {
    /// The file with the newest checkpoint that enough witnesses have cosigned; see `writeCosigned`.
    public static let cosignedFile = "checkpoint.cosigned"

    private static let checkpointFile = "checkpoint"
    private let path: String
    private let showsCosigned: Bool
    private let report: @Sendable (PlatformError) -> Void

    /// Shows the log in a directory.
    ///
    /// - Parameters:
    ///   - path: The directory.
    ///   - showsCosigned: Whether to show the cosigned checkpoint instead of the newest one once there is one.
    ///   - report: Takes what the operator should know: that a file cannot be read.
    public init(
        path: String,
        showsCosigned: Bool = true,
        report: @escaping @Sendable (PlatformError) -> Void
    ) {
        self.path = path
        self.showsCosigned = showsCosigned
        self.report = report
    }

    /// Answers one request.
    ///
    /// - Complexity: O(size of the file).
    public func answer(_ request: HTTPRequest) -> HTTPResponse {
        let names: [String]
        let isMutable = request.path == "/" + Self.checkpointFile
        if isMutable {
            names = (showsCosigned ? [Self.cosignedFile] : []) + [Self.checkpointFile]
        } else if let tile = Tile(path: String(request.path.dropFirst())), request.path.first == "/"
        {
            names = [tile.path]
        } else {
            return .text(404, "nothing here")
        }
        guard request.method == "GET" || request.method == "HEAD" else {
            return .methodNotAllowed("GET, HEAD")
        }
        do throws(PlatformError) {
            for name in names {
                if let bytes = try read(name) { return found(bytes, isMutable: isMutable) }
            }
            return .text(404, "nothing here")
        } catch {
            report(error)
            // Nothing of the machine is told to strangers.
            return .text(500, "it cannot be read")
        }
    }

    private func found(_ bytes: [UInt8], isMutable: Bool) -> HTTPResponse {
        let headers = HTTPHeaders([
            "Content-Type": isMutable ? "text/plain; charset=utf-8" : "application/octet-stream",
            // A tile never changes; a checkpoint is replaced several times a second.
            "Cache-Control": isMutable
                ? "public, max-age=1" : "public, max-age=31536000, immutable",
            // Verifiers in browsers belong to other sites, and all of this is public.
            "Access-Control-Allow-Origin": "*",
        ])
        return HTTPResponse(status: 200, headers: headers, body: bytes)
    }

    private func read(_ name: String) throws(PlatformError) -> [UInt8]? {
        do throws(PlatformError) {
            return try WholeFile.read(path + "/" + name)
        } catch {
            if error.isNotFound { return nil }
            throw error
        }
    }

    /// Replaces the cosigned checkpoint of a log, durably and at once.
    ///
    /// - Parameters:
    ///   - checkpoint: The checkpoint with its cosignatures.
    ///   - directory: The log's directory.
    /// - Throws: `PlatformError`.
    public static func writeCosigned(
        _ checkpoint: SignedCheckpoint,
        in directory: any StorageDirectory
    ) throws(PlatformError) {
        try directory.replace(cosignedFile, with: checkpoint.encoded)
    }
}
