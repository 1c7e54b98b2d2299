/// The functions of WASI 0.2 that the host offers, by interface and name.
///
/// They are this program's own, so that each is bounded in time, sees only what the service may see, and can be
/// made to give the same answers everywhere.
enum WASI {
    static let functions: [String: HostFunction] = [:]
}
