internal import CWasmtime

/// An engine of the library with the thread that advances its epoch.
@safe final class EngineCore: @unchecked Sendable {
    // The library lets several threads use an engine; the compiler cannot know that.

    /// How an engine compiles and what it keeps ready.
    struct Options {
        var isDeterministic: Bool
        var usesFuel = true
        /// Bytes of a program's own stack.
        var stackBytes: Int
        /// What is kept ready for components; nothing for modules, which live long.
        var pool: Pool?
    }

    /// How many programs may run at once, and with how much.
    struct Pool {
        /// Components that run at once.
        var instances: Int
        /// Bytes of address space for each memory.
        var memoryBytesMax: Int
        /// Elements of a table.
        var tableElementsMax: Int
    }

    /// The address of the engine, for the thread, which must not keep this object.
    @safe private struct Address: @unchecked Sendable {
        let pointer: OpaquePointer
    }

    let pointer: OpaquePointer
    let stackBytes: Int
    let usesFuel: Bool
    let ticker: EpochTicker
    /// What programs are compiled with, as text: files compiled otherwise must not be loaded.
    let fingerprint: String

    /// Bytes of the thread's stack that the host's functions may need beyond the program's own.
    private static let hostStackBytes = 512 << 10

    init(_ options: Options) throws(ComponentError) {
        try Wasmtime.load()
        guard let configuration = unsafe wasm_config_new() else {
            throw .engine("it has no memory")
        }
        unsafe Self.set(options, in: configuration)
        guard let engine = unsafe wasm_engine_new_with_config(configuration) else {
            throw .engine("the library refuses its configuration")
        }
        let address = unsafe Address(pointer: engine)
        do throws(ComponentError) {
            ticker = try EpochTicker {
                unsafe wasmtime_engine_increment_epoch(address.pointer)
            }
        } catch {
            unsafe wasm_engine_delete(engine)
            throw error
        }
        unsafe pointer = engine
        stackBytes = options.stackBytes
        usesFuel = options.usesFuel
        let pool = options.pool.map { "\($0.memoryBytesMax)/\($0.tableElementsMax)" } ?? "none"
        fingerprint =
            "\(Wasmtime.version) deterministic \(options.isDeterministic) fuel \(options.usesFuel) "
            + "stack \(options.stackBytes) pool \(pool)"
    }

    deinit {
        ticker.stop()
        unsafe wasm_engine_delete(pointer)
    }

    private static func set(_ options: Options, in configuration: OpaquePointer) {
        unsafe wasmtime_config_consume_fuel_set(configuration, options.usesFuel)
        unsafe wasmtime_config_epoch_interruption_set(configuration, true)
        unsafe wasmtime_config_max_wasm_stack_set(configuration, options.stackBytes)
        unsafe wasmtime_config_async_stack_size_set(
            configuration,
            options.stackBytes + hostStackBytes
        )
        unsafe wasmtime_config_wasm_component_model_set(configuration, true)
        // A component that passes a stream to a host that knows none would abort the process.
        unsafe wasmtime_config_concurrency_support_set(configuration, false)
        unsafe wasmtime_config_wasm_threads_set(configuration, false)
        unsafe wasmtime_config_shared_memory_set(configuration, false)
        unsafe wasmtime_config_wasm_memory64_set(configuration, false)
        unsafe wasmtime_config_wasm_relaxed_simd_deterministic_set(
            configuration,
            options.isDeterministic
        )
        unsafe wasmtime_config_cranelift_nan_canonicalization_set(
            configuration,
            options.isDeterministic
        )
        // A node has few processors and other work for them.
        unsafe wasmtime_config_parallel_compilation_set(configuration, false)
        if let pool = options.pool { unsafe set(pool, in: configuration) }
    }

    private static func set(_ pool: Pool, in configuration: OpaquePointer) {
        guard let allocation = unsafe wasmtime_pooling_allocation_config_new() else { return }
        defer { unsafe wasmtime_pooling_allocation_config_delete(allocation) }
        let instances = UInt32(clamping: pool.instances)
        // A component is made of several modules: adapters and shims beside the program itself.
        let modules = instances * 32
        // The address space of one memory and the guard behind it, instead of 4 GiB each.
        unsafe wasmtime_config_memory_reservation_set(configuration, UInt64(pool.memoryBytesMax))
        unsafe wasmtime_config_memory_guard_size_set(configuration, 64 << 10)
        unsafe wasmtime_pooling_allocation_config_max_memory_size_set(
            allocation,
            pool.memoryBytesMax
        )
        unsafe wasmtime_pooling_allocation_config_total_memories_set(allocation, instances * 2)
        unsafe wasmtime_pooling_allocation_config_max_memories_per_component_set(allocation, 4)
        unsafe wasmtime_pooling_allocation_config_total_tables_set(allocation, instances * 8)
        unsafe wasmtime_pooling_allocation_config_max_tables_per_component_set(allocation, 16)
        unsafe wasmtime_pooling_allocation_config_max_tables_per_module_set(allocation, 4)
        unsafe wasmtime_pooling_allocation_config_table_elements_set(
            allocation,
            pool.tableElementsMax
        )
        unsafe wasmtime_pooling_allocation_config_total_core_instances_set(allocation, modules)
        unsafe wasmtime_pooling_allocation_config_max_core_instances_per_component_set(
            allocation,
            32
        )
        unsafe wasmtime_pooling_allocation_config_total_component_instances_set(
            allocation,
            instances
        )
        unsafe wasmtime_pooling_allocation_config_linear_memory_keep_resident_set(
            allocation,
            256 << 10
        )
        unsafe wasmtime_pooling_allocation_config_table_keep_resident_set(allocation, 16 << 10)
        unsafe wasmtime_pooling_allocation_strategy_set(configuration, allocation)
    }

    /// Refuses to run a program on a thread whose stack it could overrun, which would end the process.
    func checkStack() throws(ComponentError) {
        let left = cwasmtime_stack_left()
        guard left >= stackBytes + Self.hostStackBytes else {
            throw .smallStack(byteCount: left)
        }
    }

    /// Refuses what is no WebAssembly of the expected kind: the library would take text, too.
    ///
    /// The last two bytes of the head are the layer: 0 for a module, 1 for a component.
    ///
    /// - Throws: `notComponent`.
    static func checkHead(_ wasm: [UInt8], layer: UInt8) throws(ComponentError) {
        guard wasm.starts(with: [0x00, 0x61, 0x73, 0x6d]), wasm.count >= 8 else {
            throw .notComponent("its first bytes are not those of WebAssembly")
        }
        guard wasm[6] == layer, wasm[7] == 0 else {
            let what =
                layer == 0 ? "no core module" : "a core module; `wasm-tools component new` wraps it"
            throw .notComponent(what)
        }
    }
}
