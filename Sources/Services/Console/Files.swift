import Platform

extension Console {
    /// How a path that a file names is meant: beside that file, unless it begins with a slash.
    static func beside(_ file: String) -> (String) -> String {
        let folder = file.lastIndex(of: "/").map { String(file[..<$0]) } ?? "."
        return { path in path.hasPrefix("/") ? path : folder + "/" + path }
    }

    /// Opens a directory, which is made if it is missing.
    static func makeDirectory(_ path: String) throws(ConsoleError) -> LinuxDirectory {
        do throws(PlatformError) {
            return try LinuxDirectory.open(path, create: true)
        } catch {
            throw .environment("\(error); name a directory that can be written to")
        }
    }

    /// Opens a directory that must be there.
    static func openDirectory(_ path: String) throws(ConsoleError) -> LinuxDirectory {
        do throws(PlatformError) {
            return try LinuxDirectory.open(path)
        } catch {
            throw .environment("\(error); name a directory that is there")
        }
    }

    /// Writes a file in one piece, replacing one that is there.
    static func writeFile(_ path: String, _ bytes: [UInt8]) throws(ConsoleError) {
        do throws(PlatformError) {
            try WholeFile.write(bytes, to: path)
        } catch {
            throw .environment("\(error); name a file that can be written")
        }
    }
}
