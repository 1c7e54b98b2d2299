internal import CWasmtime

/// Compiles and runs components.
public final class ComponentEngine: Sendable {
    /// How components are compiled and run.
    public struct Configuration: Equatable, Sendable {
        /// Whether every machine must get the same results, bytes and fuel, as attestation asks for.
        ///
        /// Then there is one moment, random numbers are not, sleeping takes no time, and the network and
        /// the file system are refused.
        public var isDeterministic: Bool
        /// Where compiled components are kept; nowhere without it.
        public var cacheDirectory: String?
        /// Components that run at once; each takes address space for two memories, and none that is
        /// not used.
        public var instancesMax: Int
        /// Bytes of a program's stack of calls.
        public var stackBytes: Int
        /// What no call may exceed, whatever a service asks for.
        public var maxima: CallLimits
        /// Bytes of a component that are taken at most.
        public var programBytesMax: Int

        /// Makes a configuration.
        public init(
            isDeterministic: Bool,
            cacheDirectory: String? = nil,
            instancesMax: Int = 8,
            stackBytes: Int = 512 << 10,
            maxima: CallLimits = .nodeMaxima,
            programBytesMax: Int = 64 << 20
        ) {
            precondition(instancesMax > 0)
            self.isDeterministic = isDeterministic
            self.cacheDirectory = cacheDirectory
            self.instancesMax = instancesMax
            self.stackBytes = stackBytes
            self.maxima = maxima
            self.programBytesMax = programBytesMax
        }
    }

    /// How the engine was made.
    public let configuration: Configuration
    private let core: EngineCore
    private let cache: CodeCache?

    /// Starts an engine.
    ///
    /// - Throws: `library`, `wrongVersion`, `engine`; `platform` when the cache cannot be used.
    public init(_ configuration: Configuration) throws(ComponentError) {
        self.configuration = configuration
        core = try EngineCore(
            EngineCore.Options(
                isDeterministic: configuration.isDeterministic,
                stackBytes: configuration.stackBytes,
                pool: EngineCore.Pool(
                    instances: configuration.instancesMax,
                    memoryBytesMax: configuration.maxima.memoryBytes,
                    tableElementsMax: configuration.maxima.tableElements
                )
            )
        )
        var cache: CodeCache?
        if let path = configuration.cacheDirectory { cache = try CodeCache(path: path) }
        self.cache = cache
    }

    /// Compiles a component, or loads what an earlier start compiled, and links it with the host.
    ///
    /// - Parameter wasm: The component's bytes.
    /// - Returns: The component, which can be run at once from several threads.
    /// - Throws: `notComponent`, `programTooLarge`, `invalid`; `missingImport` when the host does not
    ///   offer what it asks for, `wrongWorld` when its functions have other types than the world's.
    /// - Complexity: Seconds for a megabyte that was not compiled before.
    public func component(_ wasm: [UInt8]) throws(ComponentError) -> Component {
        guard wasm.count <= configuration.programBytesMax else {
            throw .programTooLarge(
                byteCount: wasm.count,
                limit: configuration.programBytesMax
            )
        }
        try EngineCore.checkHead(wasm, layer: 1)
        // The compiler needs more stack than a small thread has.
        try core.checkStack()
        guard let cache else { return try component(compiled(wasm)) }
        let name = CodeCache.name(of: wasm, fingerprint: "component " + core.fingerprint)
        if let code = cache.code(name) {
            var pointer: OpaquePointer?
            let error = unsafe wasmtime_component_deserialize(
                core.pointer,
                code,
                code.count,
                &pointer
            )
            if let pointer = unsafe pointer {
                return try component(unsafe CompiledComponent(core, pointer))
            }
            if let error = unsafe error { unsafe wasmtime_error_delete(error) }
            cache.remove(name)
        }
        let program = try compiled(wasm)
        if let code = program.code() { cache.keep(code, as: name) }
        return try component(program)
    }

    private func component(_ program: CompiledComponent) throws(ComponentError) -> Component {
        try Component(
            program,
            linker: Linker(program),
            isDeterministic: configuration.isDeterministic,
            maxima: configuration.maxima
        )
    }

    private func compiled(_ wasm: [UInt8]) throws(ComponentError) -> CompiledComponent {
        var pointer: OpaquePointer?
        try unsafe Fault.check(
            wasmtime_component_new(core.pointer, wasm, wasm.count, &pointer)
        )
        guard let pointer = unsafe pointer else { throw .invalid("nothing was compiled") }
        return unsafe CompiledComponent(core, pointer)
    }
}

/// A component as native code.
@safe final class CompiledComponent: @unchecked Sendable {
    // The library lets several threads use a component; the compiler cannot know that.

    let core: EngineCore
    let pointer: OpaquePointer

    init(_ core: EngineCore, _ pointer: OpaquePointer) {
        self.core = core
        unsafe self.pointer = pointer
    }

    deinit { unsafe wasmtime_component_delete(pointer) }

    /// The native code, for the cache.
    func code() -> [UInt8]? {
        var code = unsafe wasm_byte_vec_t()
        if let error = unsafe wasmtime_component_serialize(pointer, &code) {
            unsafe wasmtime_error_delete(error)
            return nil
        }
        defer { unsafe wasm_byte_vec_delete(&code) }
        return unsafe [UInt8](UnsafeRawBufferPointer(start: code.data, count: code.size))
    }
}
