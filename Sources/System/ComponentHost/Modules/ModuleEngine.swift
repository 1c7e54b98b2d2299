internal import CWasmtime

/// Compiles core modules that live long in one instance, such as the venue that an observer re-executes.
///
/// Modules import nothing: all they do is compute on their own memory.
public final class ModuleEngine: Sendable {
    /// How modules are compiled and run.
    public struct Configuration: Equatable, Sendable {
        /// Whether calls cost fuel, which takes about half as long again.
        ///
        /// Without it the deadline alone ends what runs for ever, and where that is nobody can repeat.
        public var usesFuel: Bool
        /// Where compiled modules are kept; nowhere without it.
        public var cacheDirectory: String?
        /// Bytes of the module's stack of calls.
        public var stackBytes: Int

        /// Makes a configuration.
        public init(
            usesFuel: Bool = true,
            cacheDirectory: String? = nil,
            stackBytes: Int = 1 << 20
        ) {
            self.usesFuel = usesFuel
            self.cacheDirectory = cacheDirectory
            self.stackBytes = stackBytes
        }
    }

    /// Bytes of a module that are taken at most.
    public static let moduleBytesMax = 64 << 20

    let core: EngineCore
    private let cache: CodeCache?

    /// Starts an engine.
    ///
    /// - Throws: `library`, `wrongVersion`, `engine`; `platform` when the cache cannot be used.
    public init(_ configuration: Configuration = Configuration()) throws(ComponentError) {
        core = try EngineCore(
            EngineCore.Options(
                isDeterministic: true,
                usesFuel: configuration.usesFuel,
                stackBytes: configuration.stackBytes
            )
        )
        var cache: CodeCache?
        if let path = configuration.cacheDirectory { cache = try CodeCache(path: path) }
        self.cache = cache
    }

    /// Compiles a module, or loads what an earlier start compiled.
    ///
    /// - Parameter wasm: The module's bytes.
    /// - Returns: The module.
    /// - Throws: `notComponent`, `programTooLarge`, `invalid`.
    /// - Complexity: Seconds for a megabyte that was not compiled before.
    public func module(_ wasm: [UInt8]) throws(ComponentError) -> Module {
        guard wasm.count <= Self.moduleBytesMax else {
            throw .programTooLarge(byteCount: wasm.count, limit: Self.moduleBytesMax)
        }
        try EngineCore.checkHead(wasm, layer: 0)
        guard let cache else { return try compiled(wasm) }
        let name = CodeCache.name(of: wasm, fingerprint: "module " + core.fingerprint)
        if let code = cache.code(name) {
            var pointer: OpaquePointer?
            let error = unsafe wasmtime_module_deserialize(
                core.pointer,
                code,
                code.count,
                &pointer
            )
            if let pointer = unsafe pointer { return unsafe Module(core, pointer) }
            if let error = unsafe error { unsafe wasmtime_error_delete(error) }
            cache.remove(name)
        }
        let module = try compiled(wasm)
        if let code = module.code() { cache.keep(code, as: name) }
        return module
    }

    private func compiled(_ wasm: [UInt8]) throws(ComponentError) -> Module {
        var pointer: OpaquePointer?
        let error = unsafe wasmtime_module_new(core.pointer, wasm, wasm.count, &pointer)
        try unsafe Fault.check(error)
        guard let pointer = unsafe pointer else { throw .invalid("nothing was compiled") }
        return unsafe Module(core, pointer)
    }
}

/// A compiled module.
@safe public final class Module: @unchecked Sendable {
    // The library lets several threads use a module; the compiler cannot know that.

    let core: EngineCore
    let pointer: OpaquePointer

    init(_ core: EngineCore, _ pointer: OpaquePointer) {
        self.core = core
        unsafe self.pointer = pointer
    }

    deinit { unsafe wasmtime_module_delete(pointer) }

    /// The native code, for the cache.
    func code() -> [UInt8]? {
        var code = unsafe wasm_byte_vec_t()
        if let error = unsafe wasmtime_module_serialize(pointer, &code) {
            unsafe wasmtime_error_delete(error)
            return nil
        }
        defer { unsafe wasm_byte_vec_delete(&code) }
        return unsafe [UInt8](UnsafeRawBufferPointer(start: code.data, count: code.size))
    }
}
