internal import CWasmtime
internal import Synchronization

/// A module with its memory, which lives from call to call.
///
/// Calls are made one after another, from any thread. After any fault the instance does nothing any more: what its
/// memory holds is not known, so a new one must be made.
@safe public final class ModuleInstance: @unchecked Sendable {
    // The store is used by one thread at a time, which the lock sees to; the compiler cannot know that.

    /// A function of the module, looked up once.
    @safe private struct Function {
        var handle: wasmtime_func_t
        var parameters: [UInt8]
        var results: [UInt8]
    }

    private let module: Module
    private let store: OpaquePointer
    private let context: OpaquePointer
    private var instance = wasmtime_instance_t()
    private var memory = wasmtime_memory_t()
    private var hasMemory = false
    private var functions: [String: Function] = [:]
    private var lastFault: ComponentError?
    private let lock = Mutex<Void>(())

    /// What a call may use unless it says otherwise; `memoryBytes` and `tableElements` hold for the whole life.
    public let limits: CallLimits

    /// Makes an instance.
    ///
    /// - Parameters:
    ///   - module: The module, which must import nothing.
    ///   - limits: What it may use; `memoryBytes` is at most 4 GiB.
    /// - Throws: `missingImport` when it imports something, `tooDemanding` when it begins with more than it
    ///   may have, `trap` and the like when its start function fails.
    public init(_ module: Module, limits: CallLimits) throws(ComponentError) {
        try module.core.checkStack()
        guard let store = unsafe wasmtime_store_new(module.core.pointer, nil, nil),
            let context = unsafe wasmtime_store_context(store)
        else { throw .engine("it has no memory for a store") }
        self.module = module
        self.limits = limits
        unsafe self.store = store
        unsafe self.context = context
        unsafe wasmtime_store_limiter(
            store,
            Int64(limits.memoryBytes),
            Int64(limits.tableElements),
            1,
            16,
            1
        )
        try begin(limits)
        module.core.ticker.enter()
        defer { module.core.ticker.leave() }
        var trap: OpaquePointer?
        let error = unsafe wasmtime_instance_new(
            context,
            module.pointer,
            nil,
            0,
            &instance,
            &trap
        )
        if let fault = unsafe fault(error, trap, limits) { throw Self.ofStart(fault) }
        var item = unsafe wasmtime_extern_t()
        let name = "memory"
        if unsafe wasmtime_instance_export_get(context, &instance, name, name.utf8.count, &item) {
            defer { unsafe wasmtime_extern_delete(&item) }
            if unsafe Int(item.kind) == CWASMTIME_EXTERN_MEMORY {
                unsafe memory = item.of.memory
                hasMemory = true
            }
        }
    }

    deinit { unsafe wasmtime_store_delete(store) }

    /// What stopped the instance for good; none while it works.
    public var fault: ComponentError? { lock.withLock { _ in lastFault } }

    /// Bytes of its memory now.
    public var memoryByteCount: Int {
        lock.withLock { _ in
            hasMemory ? unsafe wasmtime_memory_data_size(context, &memory) : 0
        }
    }

    /// Calls a function whose parameters and result are integers.
    ///
    /// - Parameters:
    ///   - name: The name of its export.
    ///   - arguments: As many as it takes; those for parameters of 32 bits lose their upper half.
    ///   - limits: Fuel and milliseconds of this call; the instance's own without it.
    /// - Returns: The result, one of 32 bits with its sign; 0 when there is none.
    /// - Throws: `noFunction`; `dead` after an earlier fault; otherwise the fault that ends the instance.
    @discardableResult public func call(
        _ name: String,
        _ arguments: [Int64] = [],
        limits: CallLimits? = nil
    ) throws(ComponentError) -> Int64 {
        try lock.withLock { _ throws(ComponentError) in
            try checkAlive()
            try module.core.checkStack()
            let function = try function(name)
            guard function.parameters.count == arguments.count else {
                throw .noFunction("\(name) with \(arguments.count) arguments")
            }
            return try perform(function, arguments, limits ?? self.limits)
        }
    }

    /// Units of fuel that the last call left.
    public var fuelLeft: UInt64 {
        lock.withLock { _ in
            var fuel: UInt64 = 0
            guard module.core.usesFuel else { return 0 }
            if let error = unsafe wasmtime_context_get_fuel(context, &fuel) {
                unsafe wasmtime_error_delete(error)
            }
            return fuel
        }
    }

    /// Writes bytes into the memory.
    ///
    /// - Throws: `memory` when they do not fit at `address`; `dead` after a fault.
    /// - Complexity: O(n), one copy.
    public func write(_ bytes: UnsafeRawBufferPointer, at address: Int) throws(ComponentError) {
        try lock.withLock { _ throws(ComponentError) in
            let target = unsafe try range(address, bytes.count)
            guard let source = bytes.baseAddress, unsafe !bytes.isEmpty else { return }
            unsafe target.copyMemory(from: source, byteCount: bytes.count)
        }
    }

    /// Writes bytes into the memory.
    ///
    /// - Throws: `memory` when they do not fit at `address`; `dead` after a fault.
    /// - Complexity: O(n), one copy.
    public func write(_ bytes: [UInt8], at address: Int) throws(ComponentError) {
        var failure: ComponentError?
        unsafe bytes.withUnsafeBytes { buffer in
            do throws(ComponentError) { try unsafe write(buffer, at: address) } catch {
                failure = error
            }
        }
        if let failure { throw failure }
    }

