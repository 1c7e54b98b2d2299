/// The functions of WASI 0.2 that the host offers, by interface and name.
///
/// They are this program's own, so that each is bounded in time, sees only what the service may see, and can be
/// made to give the same answers everywhere.
enum WASI {
    private static let groups = [
        IOFunctions.functions, ClockFunctions.functions, CommandLineFunctions.functions,
        SocketFunctions.functions, FileFunctions.functions, DirectoryFunctions.functions,
        FieldFunctions.functions, OutgoingFunctions.functions, IncomingFunctions.functions,
    ]

    private static let functions: [String: HostFunction] = {
        var all: [String: HostFunction] = [:]
        for group in groups {
            for (name, function) in group { all[name] = function }
        }
        return all
    }()

    /// The function of that name; its types are needed where drafts of one version differ.
    static func function(_ name: String, _ signature: Signature) -> HostFunction? {
        functions[name] ?? KeyValueFunctions.function(name, signature)
    }
}
