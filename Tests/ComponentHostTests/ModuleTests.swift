import ComponentHost
import Platform
import Testing
import TestSupport

@Suite("Modules") struct ModuleTests {
    private static let limits = CallLimits(
        fuel: 10_000_000,
        milliseconds: 5_000,
        memoryBytes: 1 << 20,
        tableElements: 10
    )

    private static func engine(
        usesFuel: Bool = true,
        cache: String? = nil
    ) throws -> ModuleEngine {
        try ModuleEngine(.init(usesFuel: usesFuel, cacheDirectory: cache))
    }

    private static func instance(usesFuel: Bool = true) throws -> ModuleInstance {
        let module = try engine(usesFuel: usesFuel).module(Program.named("module"))
        return try ModuleInstance(module, limits: limits)
    }

    @Test("integers of both widths go in and out, with their signs")
    func integers() throws {
        let instance = try Self.instance()
        #expect(try instance.call("add", [-5, 1 << 40]) == (1 << 40) - 5)
        #expect(try instance.call("add", [0x1_0000_0001, 0]) == 1)
        #expect(try instance.call("minus") == -7)
        #expect(try instance.call("nothing") == 0)
    }

    @Test("an instance keeps its state from call to call")
    func state() throws {
        let instance = try Self.instance()
        for count in 1...100 { #expect(try instance.call("increment") == Int64(count)) }
    }

    @Test("what the host writes the module reads, and the other way around")
    func memory() throws {
        let instance = try Self.instance()
        let bytes = (0..<1_000).map { UInt8(truncatingIfNeeded: $0 * 7) }
        try instance.write(bytes, at: 5_000)
        let sum = bytes.reduce(Int64(0)) { $0 + Int64($1) }
        #expect(try instance.call("sum", [5_000, 1_000]) == sum)
        #expect(try instance.read(at: 5_000, count: 1_000) == bytes)
        #expect(try instance.read(at: 65_536, count: 0).isEmpty)
    }

    @Test(
        "the host neither reads nor writes outside of the memory",
        arguments: [(65_536, 1), (-1, 1), (0, 65_537), (Int.max, 1), (1, Int.max), (0, -1)]
    )
    func outside(_ address: Int, _ count: Int) throws {
        let instance = try Self.instance()
        #expect(throws: ComponentError.self) { try instance.read(at: address, count: count) }
        if count == 1 {
            #expect(throws: ComponentError.self) { try instance.write([1], at: address) }
        }
        #expect(try instance.call("minus") == -7)
    }

    @Test("memory and tables grow as far as the limits allow")
    func growth() throws {
        let instance = try Self.instance()
        #expect(try instance.call("grow", [15]) == 1)
        #expect(instance.memoryByteCount == 1 << 20)
        #expect(try instance.call("grow", [1]) == -1)
        #expect(try instance.call("tables", [9]) == 1)
        #expect(try instance.call("tables", [1]) == -1)
    }

    struct FaultRow: Sendable, CustomTestStringConvertible {
        var function: String
        var isExpected: @Sendable (ComponentError) -> Bool

        var testDescription: String { function }
    }

    private static let faults = [
        FaultRow(function: "loop") { $0 == .outOfFuel(limit: limits.fuel) },
        FaultRow(function: "unreachable") { if case .trap = $0 { true } else { false } },
        FaultRow(function: "outside") { if case .trap = $0 { true } else { false } },
        FaultRow(function: "divide") { if case .trap = $0 { true } else { false } },
    ]

    @Test("after a fault the instance is dead, and says of what", arguments: faults)
    func fault(_ row: FaultRow) throws {
        let instance = try Self.instance()
        let error = #expect(throws: ComponentError.self) { try instance.call(row.function) }
        #expect(error.map(row.isExpected) == true)
        #expect(instance.fault == error)
        let after = #expect(throws: ComponentError.self) { try instance.call("minus") }
        guard case .dead(let reason) = after else {
            Issue.record("not dead but \(String(describing: after))")
            return
        }
        #expect(reason == error?.description)
        #expect(throws: ComponentError.self) { try instance.read(at: 0, count: 1) }
    }

    @Test("endless recursion ends as such")
    func recursion() throws {
        let instance = try Self.instance()
        #expect(throws: ComponentError.stackOverflow) { try instance.call("recurse", [1]) }
    }

    @Test("without fuel the deadline ends what runs for ever")
    func deadline() throws {
        let instance = try Self.instance(usesFuel: false)
        var limits = Self.limits
        limits.milliseconds = 30
        #expect(throws: ComponentError.deadline(milliseconds: 30)) {
            try instance.call("loop", limits: limits)
        }
    }

    @Test("the same call costs the same fuel, in every instance")
    func fuel() throws {
        let module = try Self.engine().module(Program.named("module"))
        var left: [UInt64] = []
        for _ in 0..<20 {
            let instance = try ModuleInstance(module, limits: Self.limits)
            try instance.call("sum", [0, 60_000])
            left.append(instance.fuelLeft)
        }
        #expect(left.allSatisfy { $0 == left[0] && $0 < Self.limits.fuel })
    }

    @Test("functions that are missing or take no integers are refused, and the instance lives")
    func functions() throws {
        let instance = try Self.instance()
        #expect(throws: ComponentError.noFunction("absent")) { try instance.call("absent") }
        let calls: [(String, [Int64])] = [("half", [1]), ("add", [1]), ("memory", [])]
        for (name, arguments) in calls {
            #expect(throws: ComponentError.self) { try instance.call(name, arguments) }
        }
        #expect(try instance.call("minus") == -7)
    }

    @Test("text, a component, a module with imports and rubbish are refused")
    func refused() throws {
        let engine = try Self.engine()
        let component = try Program.text("(component)")
        let rubbish: [UInt8] = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 0xff, 0xff, 0xff]
        for bytes in [Array("(module)".utf8), [], component, rubbish] {
            #expect(throws: ComponentError.self) { try engine.module(bytes) }
        }
        let needy = try engine.module(Program.text("(module (import \"a\" \"b\" (func)))"))
        let error = #expect(throws: ComponentError.self) {
            try ModuleInstance(needy, limits: Self.limits)
        }
        guard case .missingImport = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        let large = try engine.module(Program.text("(module (memory 100))"))
        let greedy = #expect(throws: ComponentError.self) {
            try ModuleInstance(large, limits: Self.limits)
        }
        guard case .tooDemanding = greedy else {
            Issue.record("\(String(describing: greedy))")
            return
        }
    }

    @Test("a compiled module is loaded at the next start; a changed file is compiled again")
    func cache() throws {
        try TemporaryDirectory.with(checkCache)
    }

    private func checkCache(_ folder: String) throws {
        let wasm = try Program.named("module")
        func check() throws {
            let module = try Self.engine(cache: folder).module(wasm)
            let instance = try ModuleInstance(module, limits: Self.limits)
            #expect(try instance.call("minus") == -7)
        }
        try check()
        let names = try LinuxDirectory.open(folder).list().filter { $0 != "cache.key" }
        let path = try folder + "/" + #require(names.first)
        let good = try WholeFile.read(path)
        for index in [0, 8, good.count / 2, good.count - 1] {
            var bad = good
            bad[index] ^= 1
            try WholeFile.write(bad, to: path)
            try check()
            // The bad file was replaced by one that this node wrote; compiling again gives the same code.
            #expect(try WholeFile.read(path) == good)
        }
        try WholeFile.write(Array(good.prefix(20)), to: path)
        try check()
    }
}
