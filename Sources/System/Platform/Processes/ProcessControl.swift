internal import Glibc

/// This process: how it was started and how it ends.
public enum ProcessControl {
    /// The words of the command line without the program's name.
    public static var arguments: [String] { Array(CommandLine.arguments.dropFirst()) }

    /// The value of an environment variable; none if it is not set.
    public static func environment(_ name: String) -> String? {
        unsafe getenv(name).map { value in unsafe String(cString: value) }
    }

    /// The folder of the program, as the system knows it; the root if it does not.
    public static var executableDirectory: String {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = unsafe readlink("/proc/self/exe", &buffer, buffer.count)
        let bytes = buffer[..<max(0, count)].map { byte in UInt8(bitPattern: byte) }
        let path = String(decoding: bytes, as: UTF8.self)
        return path.lastIndex(of: "/").map { slash in String(path[..<slash]) } ?? ""
    }

    /// The folder that paths without a slash before them are in; the root if it is gone.
    public static var workingDirectory: String {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        guard unsafe getcwd(&buffer, buffer.count) != nil else { return "" }
        let bytes = buffer.prefix { byte in byte != 0 }.map { byte in UInt8(bitPattern: byte) }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Ends the process with a code.
    public static func exit(_ code: Int32) -> Never { Glibc.exit(code) }
}
