internal import Glibc

/// What this process runs on, and how much of it it uses.
public enum Machine {
    /// The processors' name and number, such as "Model X, 2 processors".
    public static var description: String {
        var name = "unknown processor"
        if let bytes = try? WholeFile.read("/proc/cpuinfo") {
            let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
            if let line = lines.first(where: { $0.hasPrefix("model name") }),
                let colon = line.firstIndex(of: ":")
            {
                name = String(line[line.index(after: colon)...].drop { $0 == " " })
            }
        }
        return "\(name), \(sysconf(Int32(_SC_NPROCESSORS_ONLN))) processors"
    }

    /// How many bytes of memory this process has at the moment (its resident set).
    ///
    /// - Throws: `PlatformError` when `/proc` is not there.
    public static func residentBytes() throws(PlatformError) -> Int {
        let path = "/proc/self/statm"
        let bytes = try WholeFile.read(path)
        let words = String(decoding: bytes, as: UTF8.self).split(separator: " ")
        guard words.count > 1, let pages = Int(words[1]) else {
            throw .endOfFile(path: path, offset: UInt64(bytes.count))
        }
        return pages * sysconf(Int32(_SC_PAGESIZE))
    }
}
