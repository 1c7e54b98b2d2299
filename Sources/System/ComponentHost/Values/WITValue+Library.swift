internal import CWasmtime

/// Which values of a component were too much or too odd.
enum LiftingError: Error {
    /// There are more bytes than are allowed.
    case tooLarge
    /// A resource of the host was expected and another was given.
    case foreignResource
}

extension WITValue {
    /// Writes the value where the library expects one; all in it is the library's own then.
    ///
    /// - Throws: `HostRefusal` when a resource cannot be handed out.
    func lower(
        into target: UnsafeMutablePointer<cwasmtime_value_t>,
        _ context: OpaquePointer
    ) throws(HostRefusal) {
        unsafe target.initialize(to: cwasmtime_value_t())
        switch self {
        case .bool(let value): unsafe set(target, CWASMTIME_BOOL) { unsafe $0.boolean = value }
        case .s8(let value): unsafe set(target, CWASMTIME_S8) { unsafe $0.s8 = value }
        case .u8(let value): unsafe set(target, CWASMTIME_U8) { unsafe $0.u8 = value }
        case .s16(let value): unsafe set(target, CWASMTIME_S16) { unsafe $0.s16 = value }
        case .u16(let value): unsafe set(target, CWASMTIME_U16) { unsafe $0.u16 = value }
        case .s32(let value): unsafe set(target, CWASMTIME_S32) { unsafe $0.s32 = value }
        case .u32(let value): unsafe set(target, CWASMTIME_U32) { unsafe $0.u32 = value }
        case .s64(let value): unsafe set(target, CWASMTIME_S64) { unsafe $0.s64 = value }
        case .u64(let value): unsafe set(target, CWASMTIME_U64) { unsafe $0.u64 = value }
        case .f32(let value): unsafe set(target, CWASMTIME_F32) { unsafe $0.f32 = value }
        case .f64(let value): unsafe set(target, CWASMTIME_F64) { unsafe $0.f64 = value }
        case .character(let value):
            // The library ends the process when this is no Unicode scalar value.
            let scalar = Unicode.Scalar(value)?.value ?? 0xfffd
            unsafe set(target, CWASMTIME_CHAR) { unsafe $0.character = scalar }
        case .string(let text):
            unsafe set(target, CWASMTIME_STRING) { unsafe Self.write(text, &$0.string) }
        case .enumeration(let name):
            unsafe set(target, CWASMTIME_ENUM) { unsafe Self.write(name, &$0.string) }
        case .bytes(let bytes):
            unsafe set(target, CWASMTIME_LIST) {
                unsafe wasmtime_component_vallist_new_uninit(&$0.list, bytes.count)
                unsafe cwasmtime_put_bytes($0.list, bytes)
            }
        case .flags(let names):
            unsafe set(target, CWASMTIME_FLAGS) {
                unsafe wasmtime_component_valflags_new_uninit(&$0.flags, names.count)
                for (index, name) in names.enumerated() {
                    unsafe Self.write(name, &$0.flags.data[index])
                }
            }
        default: try unsafe lowerCompound(into: target, context)
        }
    }

