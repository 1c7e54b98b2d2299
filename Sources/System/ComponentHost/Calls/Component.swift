internal import CWasmtime

/// A component that is ready to run.
///
/// Every call gets a new instance with empty memory.
@safe public final class Component: @unchecked Sendable {
    // Nothing in it changes, and the library lets several threads use it; the compiler cannot know that.

    /// The functions that a world asks a component for.
    enum Export: String, CaseIterable {
        case run
        case processInput = "process-input"
        case handleTimerCallback = "handle-timer-callback"
        case handleSubmitCallback = "handle-submit-callback"
    }

    /// What a call gave, and what it took.
    struct Outcome {
        var value: WITValue?
        var fuelUsed: UInt64
    }

    private let program: CompiledComponent
    private let linker: Linker
    private let isDeterministic: Bool
    private let maxima: CallLimits
    private let exports: [Export: OpaquePointer]

    init(
        _ program: CompiledComponent,
        linker: Linker,
        isDeterministic: Bool,
        maxima: CallLimits
    ) throws(ComponentError) {
        self.program = program
        self.linker = linker
        self.isDeterministic = isDeterministic
        self.maxima = maxima
        let found = try Self.checkedExports(program)
        var exports: [Export: OpaquePointer] = unsafe [:]
        for export in Export.allCases where found.contains(export) {
            let name = export.rawValue
            unsafe exports[export] = wasmtime_component_get_export_index(
                program.pointer,
                nil,
                name,
                name.utf8.count
            )
        }
        unsafe self.exports = exports
    }

    deinit {
        for export in Export.allCases {
            if let index = unsafe exports[export] {
                unsafe wasmtime_component_export_index_delete(index)
            }
        }
    }

    /// Whether it is one of `wavs:operator`.
    public var isOperator: Bool { unsafe exports[.run] != nil }

    /// Whether it is one of `wavs:aggregator`.
    public var isAggregator: Bool { unsafe exports[.processInput] != nil }

    /// The functions of the worlds that the component has; those with other types are refused.
    private static func checkedExports(
        _ program: CompiledComponent
    ) throws(ComponentError) -> Set<Export> {
        let engine = unsafe program.core.pointer
        let type = unsafe wasmtime_component_type(program.pointer)
        defer { unsafe wasmtime_component_type_delete(type) }
        var found: Set<Export> = []
        for index in unsafe 0..<wasmtime_component_type_export_count(type, engine) {
            var name: UnsafePointer<CChar>?
            var size = 0
            var item: OpaquePointer?
            guard
                unsafe wasmtime_component_type_export_nth(
                    type,
                    engine,
                    index,
                    &name,
                    &size,
                    &item
                )
            else { continue }
            defer { unsafe wasmtime_component_extern_delete(item) }
            guard let export = unsafe Export(rawValue: Linker.string(name, size)) else { continue }
            try unsafe Linker.withType(of: item) { type throws(ComponentError) in
                guard unsafe Int(type.kind) == CWASMTIME_ITEM_FUNC,
                    let function = unsafe type.of.func
                else { throw .wrongWorld("\(export.rawValue) is no function") }
                let signature = unsafe Signature(function)
                guard !signature.hasForbiddenType,
                    signature.description == WorldSignatures.exports[export.rawValue]
                else {
                    let text = Fault.cut(signature.description)
                    throw .wrongWorld("\(export.rawValue) has the type \(text)")
                }
                found.insert(export)
            }
        }
        guard found.contains(.run) || found.contains(.processInput) else {
            throw .wrongWorld(
                "it has neither run (wavs:operator 2.6.0) nor process-input (wavs:aggregator 2.6.0)"
            )
        }
        return found
    }