    /// Copies bytes out of the memory.
    ///
    /// - Throws: `memory` when there are none; `dead` after a fault.
    /// - Complexity: O(n), one copy.
    public func read(at address: Int, count: Int) throws(ComponentError) -> [UInt8] {
        try lock.withLock { _ throws(ComponentError) in
            let source = unsafe try range(address, count)
            return unsafe [UInt8](UnsafeRawBufferPointer(start: source, count: count))
        }
    }

    /// Where `count` bytes of the memory begin.
    private func range(
        _ address: Int,
        _ count: Int
    ) throws(ComponentError) -> UnsafeMutableRawPointer {
        try checkAlive()
        guard hasMemory, let base = unsafe wasmtime_memory_data(context, &memory) else {
            throw .memory("the module exports none")
        }
        let size = unsafe wasmtime_memory_data_size(context, &memory)
        guard address >= 0, count >= 0, count <= size, address <= size - count else {
            throw .memory("\(count) bytes at \(address) are outside of its \(size) bytes")
        }
        return unsafe UnsafeMutableRawPointer(base) + address
    }

    private func checkAlive() throws(ComponentError) {
        if let lastFault { throw .dead(lastFault.description) }
    }

    private func function(_ name: String) throws(ComponentError) -> Function {
        if let known = functions[name] { return known }
        var item = unsafe wasmtime_extern_t()
        guard
            unsafe wasmtime_instance_export_get(
                context,
                &instance,
                name,
                name.utf8.count,
                &item
            )
        else { throw .noFunction(name) }
        defer { unsafe wasmtime_extern_delete(&item) }
        guard unsafe Int(item.kind) == CWASMTIME_EXTERN_FUNC else { throw .noFunction(name) }
        var handle = unsafe item.of.func
        guard let type = unsafe wasmtime_func_type(context, &handle) else {
            throw .noFunction(name)
        }
        defer { unsafe wasm_functype_delete(type) }
        let parameters = unsafe Self.kinds(wasm_functype_params(type))
        let results = unsafe Self.kinds(wasm_functype_results(type))
        let areIntegers = (parameters + results).allSatisfy { kind in
            Int(kind) == CWASMTIME_I32 || Int(kind) == CWASMTIME_I64
        }
        guard areIntegers, results.count <= 1 else {
            throw .noFunction("\(name) of integers only, with one result at most")
        }
        let function = unsafe Function(handle: handle, parameters: parameters, results: results)
        functions[name] = function
        return function
    }

    private static func kinds(_ types: UnsafePointer<wasm_valtype_vec_t>?) -> [UInt8] {
        guard let types = unsafe types?.pointee else { return [] }
        return unsafe (0..<types.size).map { index in
            unsafe types.data[index].map { unsafe wasm_valtype_kind($0) } ?? .max
        }
    }

    private func perform(
        _ function: Function,
        _ arguments: [Int64],
        _ limits: CallLimits
    ) throws(ComponentError) -> Int64 {
        try begin(limits)
        module.core.ticker.enter()
        defer { module.core.ticker.leave() }
        let values = zip(function.parameters, arguments).map { kind, argument in
            var value = wasmtime_val_t()
            value.kind = kind
            if Int(kind) == CWASMTIME_I32 {
                unsafe value.of.i32 = Int32(truncatingIfNeeded: argument)
            } else {
                unsafe value.of.i64 = argument
            }
            return value
        }
        var handle = unsafe function.handle
        var result = wasmtime_val_t()
        var trap: OpaquePointer?
        let error = unsafe wasmtime_func_call(
            context,
            &handle,
            values,
            values.count,
            &result,
            function.results.count,
            &trap
        )
        if let fault = unsafe fault(error, trap, limits) {
            lastFault = fault
            throw fault
        }
        guard let kind = function.results.first else { return 0 }
        return Int(kind) == CWASMTIME_I32 ? Int64(unsafe result.of.i32) : unsafe result.of.i64
    }

    /// Gives the next call its fuel and its time.
    private func begin(_ limits: CallLimits) throws(ComponentError) {
        if module.core.usesFuel {
            try unsafe Fault.check(wasmtime_context_set_fuel(context, limits.fuel))
        }
        unsafe wasmtime_context_set_epoch_deadline(
            context,
            EpochTicker.ticks(milliseconds: limits.milliseconds)
        )
    }

    private func fault(
        _ error: OpaquePointer?,
        _ trap: OpaquePointer?,
        _ limits: CallLimits
    ) -> ComponentError? {
        if let trap = unsafe trap {
            let (text, code) = unsafe Fault.text(ofTrap: trap)
            return Fault.ofTrap(text, code: code, limits: limits)
        }
        if let error = unsafe error {
            return unsafe Fault.ofCall(Fault.text(of: error), limits: limits)
        }
        return nil
    }

    /// What the library says of an instance that it cannot make.
    private static func ofStart(_ fault: ComponentError) -> ComponentError {
        if case .trap(let text) = fault, text.contains("expected") && text.contains("imports") {
            return .missingImport("imports; a module here may have none: \(text)")
        }
        return fault
    }
}
