internal import CWasmtime
internal import Cryptography
internal import Glibc
internal import Platform

/// The library that runs WebAssembly: where it is, and that it is the right one.
public enum Wasmtime {
    /// The version whose interface this program knows.
    public static let version = "50.0.1"

    /// SHA-256 of the library in the wheel of that version for x86-64, the platform of dependencies.txt.
    static let wheelDigest = "3127ca42fe7cdd3f0a43a358e79177dcfedd46c1746329826403b9d854de6178"

    #if arch(arm64)
        private static let platform = "linux-aarch64"
    #else
        private static let platform = "linux-x86_64"
    #endif
    private static let fileName = "_libwasmtime.so"
    private static let wheel = ".build/python/lib/python3.11/site-packages/wasmtime/"

    /// Opens the library unless it is open, and checks that it is the right version.
    ///
    /// It is looked for where the environment variable `PARALLAX_WASMTIME` says, which may name a build for
    /// another processor; otherwise beside the executable, and in `.build` of the folders above it and
    /// above the working directory.
    ///
    /// - Throws: `library` or `wrongVersion`.
    public static func load() throws(ComponentError) { try loaded.get() }

    private static let loaded: Result<Void, ComponentError> = {
        do throws(ComponentError) {
            let (path, isChosen) = try find()
            if !isChosen { try checkDigest(path) }
            if let reason = unsafe cwasmtime_load(path) {
                throw unsafe .library(path: path, reason: String(cString: reason))
            }
            try checkVersion(path)
            return .success(())
        } catch {
            return .failure(error)
        }
    }()

    /// The library's path, and whether the environment names it.
    private static func find() throws(ComponentError) -> (path: String, isChosen: Bool) {
        if let chosen = unsafe getenv("PARALLAX_WASMTIME") {
            return unsafe (String(cString: chosen), true)
        }
        var candidates: [String] = []
        if let folder = executableFolder() {
            candidates.append(folder + "/" + fileName)
            candidates += folders(above: folder).map { $0 + wheel + platform + "/" + fileName }
        }
        if let folder = workingFolder() {
            candidates += folders(above: folder).map { $0 + wheel + platform + "/" + fileName }
        }
        for path in candidates where unsafe access(path, R_OK) == 0 { return (path, false) }
        throw .library(path: fileName, reason: "it is neither beside the program nor in .build")
    }

    /// The folder and all above it, each with a slash at its end.
    private static func folders(above folder: String) -> [String] {
        var result: [String] = []
        var rest = Substring(folder)
        while true {
            result.append(rest + "/")
            guard let slash = rest.lastIndex(of: "/") else { return result }
            rest = rest[..<slash]
        }
    }

    private static func executableFolder() -> String? {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = unsafe readlink("/proc/self/exe", &buffer, buffer.count)
        guard count > 0 else { return nil }
        let path = String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return path.lastIndex(of: "/").map { String(path[..<$0]) }
    }

    private static func workingFolder() -> String? {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        guard unsafe getcwd(&buffer, buffer.count) != nil else { return nil }
        return String(
            decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) },
            as: UTF8.self
        )
    }

    /// The minor version is in no function of the library, so the wheel's own bytes are what is checked.
    private static func checkDigest(_ path: String) throws(ComponentError) {
        #if arch(x86_64)
            let bytes: [UInt8]
            do throws(PlatformError) { bytes = try WholeFile.read(path) } catch {
                throw .platform(error)
            }
            let digest = unsafe AcceleratedSHA256.hash(of: bytes.span.bytes).hex
            guard digest == wheelDigest else {
                throw .wrongVersion(path: path, found: "another build, SHA-256 \(digest)")
            }
        #endif
    }

    /// What a compiled module begins with names the major version.
    private static func checkVersion(_ path: String) throws(ComponentError) {
        guard let configuration = unsafe wasm_config_new(),
            let engine = unsafe wasm_engine_new_with_config(configuration)
        else { throw .library(path: path, reason: "it starts no engine") }
        defer { unsafe wasm_engine_delete(engine) }
        let empty: [UInt8] = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]
        var module: OpaquePointer?
        try unsafe Fault.check(wasmtime_module_new(engine, empty, empty.count, &module))
        defer { unsafe wasmtime_module_delete(module) }
        var code = unsafe wasm_byte_vec_t()
        try unsafe Fault.check(wasmtime_module_serialize(module, &code))
        defer { unsafe wasm_byte_vec_delete(&code) }
        let major = version.utf8.prefix { $0 != UInt8(ascii: ".") }
        // The length of the text stands before it.
        let mark = [UInt8(major.count)] + major
        let head = unsafe [UInt8](UnsafeRawBufferPointer(start: code.data, count: code.size))
            .prefix(512)
        guard head.indices.contains(where: { head[$0...].starts(with: mark) }) else {
            throw .wrongVersion(path: path, found: "another major version")
        }
    }
}
