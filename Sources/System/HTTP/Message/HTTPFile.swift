public import Platform

/// The content of a file, as the body of an answer that is read while it is sent.
///
/// The file must not become shorter meanwhile; what is appended later is not sent.
public struct HTTPFile: Equatable, Sendable {
    let file: any StorageFile
    /// How many bytes are sent.
    public let byteCount: UInt64

    /// Takes an open file as long as it is now.
    ///
    /// - Throws: `HTTPError.system` when its size cannot be read.
    public init(_ file: any StorageFile) throws(HTTPError) {
        self.file = file
        do throws(PlatformError) { byteCount = try file.size() } catch { throw .system(error) }
    }

    /// Opens a file of a directory; names in it are the caller's, never a client's.
    ///
    /// - Throws: `HTTPError.system` when it cannot be opened.
    public init(_ name: String, in directory: any StorageDirectory) throws(HTTPError) {
        do throws(PlatformError) {
            file = try directory.open(name, readOnly: true)
            byteCount = try file.size()
        } catch {
            throw .system(error)
        }
    }

    /// Whether both are the same opening of a file.
    public static func == (one: HTTPFile, other: HTTPFile) -> Bool {
        one.file === other.file && one.byteCount == other.byteCount
    }
}
