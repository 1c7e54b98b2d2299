import Testing

/// What the compiler makes of the functions through which secret scalars go.
///
/// Signing must not branch on the secret. The source has no such branch, but an optimizer may turn a selection
/// by a mask into a jump, and has done so. Therefore the machine code of this test's own program is read. Of every
/// function of the list these are asserted:
/// - An unconditional jump goes to an address that is written in it.
/// - A conditional jump is either the one right after the comparison with the stack's guard at %fs:0x28, or it is
///   `jne` back to an earlier instruction of the function, right after a counter was stepped by a literal or
///   compared with one. A counter is a register or a place on the stack that, from the target to the jump, only gets
///   its own value back, stepped by literals. Such a loop has the same number of turns for all data.
///
/// Masks, `setcc` and `cmov` may be there. Not asserted: that instructions take the same time for all operands,
/// that the functions read the same addresses, where the counters start, and anything about other functions.
@Suite(
    "BLS12-381: machine code for secrets",
    .enabled(if: Program.isOptimized, "debug code is not what signs"),
    .enabled(if: Program.isInspectable, "only the code for x86-64 is understood")
) struct DisassemblyTests {
    /// What the mangled names of some functions have in common, and how many they are.
    struct Name: CustomTestStringConvertible {
        var parts: [String]
        var count: Int
        var testDescription: String

        init(_ description: String, _ parts: [String], count: Int = 1) {
            testDescription = description
            self.parts = parts
            self.count = count
        }
    }

    @Test(
        "there is no conditional jump but those of loops that count",
        arguments: [
            Name("masks", ["SelectionMasks", "fC"]),
            Name("look-up, in G1 and G2", ["MultiplesTable", "6select"], count: 2),
            Name("table of multiples", ["MultiplesTable", "fC"], count: 2),
            Name("multiple by a secret", ["20multipliedInSubgroup8bySecret"], count: 2),
            Name("split by x²", ["22splitByParameterSquare"]),
            Name("split by x", ["4BitsV16splitByParameter"]),
            Name("barrier", ["6opaque"]),
            Name("sum of points", ["5PointV1poi"], count: 2),
            Name("double of a point", ["5PointV7doubled"], count: 2),
            Name("product in the field", ["2FpV1moi", "Tf"]),
            Name("product in its extension", ["3Fp2V1moi", "Tf"]),
            Name("product of scalars", ["6ScalarV1moi"], count: 2),
            Name("division steps", ["10StepMatrix", "fC"]),
            Name("their application", ["11SignedLimbs", "5apply"], count: 2),
            Name("the inverse's last step", ["11SignedLimbs", "10normalized"]),
        ]
    )
    func jumps(name: Name) throws {
        let functions = try Program.functions(named: name.parts)
        #expect(functions.count == name.count, "\(functions.map(\.name))")
        for function in functions {
            #expect(!function.instructions.isEmpty, "\(function.name)")
            #expect(function.violations == [], "\(function.name)")
        }
    }

    @Test("a function that does branch on its data is found out") func counterexample() throws {
        // The public combination looks at the digits.
        let functions = try Program.functions(named: ["5PointV17linearCombination"])
        #expect(!functions.isEmpty)
        for function in functions { #expect(function.violations != [], "\(function.name)") }
    }

    @Test(
        "jumps are judged one by one",
        arguments: [
            (["10:\tdec    %r11", "12:\tjne    10 <f>"], true),
            (["10:\tadd    $0x8,%rax", "12:\tcmp    $0x40,%rax", "14:\tjne    10 <f>"], true),
            (
                [
                    "10:\tmov    %fs:0x28,%rax", "12:\tcmp    -0x30(%rbp),%rax",
                    "14:\tjne    1e <f>",
                ], true
            ),
            (["10:\tjmp    99 <g>"], true),
            (["10:\tjmp    *%rax"], false),
            (
                [
                    "10:\tmov    %rax,-0x40(%rbp)", "12:\tmov    (%rdi),%rax", "13:\tcall   99 <g>",
                    "14:\tmov    -0x40(%rbp),%rax", "16:\tlea    0x1(%rax),%rax",
                    "18:\tcmp    $0x8,%rax", "1a:\tjne    10 <f>",
                ], true
            ),
            (["10:\tcall   99 <g>", "12:\tdec    %rax", "14:\tjne    10 <f>"], false),
            // Forward, on data, on a register that data goes into, by a product, by another condition.
            (["10:\tdec    %r11", "12:\tjne    1e <f>"], false),
            (["10:\ttest   %rax,%rax", "12:\tjne    10 <f>"], false),
            (["10:\tmov    (%rdi),%rax", "12:\tcmp    $0x40,%rax", "14:\tjne    10 <f>"], false),
            (["10:\tmov    (%rdi),%eax", "12:\tdec    %rax", "14:\tjne    10 <f>"], false),
            (["10:\tmul    %rcx", "12:\tdec    %rdx", "14:\tjne    10 <f>"], false),
            (["10:\tdec    %r11", "12:\tjb     10 <f>"], false),
            (["10:\tcmp    (%rdi),%rax", "12:\tjne    10 <f>"], false),
        ]
    )
    func judgement(lines: [String], isFine: Bool) {
        let instructions = lines.compactMap { line in Instruction(Substring("  " + line)) }
        #expect(instructions.count == lines.count)
        let function = MachineFunction(name: "f", instructions: instructions)
        #expect(function.violations.isEmpty == isFine, "\(function.violations)")
    }
}
