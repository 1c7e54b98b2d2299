internal import CWasmtime

/// A function that the host offers to programs.
typealias HostFunction =
    @Sendable (CallState, [WITValue]) throws(HostRefusal) -> WITValue?

/// Gives a component what it imports.
///
/// It defines exactly what the component names, in the version that it names, so components for any WASI 0.2
/// run. What the host does not know is refused here; what it knows and does not offer ends the call that asks
/// for it.
@safe final class Linker: @unchecked Sendable {
    // The library lets several threads instantiate from a linker; the compiler cannot know that.

    let pointer: OpaquePointer

    init(_ program: CompiledComponent) throws(ComponentError) {
        guard let pointer = unsafe wasmtime_component_linker_new(program.core.pointer) else {
            throw .engine("it has no memory for a linker")
        }
        // From here on `deinit` frees it, also when something is thrown.
        unsafe self.pointer = pointer
        let type = unsafe wasmtime_component_type(program.pointer)
        defer { unsafe wasmtime_component_type_delete(type) }
        let engine = unsafe program.core.pointer
        for index in unsafe 0..<wasmtime_component_type_import_count(type, engine) {
            var name: UnsafePointer<CChar>?
            var size = 0
            var item: OpaquePointer?
            guard
                unsafe wasmtime_component_type_import_nth(
                    type,
                    engine,
                    index,
                    &name,
                    &size,
                    &item
                )
            else { continue }
            defer { unsafe wasmtime_component_extern_delete(item) }
            let text = unsafe Linker.string(name, size)
            try unsafe Self.withType(of: item) { type throws(ComponentError) in
                guard unsafe Int(type.kind) == CWASMTIME_ITEM_INSTANCE else {
                    throw .missingImport(text)
                }
                try unsafe define(text, type.of.instance, engine)
            }
        }
    }

    deinit { unsafe wasmtime_component_linker_delete(pointer) }

    static func string(_ start: UnsafePointer<CChar>?, _ size: Int) -> String {
        unsafe String(
            decoding: UnsafeRawBufferPointer(start: start, count: size),
            as: UTF8.self
        )
    }

    /// The type of an import or export, for the time of `body`.
    static func withType(
        of item: OpaquePointer?,
        _ body: (wasmtime_component_item_t) throws(ComponentError) -> Void
    ) throws(ComponentError) {
        var type = unsafe wasmtime_component_item_t()
        unsafe wasmtime_component_extern_type(item, &type)
        defer { unsafe wasmtime_component_item_delete(&type) }
        try unsafe body(type)
    }

    /// Defines an interface as far as the component uses it.
    private func define(
        _ name: String,
        _ type: OpaquePointer?,
        _ engine: OpaquePointer
    ) throws(ComponentError) {
        let interface = try HostInterface(importName: name)
        let root = unsafe wasmtime_component_linker_root(pointer)
        defer { unsafe wasmtime_component_linker_instance_delete(root) }
        var instance: OpaquePointer?
        try unsafe Fault.check(
            wasmtime_component_linker_instance_add_instance(
                root,
                name,
                name.utf8.count,
                &instance
            )
        )
        defer { unsafe wasmtime_component_linker_instance_delete(instance) }
        for index in unsafe 0..<wasmtime_component_instance_type_export_count(type, engine) {
            var member: UnsafePointer<CChar>?
            var size = 0
            var item: OpaquePointer?
            guard
                unsafe wasmtime_component_instance_type_export_nth(
                    type,
                    engine,
                    index,
                    &member,
                    &size,
                    &item
                )
            else { continue }
            defer { unsafe wasmtime_component_extern_delete(item) }
            let text = unsafe Self.string(member, size)
            try unsafe Self.withType(of: item) { type throws(ComponentError) in
                switch unsafe Int(type.kind) {
                case CWASMTIME_ITEM_FUNC:
                    guard let function = unsafe type.of.func else { return }
                    let signature = unsafe Signature(function)
                    let implementation = try interface.function(text, signature)
                    try unsafe add(implementation, name + "#" + text, text, instance)
                case CWASMTIME_ITEM_RESOURCE:
                    guard let resource = ResourceType(name: text) else {
                        throw .missingImport("\(name)#\(text)")
                    }
                    try unsafe add(resource, text, instance)
                case CWASMTIME_ITEM_INSTANCE: throw .missingImport("\(name)#\(text)")
                default: break
                }
            }
        }
    }