    /// Writes a value that holds others.
    private func lowerCompound(
        into target: UnsafeMutablePointer<cwasmtime_value_t>,
        _ context: OpaquePointer
    ) throws(HostRefusal) {
        switch self {
        case .list(let items):
            unsafe set(target, CWASMTIME_LIST) {
                unsafe wasmtime_component_vallist_new_uninit(&$0.list, items.count)
            }
            for (index, item) in items.enumerated() {
                try unsafe item.lower(into: target.pointee.of.list.data + index, context)
            }
        case .tuple(let items):
            unsafe set(target, CWASMTIME_TUPLE) {
                unsafe wasmtime_component_valtuple_new_uninit(&$0.list, items.count)
            }
            for (index, item) in items.enumerated() {
                try unsafe item.lower(into: target.pointee.of.list.data + index, context)
            }
        case .record(let fields):
            unsafe set(target, CWASMTIME_RECORD) {
                unsafe wasmtime_component_valrecord_new_uninit(&$0.record, fields.count)
            }
            for (index, field) in fields.enumerated() {
                let slot = unsafe target.pointee.of.record.data + index
                unsafe Self.write(field.name, &slot.pointee.name)
                try unsafe withUnsafeMutablePointer(to: &slot.pointee.value) {
                    value throws(HostRefusal) in
                    try unsafe field.value.lower(into: value, context)
                }
            }
        case .variant(let name, let value):
            let box = try unsafe Self.box(value, context)
            unsafe set(target, CWASMTIME_VARIANT) {
                unsafe Self.write(name, &$0.variant.name)
                unsafe $0.variant.value = box
            }
        case .option(let value):
            let box = try unsafe Self.box(value, context)
            unsafe set(target, CWASMTIME_OPTION) { unsafe $0.option = box }
        case .success(let value):
            let box = try unsafe Self.box(value, context)
            unsafe set(target, CWASMTIME_RESULT) {
                unsafe $0.result = cwasmtime_result_t(is_ok: true, value: box)
            }
        case .failure(let value):
            let box = try unsafe Self.box(value, context)
            unsafe set(target, CWASMTIME_RESULT) {
                unsafe $0.result = cwasmtime_result_t(is_ok: false, value: box)
            }
        case .resource(let number, let type, let isOwned):
            let host = unsafe wasmtime_component_resource_host_new(
                isOwned,
                number,
                type.rawValue
            )
            defer { unsafe wasmtime_component_resource_host_delete(host) }
            var any: OpaquePointer?
            let error = unsafe wasmtime_component_resource_host_to_any(context, host, &any)
            if let error = unsafe error {
                throw unsafe HostRefusal(Fault.text(of: error))
            }
            unsafe set(target, CWASMTIME_RESOURCE) { unsafe $0.resource = any }
        default: throw HostRefusal("the host has no such value")
        }
    }

    private func set(
        _ target: UnsafeMutablePointer<cwasmtime_value_t>,
        _ kind: Int,
        _ body: (inout cwasmtime_payload_t) -> Void
    ) {
        unsafe target.pointee.kind = UInt8(kind)
        unsafe body(&target.pointee.of)
    }

    private static func write(_ text: String, _ target: inout wasm_byte_vec_t) {
        var text = text
        text.withUTF8 { bytes in
            let start = unsafe UnsafeRawPointer(bytes.baseAddress)?
                .assumingMemoryBound(to: CChar.self)
            unsafe wasm_byte_vec_new(&target, bytes.count, start)
        }
    }

    /// A value of its own, for an option and the like.
    private static func box(
        _ value: WITValue?,
        _ context: OpaquePointer
    ) throws(HostRefusal) -> UnsafeMutablePointer<cwasmtime_value_t>? {
        guard let value else { return nil }
        var inner = unsafe cwasmtime_value_t()
        try unsafe withUnsafeMutablePointer(to: &inner) { pointer throws(HostRefusal) in
            try unsafe value.lower(into: pointer, context)
        }
        return unsafe wasmtime_component_val_new(&inner)
    }
}

/// Reads values of a component, with a bound on their size.
struct ValueReader {
    /// How many bytes of texts and lists may still come.
    private(set) var bytesLeft: Int

    init(bytesMax: Int) { bytesLeft = bytesMax }

    private mutating func take(_ count: Int) throws(LiftingError) {
        guard count <= bytesLeft else { throw .tooLarge }
        bytesLeft -= count
    }

