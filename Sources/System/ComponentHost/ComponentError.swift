public import Platform

/// Why a component or a module could not be made ready or did not finish.
public enum ComponentError: Error, Equatable, Sendable {
    /// The library that runs components is missing or cannot be used.
    case library(path: String, reason: String)
    /// The library is another version than the one whose interface this program knows.
    case wrongVersion(path: String, found: String)
    /// The engine could not be started.
    case engine(String)
    /// A file of the cache, or the cache itself, could not be used.
    case platform(PlatformError)
    /// The bytes are no component; what they are instead.
    case notComponent(String)
    /// The program has more bytes than a node takes.
    case programTooLarge(byteCount: Int, limit: Int)
    /// The bytes look like a component or a module and are not valid.
    case invalid(String)
    /// The program asks for something that this node does not offer.
    case missingImport(String)
    /// The program offers something else than the world that is asked for; what is missing or differs.
    case wrongWorld(String)
    /// The program uses more memory from the start, or more of another resource, than it may.
    case tooDemanding(String)
    /// All places for running programs are taken; the call can be made again.
    case busy
    /// The calling thread's stack has no room for a program.
    case smallStack(byteCount: Int)
    /// The program used up its fuel.
    case outOfFuel(limit: UInt64)
    /// The program ran, slept or waited for longer than it may.
    case deadline(milliseconds: Int)
    /// The program called itself too deeply.
    case stackOverflow
    /// The program got no more memory, or asked for a part that it does not have.
    case memory(String)
    /// The program stopped by a fault of its own; the text is the library's.
    case trap(String)
    /// The program ended itself through `wasi:cli/exit`.
    case exited(code: Int32)
    /// A function of the host refused what the program asked for.
    case refused(String)
    /// The program answered that it failed; the text is its own, cut to a length that can be logged.
    case guest(String)
    /// The program's answer breaks the rules of its interface.
    case badOutput(String)
    /// The program's answer has more bytes than it may.
    case outputTooLarge(limit: Int)
    /// The instance failed before and can do nothing any more; what stopped it.
    case dead(String)
    /// The module has no such function, or calls it otherwise.
    case noFunction(String)
    /// The store of keys and values failed.
    case keyValue(String)
}

extension ComponentError: CustomStringConvertible {
    /// One line that says what failed, where, and what to do.
    public var description: String {
        switch self {
        case .library(let path, let reason):
            "\(path): cannot be used to run components: \(reason); run `make setup`, or name the library "
                + "in PARALLAX_WASMTIME"
        case .wrongVersion(let path, let found):
            "\(path): is Wasmtime \(found), this program needs \(Wasmtime.version); run `make setup`"
        case .engine(let reason): "the engine for components cannot start: \(reason)"
        case .platform(let error): error.description
        case .notComponent(let what): "not a WebAssembly component: \(what)"
        case .programTooLarge(let byteCount, let limit):
            "the program has \(byteCount) bytes, more than the node's \(limit)"
        case .invalid(let reason): "the program is not valid: \(reason)"
        case .missingImport(let name): "the program needs \(name), which this node does not offer"
        case .wrongWorld(let what): "the program is made for another world: \(what)"
        case .tooDemanding(let reason): "the program needs more than it may have: \(reason)"
        case .busy: "as many programs run as the node lets run at once; try again"
        case .smallStack(let byteCount):
            "the calling thread has \(byteCount) bytes of stack left, too few to run a program"
        case .outOfFuel(let limit): "the program used up its fuel of \(limit) units"
        case .deadline(let milliseconds): "the program took longer than \(milliseconds) ms"
        case .stackOverflow: "the program called itself too deeply"
        case .memory(let reason): "the program got no memory: \(reason)"
        case .trap(let text): "the program stopped by a fault: \(text)"
        case .exited(let code): "the program ended itself with the code \(code)"
        case .refused(let reason): "the program was refused: \(reason)"
        case .guest(let text): "the program says it failed: \(text)"
        case .badOutput(let reason): "the program's answer cannot be used: \(reason)"
        case .outputTooLarge(let limit): "the program's answer has more than \(limit) bytes"
        case .dead(let reason): "the instance stopped before and must be made anew: \(reason)"
        case .noFunction(let name): "the program has no function \(name)"
        case .keyValue(let reason): "keys and values: \(reason)"
        }
    }
}
