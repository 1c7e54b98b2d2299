import Foundation
import TestSupport

/// One instruction as the disassembler prints it.
struct Instruction {
    var address: UInt64
    /// Such as `cmp`.
    var operation: String
    /// Such as `$0x10` and `%rax`; the last one is what is written, where anything is.
    var operands: [String]

    /// Reads a line such as `  2d0ae:\tjne    2d040 <name+0x30>`.
    init?(_ line: Substring) {
        let parts = line.split(separator: "\t")
        guard parts.count == 2, line.first == " ",
            let address = UInt64(parts[0].drop { $0 == " " }.dropLast(), radix: 16)
        else { return nil }
        let words = parts[1].split(separator: " ", maxSplits: 1)
        guard let operation = words.first else { return nil }
        self.address = address
        self.operation = String(operation)
        operands = words.count > 1 ? Self.split(words[1]) : []
    }

    /// Cuts at the commas that are not inside brackets, and drops comments.
    private static func split(_ text: Substring) -> [String] {
        var operands = [""]
        var depth = 0
        for character in text.prefix(while: { character in character != "#" }) {
            if character == "(" { depth += 1 }
            if character == ")" { depth -= 1 }
            if character == ",", depth == 0 {
                operands.append("")
            } else if character != " " {
                operands[operands.count - 1].append(character)
            }
        }
        return operands
    }

    var isJump: Bool { operation.hasPrefix("j") }
    var isConditionalJump: Bool { isJump && operation != "jmp" }
    var hasLiteral: Bool { operands.first?.hasPrefix("$") ?? false }

    /// Where a jump goes, if the address is in the instruction.
    var target: UInt64? {
        operands.first.flatMap { operand in
            UInt64(operand.prefix { character in character != "<" }, radix: 16)
        }
    }

    /// Whether it adds a literal to its last operand.
    var isStep: Bool {
        switch operation {
        case "inc", "dec": true
        case "add", "sub": hasLiteral
        case "lea": operands.count == 2 && operands[0].hasSuffix("(\(operands[1]))")
        default: false
        }
    }

    /// Whether it only looks at its operands.
    var isComparison: Bool { ["cmp", "test", "push"].contains(operation) }

    /// The places that it writes and that are not its last operand.
    var otherResults: [String] {
        switch operation {
        case "mul", "div", "idiv", "cqto", "cltd": ["%rax", "%rdx"]
        case "imul": operands.count == 1 ? ["%rax", "%rdx"] : []
        case "mulx", "xchg": operands
        case "call":
            ["ax", "cx", "dx", "si", "di"].map { name in "%r" + name }
                + (8...11).map { number in "%r\(number)" }
        default: []
        }
    }
}

/// The machine code of one function.
struct MachineFunction {
    var name: String
    var instructions: [Instruction]

    /// The jumps that may depend on data, with their addresses.
    var violations: [String] {
        instructions.indices.compactMap { index in
            let jump = instructions[index]
            guard jump.isJump else { return nil }
            let isFine =
                jump.isConditionalJump
                ? isGuard(index) || isCountingLoop(index) : jump.target != nil
            let text = "\(jump.operation) \(jump.operands.joined(separator: ","))"
            return isFine ? nil : String(jump.address, radix: 16) + ": " + text
        }
    }

    /// Whether the jump follows the comparison with the stack's guard.
    private func isGuard(_ index: Int) -> Bool {
        guard index >= 2, instructions[index - 1].operation == "cmp" else { return false }
        return instructions[index - 2...index - 1].contains { instruction in
            instruction.operands.contains("%fs:0x28")
        }
    }