    /// Calls a function in a new instance.
    func call(
        _ export: Export,
        _ arguments: [WITValue],
        _ context: HostContext,
        _ limits: CallLimits
    ) throws(ComponentError) -> Outcome {
        guard let index = unsafe exports[export] else {
            throw .wrongWorld("it has no \(export.rawValue)")
        }
        let core = program.core
        try core.checkStack()
        let limits = limits.capped(by: maxima)
        let state = CallState(context, limits, isDeterministic: isDeterministic)
        guard
            let store = unsafe wasmtime_store_new(
                core.pointer,
                Unmanaged.passUnretained(state).toOpaque(),
                nil
            )
        else { throw .engine("it has no memory for a store") }
        // The store's end may still drop resources, so the state must outlive it.
        defer { withExtendedLifetime(state) { unsafe wasmtime_store_delete(store) } }
        guard let storeContext = unsafe wasmtime_store_context(store) else {
            throw .engine("it has no memory for a store")
        }
        unsafe wasmtime_store_limiter(
            store,
            Int64(limits.memoryBytes),
            Int64(limits.tableElements),
            Self.instancesMax,
            Self.tablesMax,
            Self.memoriesMax
        )
        try unsafe Fault.check(wasmtime_context_set_fuel(storeContext, limits.fuel))
        unsafe wasmtime_context_set_epoch_deadline(
            storeContext,
            EpochTicker.ticks(milliseconds: limits.milliseconds)
        )
        core.ticker.enter()
        defer { core.ticker.leave() }
        defer { state.finish() }
        let value = try unsafe perform(index, arguments, storeContext, state)
        var fuelLeft: UInt64 = 0
        try unsafe Fault.check(wasmtime_context_get_fuel(storeContext, &fuelLeft))
        return Outcome(value: value, fuelUsed: limits.fuel - fuelLeft)
    }

    /// Core modules, tables and memories of one component: adapters and libraries beside the program itself.
    private static let instancesMax: Int64 = 64
    private static let tablesMax: Int64 = 32
    private static let memoriesMax: Int64 = 4

    private func perform(
        _ index: OpaquePointer,
        _ arguments: [WITValue],
        _ context: OpaquePointer,
        _ state: CallState
    ) throws(ComponentError) -> WITValue? {
        var instance = wasmtime_component_instance_t()
        try unsafe check(
            wasmtime_component_linker_instantiate(
                linker.pointer,
                context,
                program.pointer,
                &instance
            ),
            state
        )
        var function = unsafe wasmtime_component_func_t()
        guard
            unsafe wasmtime_component_instance_get_func(&instance, context, index, &function)
        else { throw .wrongWorld("a function that it has is none") }
        let values = UnsafeMutableBufferPointer<cwasmtime_value_t>.allocate(
            capacity: max(arguments.count, 1)
        )
        defer { unsafe values.deallocate() }
        unsafe values.initialize(repeating: cwasmtime_value_t())
        defer {
            for index in values.indices {
                unsafe wasmtime_component_val_delete(&values[index])
            }
        }
        do throws(HostRefusal) {
            for (index, argument) in arguments.enumerated() {
                guard let base = values.baseAddress else { continue }
                try unsafe argument.lower(into: base + index, context)
            }
        } catch {
            throw error.reason
        }
        var result = unsafe cwasmtime_value_t()
        try unsafe check(
            wasmtime_component_func_call(
                &function,
                context,
                values.baseAddress,
                arguments.count,
                &result,
                1
            ),
            state
        )
        defer { unsafe wasmtime_component_val_delete(&result) }
        var reader = ValueReader(bytesMax: state.limits.outputBytesMax)
        do throws(LiftingError) {
            return try unsafe reader.value(&result, context)
        } catch {
            throw .outputTooLarge(limit: state.limits.outputBytesMax)
        }
    }

    private func check(
        _ error: OpaquePointer?,
        _ state: CallState
    ) throws(ComponentError) {
        guard let error = unsafe error else { return }
        let text = unsafe Fault.text(of: error)
        throw state.failure ?? Fault.ofCall(text, limits: state.limits)
    }
}
