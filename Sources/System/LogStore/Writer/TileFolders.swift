internal import MerkleLog
internal import Platform

/// Writes tiles into the log's directory.
///
/// A file gets its name only when all its bytes are written, so nobody reads a part of one; durable it is when the
/// targets that are returned are synced.
struct TileFolders {
    private let directory: any StorageDirectory
    /// Directories that were opened, so that each is opened once.
    private var open: [String: any StorageDirectory] = [:]

    /// How many directories are kept open.
    private static let openMax = 64

    init(_ directory: any StorageDirectory) { self.directory = directory }

    /// Writes tiles.
    ///
    /// - Returns: What must be synced before they count.
    mutating func write(
        _ tiles: [(tile: Tile, bytes: [UInt8])]
    ) throws(PlatformError) -> [SyncPool.Target] {
        if open.count > Self.openMax { open = [:] }
        var files: [any StorageFile] = []
        var touched: [String: any StorageDirectory] = [:]
        var order: [String] = []
        func touch(_ path: String, _ folder: any StorageDirectory) {
            if touched.updateValue(folder, forKey: path) == nil { order.append(path) }
        }
        for (tile, bytes) in tiles {
            let (path, name) = Self.split(tile.path)
            let folder = try self.folder(path, touch)
            let temporary = name + LogFormat.temporarySuffix
            let file = try folder.createAnew(temporary)
            try file.write(bytes[...], at: 0)
            try file.startWriting(at: 0, count: bytes.count)
            try folder.rename(temporary, to: name)
            files.append(file)
            touch(path, folder)
        }
        return files.map { file in .file(file) }
            + order.compactMap { path in touched[path].map { folder in .directory(folder) } }
    }

    /// The directory of a path; those that may be new make their parents be synced too.
    private mutating func folder(
        _ path: String,
        _ touch: (String, any StorageDirectory) -> Void
    ) throws(PlatformError) -> any StorageDirectory {
        if path.isEmpty { return directory }
        if let folder = open[path] { return folder }
        let (parentPath, name) = Self.split(path)
        let parent = try folder(parentPath, touch)
        let folder = try parent.subdirectory(name)
        touch(parentPath, parent)
        open[path] = folder
        return folder
    }

    /// Removes the partial tiles of tiles that are full; nobody needs them any more.
    mutating func removePartials(of tiles: [Tile]) throws(PlatformError) {
        for tile in tiles where !tile.isPartial {
            let (path, name) = Self.split(tile.path)
            let partials = name + ".p"
            let parent = try folder(path) { _, _ in }
            // Opening it makes it where it is missing, which costs less than looking for it.
            let folder = try self.folder(path + "/" + partials) { _, _ in }
            for file in try folder.list() { try folder.remove(file) }
            open[path + "/" + partials] = nil
            try parent.removeSubdirectory(partials)
        }
    }

    /// The directory and the name of a path.
    private static func split(_ path: String) -> (directory: String, name: String) {
        guard let slash = path.lastIndex(of: "/") else { return ("", path) }
        return (String(path[..<slash]), String(path[path.index(after: slash)...]))
    }
}