    private func add(
        _ function: @escaping HostFunction,
        _ fullName: String,
        _ name: String,
        _ instance: OpaquePointer?
    ) throws(ComponentError) {
        let box = unsafe Unmanaged.passRetained(HostFunctionBox(fullName, function))
        try unsafe Fault.check(
            wasmtime_component_linker_instance_add_func(
                instance,
                name,
                name.utf8.count,
                callHost,
                box.toOpaque()
            ) { box in
                guard let box = unsafe box else { return }
                unsafe Unmanaged<HostFunctionBox>.fromOpaque(box).release()
            }
        )
    }

    private func add(
        _ resource: ResourceType,
        _ name: String,
        _ instance: OpaquePointer?
    ) throws(ComponentError) {
        let type = unsafe wasmtime_component_resource_type_new_host(resource.rawValue)
        defer { unsafe wasmtime_component_resource_type_delete(type) }
        try unsafe Fault.check(
            wasmtime_component_linker_instance_add_resource(
                instance,
                name,
                name.utf8.count,
                type,
                { _, context, number in
                    guard let state = unsafe callState(context) else { return nil }
                    state.resources.drop(number)
                    return nil
                },
                nil,
                nil
            )
        )
    }
}

/// A function of the host where the library can find it.
private final class HostFunctionBox: Sendable {
    let name: String
    let function: HostFunction

    init(_ name: String, _ function: @escaping HostFunction) {
        self.name = name
        self.function = function
    }
}

/// What the call knows that a context of the library belongs to.
private func callState(_ context: OpaquePointer?) -> CallState? {
    guard let data = unsafe wasmtime_context_get_data(context) else { return nil }
    return unsafe Unmanaged<CallState>.fromOpaque(data).takeUnretainedValue()
}

/// What the library calls when a program calls the host.
private func callHost(
    _ environment: UnsafeMutableRawPointer?,
    _ context: OpaquePointer?,
    _ type: OpaquePointer?,
    _ arguments: UnsafeMutablePointer<cwasmtime_value_t>?,
    _ argumentCount: Int,
    _ results: UnsafeMutablePointer<cwasmtime_value_t>?,
    _ resultCount: Int
) -> OpaquePointer? {
    guard let environment = unsafe environment, let context = unsafe context,
        let state = unsafe callState(context)
    else { return unsafe wasmtime_error_new("the call has no state") }
    let box = unsafe Unmanaged<HostFunctionBox>.fromOpaque(environment).takeUnretainedValue()
    do throws(HostRefusal) {
        let values = try unsafe lift(arguments, argumentCount, context, box.name)
        try state.checkTime()
        let result = try box.function(state, values)
        guard resultCount > 0 else { return nil }
        guard resultCount == 1, let result, let target = unsafe results else {
            throw HostRefusal("\(box.name) gives no such result")
        }
        try unsafe result.lower(into: target, context)
        return nil
    } catch {
        state.failure = error.reason
        return unsafe wasmtime_error_new("the host ended the call")
    }
}

/// All arguments are read before any is used, so that every borrowed resource is given back.
private func lift(
    _ arguments: UnsafeMutablePointer<cwasmtime_value_t>?,
    _ count: Int,
    _ context: OpaquePointer,
    _ name: String
) throws(HostRefusal) -> [WITValue] {
    guard count > 0, let arguments = unsafe arguments else { return [] }
    var reader = ValueReader(bytesMax: CallState.argumentBytesMax)
    var values: [WITValue] = []
    var problem: LiftingError?
    for index in 0..<count {
        do throws(LiftingError) {
            values.append(try unsafe reader.value(arguments + index, context))
        } catch {
            problem = error
        }
    }
    switch problem {
    case nil: return values
    case .tooLarge: throw HostRefusal("\(name) with more than \(CallState.argumentBytesMax) bytes")
    case .foreignResource: throw HostRefusal("\(name) with a resource that is not the host's")
    }
}
