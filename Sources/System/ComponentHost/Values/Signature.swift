internal import CWasmtime

/// The type of a function of a component as text, such as `(u32,list<u8>)->result<string>`.
///
/// Two functions with the same text take and give the same values. Types of resources are not told apart; the
/// library does that when it instantiates.
struct Signature: Equatable, Sendable, CustomStringConvertible {
    let description: String

    /// Kinds of types that this program must never be handed: the library would end the process.
    let hasForbiddenType: Bool

    /// How deep and how long a type may be: a component may nest its own as it likes.
    private static let depthMax = 64
    private static let bytesMax = 64 << 10

    init(_ function: OpaquePointer) {
        var reader = Reader()
        unsafe reader.function(function)
        description = reader.text
        hasForbiddenType = reader.isForbidden
    }

    private struct Reader {
        var text = ""
        var isForbidden = false
        private var depth = 0

        mutating func function(_ type: OpaquePointer) {
            if unsafe wasmtime_component_func_type_async(type) { isForbidden = true }
            text += "("
            let count = unsafe wasmtime_component_func_type_param_count(type)
            for index in 0..<count {
                if index > 0 { text += "," }
                var name: UnsafePointer<CChar>?
                var size = 0
                var parameter = unsafe wasmtime_component_valtype_t()
                let isThere = unsafe wasmtime_component_func_type_param_nth(
                    type,
                    index,
                    &name,
                    &size,
                    &parameter
                )
                if isThere { unsafe take(&parameter) } else { isForbidden = true }
            }
            text += ")"
            var result = unsafe wasmtime_component_valtype_t()
            if unsafe wasmtime_component_func_type_result(type, &result) {
                text += "->"
                unsafe take(&result)
            }
        }

        /// Appends a type and frees it.
        private mutating func take(_ type: inout wasmtime_component_valtype_t) {
            defer { unsafe wasmtime_component_valtype_delete(&type) }
            depth += 1
            defer { depth -= 1 }
            guard depth <= Signature.depthMax, text.utf8.count <= Signature.bytesMax else {
                isForbidden = true
                return
            }
            let kind = unsafe Int(type.kind)
            if Self.plain.indices.contains(kind) {
                text += Self.plain[kind]
                // The library ends the process over half of a surrogate pair, and no interface here has one.
                if kind == CWASMTIME_TYPE_CHAR { isForbidden = true }
                return
            }
            let of = unsafe type.of
            switch kind {
            case CWASMTIME_TYPE_LIST:
                text += "list<"
                unsafe inner { unsafe wasmtime_component_list_type_element(of, $0) }
                text += ">"
            case CWASMTIME_TYPE_OPTION:
                text += "option<"
                unsafe inner { unsafe wasmtime_component_option_type_ty(of, $0) }
                text += ">"
            case CWASMTIME_TYPE_RESULT:
                text += "result<"
                unsafe optional { unsafe wasmtime_component_result_type_ok(of, $0) }
                text += ","
                unsafe optional { unsafe wasmtime_component_result_type_err(of, $0) }
                text += ">"
            case CWASMTIME_TYPE_RECORD: unsafe record(of)
            case CWASMTIME_TYPE_TUPLE: unsafe tuple(of)
            case CWASMTIME_TYPE_VARIANT: unsafe variant(of)
            case CWASMTIME_TYPE_ENUM:
                unsafe names("enum", unsafe wasmtime_component_enum_type_names_count(of)) {
                    unsafe wasmtime_component_enum_type_names_nth(of, $0, $1, $2)
                }
            case CWASMTIME_TYPE_FLAGS:
                unsafe names("flags", unsafe wasmtime_component_flags_type_names_count(of)) {
                    unsafe wasmtime_component_flags_type_names_nth(of, $0, $1, $2)
                }
            case CWASMTIME_TYPE_OWN: text += "own"
            case CWASMTIME_TYPE_BORROW: text += "borrow"
            default:
                text += "?"
                isForbidden = true
            }
        }

        /// The kinds that hold no other, by their numbers.
        private static let plain = [
            "bool", "s8", "s16", "s32", "s64", "u8", "u16", "u32", "u64", "f32", "f64", "char",
            "string",
        ]

        private mutating func inner(
            _ read: (UnsafeMutablePointer<wasmtime_component_valtype_t>) -> Void
        ) {
            var type = unsafe wasmtime_component_valtype_t()
            unsafe read(&type)
            unsafe take(&type)
        }

        private mutating func optional(
            _ read: (UnsafeMutablePointer<wasmtime_component_valtype_t>) -> Bool
        ) {
            var type = unsafe wasmtime_component_valtype_t()
            if unsafe read(&type) { unsafe take(&type) } else { text += "_" }
        }

        private typealias Name = UnsafeMutablePointer<UnsafePointer<CChar>?>

        private mutating func names(
            _ word: String,
            _ count: Int,
            _ read: (Int, Name, UnsafeMutablePointer<Int>) -> Bool
        ) {
            text += word + "{"
            for index in 0..<count {
                var name: UnsafePointer<CChar>?
                var size = 0
                if unsafe read(index, &name, &size) {
                    text += unsafe Self.string(name, size) + ";"
                }
            }
            text += "}"
        }

        private mutating func record(_ of: UnsafeMutableRawPointer?) {
            text += "record{"
            for index in unsafe 0..<wasmtime_component_record_type_field_count(of) {
                var name: UnsafePointer<CChar>?
                var size = 0
                var type = unsafe wasmtime_component_valtype_t()
                guard
                    unsafe wasmtime_component_record_type_field_nth(
                        of,
                        index,
                        &name,
                        &size,
                        &type
                    )
                else { continue }
                text += unsafe Self.string(name, size) + ":"
                unsafe take(&type)
                text += ";"
            }
            text += "}"
        }

        private mutating func tuple(_ of: UnsafeMutableRawPointer?) {
            text += "tuple<"
            for index in unsafe 0..<wasmtime_component_tuple_type_types_count(of) {
                if index > 0 { text += "," }
                unsafe optional { unsafe wasmtime_component_tuple_type_types_nth(of, index, $0) }
            }
            text += ">"
        }

        private mutating func variant(_ of: UnsafeMutableRawPointer?) {
            text += "variant{"
            for index in unsafe 0..<wasmtime_component_variant_type_case_count(of) {
                var name: UnsafePointer<CChar>?
                var size = 0
                var hasType = false
                var type = unsafe wasmtime_component_valtype_t()
                guard
                    unsafe wasmtime_component_variant_type_case_nth(
                        of,
                        index,
                        &name,
                        &size,
                        &hasType,
                        &type
                    )
                else { continue }
                text += unsafe Self.string(name, size)
                if hasType {
                    text += ":"
                    unsafe take(&type)
                }
                text += ";"
            }
            text += "}"
        }

        private static func string(_ start: UnsafePointer<CChar>?, _ size: Int) -> String {
            unsafe String(
                decoding: UnsafeRawBufferPointer(start: start, count: size),
                as: UTF8.self
            )
        }
    }
}