    /// Whether the jump goes back on `ne` after a look at a counter.
    ///
    /// What the deciding instruction looks at holds the counter at the target, too, and in between everything
    /// that is written there is the counter again: stepped by a literal, or back from where it was kept.
    private func isCountingLoop(_ index: Int) -> Bool {
        let jump = instructions[index]
        guard jump.operation == "jne", index > 0, let target = jump.target, target < jump.address,
            let start = instructions.firstIndex(where: { $0.address == target })
        else { return false }
        let decision = instructions[index - 1]
        guard decision.isStep || (decision.operation == "cmp" && decision.hasLiteral),
            let counter = decision.operands.last.map(Self.place)
        else { return false }
        var places: Set<String> = [counter]
        for instruction in instructions[start..<index] {
            let written = instruction.operands.last.map(Self.place)
            if instruction.operation == "mov", places.contains(Self.place(instruction.operands[0]))
            {
                places.insert(written ?? "")
            } else if let written, !instruction.isStep, !instruction.isComparison {
                places.remove(written)
            }
            for result in instruction.otherResults { places.remove(Self.place(result)) }
        }
        return places.contains(counter)
    }

    /// A register by what all its parts have in common, and anything else as it is written.
    private static func place(_ operand: String) -> String { registers[operand] ?? operand }

    /// The registers of 64, 32, 16 and 8 bits, by what they are parts of.
    private static let registers: [String: String] = {
        var registers: [String: String] = [:]
        for letter in ["a", "b", "c", "d"] {
            for name in ["r\(letter)x", "e\(letter)x", "\(letter)x", "\(letter)l", "\(letter)h"] {
                registers["%" + name] = letter
            }
        }
        for name in ["si", "di", "bp"] {
            for prefix in ["r", "e", ""] { registers["%" + prefix + name] = name }
            registers["%" + name + "l"] = name
        }
        for number in 8...15 {
            for suffix in ["", "d", "w", "b"] { registers["%r\(number)\(suffix)"] = "\(number)" }
        }
        return registers
    }()
}

/// The program that runs the tests, as binutils see it.
enum Program {
    static var isOptimized: Bool {
        #if DEBUG
            false
        #else
            true
        #endif
    }

    static var isInspectable: Bool {
        #if arch(x86_64)
            true
        #else
            false
        #endif
    }

    /// Why the program could not be read.
    struct Failure: Error {
        var tool: String
        var message: String
    }

    /// The functions whose mangled names have all of some parts, in the order of the names.
    static func functions(named parts: [String]) throws -> [MachineFunction] {
        try symbols.get().filter { symbol in parts.allSatisfy(symbol.name.contains) }
            .sorted { left, right in left.name < right.name }
            .map(function)
    }

    private struct Symbol {
        var name: String
        var address: UInt64
        var size: UInt64
    }

    /// The functions of the module; names of other modules that mention its types are left out.
    private static let symbols = Result {
        try run("nm", ["--print-size", "/proc/self/exe"]).split(separator: "\n").compactMap {
            line -> Symbol? in
            let words = line.split(separator: " ")
            guard words.count == 4, words[2].lowercased() == "t",
                words[3].hasPrefix("$s8BLS12381"), !words[3].hasPrefix("$s8BLS12381Tests"),
                let address = UInt64(words[0], radix: 16), let size = UInt64(words[1], radix: 16)
            else { return nil }
            return Symbol(name: String(words[3]), address: address, size: size)
        }
    }

    private static func function(_ symbol: Symbol) throws -> MachineFunction {
        let text = try run(
            "objdump",
            [
                "--disassemble", "--no-show-raw-insn", "--section=.text",
                "--start-address=\(symbol.address)",
                "--stop-address=\(symbol.address + symbol.size)", "/proc/self/exe",
            ]
        )
        return MachineFunction(
            name: symbol.name,
            instructions: text.split(separator: "\n").compactMap(Instruction.init)
        )
    }

    private static func run(_ tool: String, _ arguments: [String]) throws -> String {
        // The program is named by a link that means another one in another process.
        let program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let words = arguments.map { word in word == "/proc/self/exe" ? program : word }
        return String(decoding: try FinishedProgram.output([tool] + words), as: UTF8.self)
    }
}