    /// A value, copied.
    mutating func value(
        _ source: UnsafePointer<cwasmtime_value_t>,
        _ context: OpaquePointer
    ) throws(LiftingError) -> WITValue {
        let of = unsafe source.pointee.of
        switch unsafe Int(source.pointee.kind) {
        case CWASMTIME_BOOL: return unsafe .bool(of.boolean)
        case CWASMTIME_S8: return unsafe .s8(of.s8)
        case CWASMTIME_U8: return unsafe .u8(of.u8)
        case CWASMTIME_S16: return unsafe .s16(of.s16)
        case CWASMTIME_U16: return unsafe .u16(of.u16)
        case CWASMTIME_S32: return unsafe .s32(of.s32)
        case CWASMTIME_U32: return unsafe .u32(of.u32)
        case CWASMTIME_S64: return unsafe .s64(of.s64)
        case CWASMTIME_U64: return unsafe .u64(of.u64)
        case CWASMTIME_F32: return unsafe .f32(of.f32)
        case CWASMTIME_F64: return unsafe .f64(of.f64)
        case CWASMTIME_CHAR: return unsafe .character(of.character)
        case CWASMTIME_STRING: return try unsafe .string(text(of.string))
        case CWASMTIME_ENUM: return try unsafe .enumeration(text(of.string))
        case CWASMTIME_LIST: return try unsafe list(of.list, context)
        case CWASMTIME_TUPLE: return try unsafe .tuple(values(of.list, context))
        case CWASMTIME_RECORD: return try unsafe record(of.record, context)
        case CWASMTIME_VARIANT:
            let inner = try unsafe boxed(of.variant.value, context)
            return try unsafe .variant(text(of.variant.name), inner)
        case CWASMTIME_OPTION: return try unsafe .option(boxed(of.option, context))
        case CWASMTIME_RESULT:
            let inner = try unsafe boxed(of.result.value, context)
            return unsafe of.result.is_ok ? .success(inner) : .failure(inner)
        case CWASMTIME_FLAGS:
            var names: [String] = []
            for index in unsafe 0..<of.flags.size {
                names.append(try unsafe text(of.flags.data[index]))
            }
            return .flags(names)
        case CWASMTIME_RESOURCE: return try unsafe resource(of.resource, context)
        default: return .other
        }
    }

    private mutating func text(_ bytes: wasm_byte_vec_t) throws(LiftingError) -> String {
        try unsafe take(bytes.size)
        return unsafe Fault.string(bytes)
    }

    private mutating func boxed(
        _ value: UnsafeMutablePointer<cwasmtime_value_t>?,
        _ context: OpaquePointer
    ) throws(LiftingError) -> WITValue? {
        guard let value = unsafe value else { return nil }
        return try unsafe self.value(value, context)
    }

    private mutating func values(
        _ list: cwasmtime_values_t,
        _ context: OpaquePointer
    ) throws(LiftingError) -> [WITValue] {
        try unsafe take(list.size)
        var values: [WITValue] = []
        unsafe values.reserveCapacity(list.size)
        for index in unsafe 0..<list.size {
            values.append(try unsafe value(list.data + index, context))
        }
        return values
    }

    private mutating func list(
        _ list: cwasmtime_values_t,
        _ context: OpaquePointer
    ) throws(LiftingError) -> WITValue {
        guard unsafe list.size > 0, unsafe Int(list.data[0].kind) == CWASMTIME_U8 else {
            return try unsafe .list(values(list, context))
        }
        try unsafe take(list.size)
        var areBytes = false
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: list.size) { buffer, count in
            unsafe areBytes = cwasmtime_get_bytes(list, buffer.baseAddress)
            unsafe count = areBytes ? list.size : 0
        }
        return areBytes ? .bytes(bytes) : .other
    }

    private mutating func record(
        _ record: cwasmtime_fields_t,
        _ context: OpaquePointer
    ) throws(LiftingError) -> WITValue {
        var fields: [(name: String, value: WITValue)] = []
        for index in unsafe 0..<record.size {
            let field = unsafe record.data + index
            let name = unsafe Fault.string(field.pointee.name)
            let value = try unsafe withUnsafePointer(to: &field.pointee.value) {
                pointer throws(LiftingError) in
                try unsafe self.value(pointer, context)
            }
            fields.append((name, value))
        }
        return .record(fields)
    }

    private func resource(
        _ any: OpaquePointer?,
        _ context: OpaquePointer
    ) throws(LiftingError) -> WITValue {
        var host: OpaquePointer?
        if let error = unsafe wasmtime_component_resource_any_to_host(context, any, &host) {
            unsafe wasmtime_error_delete(error)
            // What is borrowed must be given back before the host's function returns.
            if let error = unsafe wasmtime_component_resource_any_drop(context, any) {
                unsafe wasmtime_error_delete(error)
            }
            throw .foreignResource
        }
        defer { unsafe wasmtime_component_resource_host_delete(host) }
        guard
            let type = unsafe ResourceType(
                rawValue: wasmtime_component_resource_host_type(host)
            )
        else { throw .foreignResource }
        return unsafe .resource(
            number: wasmtime_component_resource_host_rep(host),
            type: type,
            isOwned: wasmtime_component_resource_host_owned(host)
        )
    }
}
