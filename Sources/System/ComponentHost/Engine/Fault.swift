internal import CWasmtime

/// What the library says went wrong.
///
/// Components' faults have no number, so their text is what tells them apart (Wasmtime 50.0.1).
enum Fault {
    /// Bytes of a fault's text that are kept.
    static let textBytesMax = 2_000

    /// Throws if there is an error, which is freed.
    static func check(_ error: OpaquePointer?) throws(ComponentError) {
        guard let error = unsafe error else { return }
        let text = cause(unsafe text(of: error))
        throw text.contains("exceeds the limit of") ? .tooDemanding(text) : .invalid(text)
    }

    /// The text of an error, which is freed.
    static func text(of error: OpaquePointer) -> String {
        var text = unsafe wasm_byte_vec_t()
        unsafe wasmtime_error_message(error, &text)
        unsafe wasmtime_error_delete(error)
        defer { unsafe wasm_byte_vec_delete(&text) }
        return unsafe cut(string(text))
    }

    /// The text of a trap, which is freed, and its number, if it has one.
    static func text(ofTrap trap: OpaquePointer) -> (text: String, code: UInt8?) {
        var text = unsafe wasm_byte_vec_t()
        unsafe wasm_trap_message(trap, &text)
        var code: UInt8 = 0
        let hasCode = unsafe wasmtime_trap_code(trap, &code)
        unsafe wasm_trap_delete(trap)
        defer { unsafe wasm_byte_vec_delete(&text) }
        return unsafe (cut(string(text)), hasCode ? code : nil)
    }

    /// The bytes as text; what is no UTF-8 is replaced.
    static func string(_ bytes: wasm_byte_vec_t) -> String {
        guard unsafe bytes.size > 0 else { return "" }
        return unsafe String(
            decoding: UnsafeRawBufferPointer(start: bytes.data, count: bytes.size),
            as: UTF8.self
        )
    }

    /// A text that may come from a program, at a length that can be logged.
    static func cut(_ text: String) -> String {
        guard text.utf8.count > textBytesMax else { return text }
        return String(decoding: text.utf8.prefix(textBytesMax), as: UTF8.self) + "…"
    }

    /// A text of a program as one line, whatever it holds.
    static func line(_ text: String) -> String {
        var line = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            let isControl = scalar.properties.generalCategory == .control && scalar != "\t"
            line.append(isControl ? " " : scalar)
        }
        return String(line)
    }

    /// What ended a call, from the text of the library's error.
    static func ofCall(_ text: String, limits: CallLimits) -> ComponentError {
        if text.contains("all fuel consumed by WebAssembly") {
            return .outOfFuel(limit: limits.fuel)
        }
        if text.contains("wasm trap: interrupt") {
            return .deadline(milliseconds: limits.milliseconds)
        }
        if text.contains("call stack exhausted") { return .stackOverflow }
        if text.contains("maximum concurrent") { return .busy }
        if text.contains("exceeds memory limits") || text.contains("memory minimum size")
            || text.contains("table minimum size") || text.contains("resource limit exceeded")
        {
            return .tooDemanding(text)
        }
        if text.contains("fuel allocated for hostcalls") {
            return .outputTooLarge(limit: limits.outputBytesMax)
        }
        return .trap(cause(text))
    }

    /// The cause at the end of a text that begins with where the program was, on one line.
    static func cause(_ text: String) -> String {
        let mark = "Caused by:"
        var rest = text[...]
        while let range = rest.firstRange(of: mark) { rest = rest[range.upperBound...] }
        let lines = rest.split(separator: "\n").map { line in
            line.drop { $0 == " " }
        }
        return cut(lines.joined(separator: "; "))
    }

    /// What ended a call of a module, from the trap's number (`trap.h` of the library).
    static func ofTrap(_ text: String, code: UInt8?, limits: CallLimits) -> ComponentError {
        switch code {
        case 0: .stackOverflow
        case 10: .deadline(milliseconds: limits.milliseconds)
        case 11: .outOfFuel(limit: limits.fuel)
        default: .trap(cause(text))
        }
    }
}
