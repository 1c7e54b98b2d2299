internal import Glibc

/// This process: how it was started and how it ends.
public enum ProcessControl {
    /// The words of the command line without the program's name.
    public static var arguments: [String] { Array(CommandLine.arguments.dropFirst()) }

    /// Ends the process with a code.
    public static func exit(_ code: Int32) -> Never { Glibc.exit(code) }
}
