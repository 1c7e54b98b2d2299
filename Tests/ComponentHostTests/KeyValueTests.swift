import ComponentHost
import Platform
import Testing
import TestSupport

@Suite("Keys and values") struct KeyValueTests {
    /// Which store is tested.
    enum Kind: String, CaseIterable {
        case memory, durable
    }

    private static func with(
        _ kind: Kind,
        limits: KeyValueLimits = KeyValueLimits(),
        _ body: (any KeyValueStore) throws -> Void
    ) throws {
        guard kind == .durable else {
            try body(MemoryKeyValueStore(limits: limits))
            return
        }
        try withFile { path in
            try body(KeyValueFile(path: path).store(service: "a", limits: limits))
        }
    }

    private static func withFile(_ body: (String) throws -> Void) throws {
        try TemporaryDirectory.with { folder in try body(folder + "/values.sqlite") }
    }

    @Test("values are set, read, replaced and removed, bucket by bucket", arguments: Kind.allCases)
    func values(_ kind: Kind) throws {
        try Self.with(kind) { store in
            #expect(try store.get("a", "k") == nil)
            try store.set("a", [("k", [1, 2]), ("", []), ("k", [3])])
            try store.set("b", [("k", [4])])
            #expect(try store.get("a", "k") == [3])
            #expect(try store.get("a", "") == [])
            #expect(try store.get("b", "k") == [4])
            try store.delete("a", ["k", "absent"])
            #expect(try store.get("a", "k") == nil)
            #expect(try store.get("b", "k") == [4])
        }
    }

    @Test("keys come in the order of their bytes, page by page", arguments: Kind.allCases)
    func keys(_ kind: Kind) throws {
        try Self.with(kind) { store in
            let keys = ["", "B", "a", "ab", "é", "日"]
            try store.set("a", keys.reversed().map { ($0, [0]) })
            #expect(try store.keys("a", after: nil, count: 100) == keys)
            var found: [String] = []
            var after: String?
            while true {
                let page = try store.keys("a", after: after, count: 4)
                found += page
                guard page.count == 4 else { break }
                after = page.last
            }
            #expect(found == keys)
            #expect(try store.keys("absent", after: nil, count: 1).isEmpty)
        }
    }

    @Test("a value is exchanged only if it is the expected one", arguments: Kind.allCases)
    func exchange(_ kind: Kind) throws {
        try Self.with(kind) { store in
            let steps: [(expected: [UInt8]?, new: [UInt8], isDone: Bool)] = [
                (nil, [1], true), (nil, [2], false), ([3], [2], false), ([1], [2], true),
            ]
            for step in steps {
                let isDone = try store.exchange(
                    "a",
                    "k",
                    expected: step.expected,
                    new: step.new
                )
                #expect(isDone == step.isDone)
            }
            #expect(try store.get("a", "k") == [2])
        }
    }

    @Test(
        "a number is counted up, and neither wraps nor is made of other bytes",
        arguments: Kind.allCases
    )
    func increment(_ kind: Kind) throws {
        try Self.with(kind) { store in
            #expect(try store.increment("a", "n", by: 5) == 5)
            #expect(try store.increment("a", "n", by: -7) == -2)
            #expect(try store.get("a", "n") == [0xfe] + [UInt8](repeating: 0xff, count: 7))
            #expect(try store.increment("a", "n", by: .max) == .max - 2)
            #expect(throws: ComponentError.self) { try store.increment("a", "n", by: 3) }
            try store.set("a", [("text", [1])])
            #expect(throws: ComponentError.self) { try store.increment("a", "text", by: 1) }
            #expect(try store.get("a", "text") == [1])
        }
    }

    @Test("what passes a limit changes nothing", arguments: Kind.allCases)
    func limits(_ kind: Kind) throws {
        var limits = KeyValueLimits()
        limits.keyBytesMax = 4
        limits.valueBytesMax = 10
        limits.keysMax = 3
        limits.totalBytesMax = 20
        try Self.with(kind, limits: limits) { store in
            let ten = [UInt8](repeating: 7, count: 10)
            #expect(throws: ComponentError.self) { try store.set("a", [("12345", [])]) }
            #expect(throws: ComponentError.self) { try store.set("12345", [("k", [])]) }
            #expect(throws: ComponentError.self) { try store.set("a", [("k", ten + [1])]) }
            try store.set("a", [("1", ten)])
            #expect(throws: ComponentError.self) { try store.set("a", [("2", []), ("3", ten)]) }
            #expect(try store.get("a", "2") == nil)
            try store.set("a", [("2", []), ("3", [])])
            #expect(throws: ComponentError.self) { try store.set("b", [("4", [])]) }
            #expect(throws: ComponentError.self) {
                try store.exchange("a", "4", expected: nil, new: [])
            }
            try store.delete("a", ["1"])
            try store.set("b", [("4", ten)])
            #expect(try store.get("b", "4") == ten)
        }
    }

    @Test("values outlive the process that set them, and each service has its own")
    func durable() throws {
        try Self.withFile { path in
            do {
                let file = try KeyValueFile(path: path)
                try file.store(service: "a").set("bucket", [("k", [1])])
                try file.store(service: "b").set("bucket", [("k", [2])])
            }
            let file = try KeyValueFile(path: path)
            #expect(try file.store(service: "a").get("bucket", "k") == [1])
            #expect(try file.store(service: "b").get("bucket", "k") == [2])
            try file.removeService("a")
            #expect(try file.store(service: "a").get("bucket", "k") == nil)
            #expect(try file.store(service: "b").get("bucket", "k") == [2])
        }
    }

    @Test("of several that exchange at once, each succeeds in turn", arguments: Kind.allCases)
    func concurrent(_ kind: Kind) throws {
        try Self.with(kind) { store in
            try Threads.run(4) { _ in
                for _ in 0..<25 {
                    var isDone = false
                    while !isDone {
                        let old = try store.get("a", "k")
                        let count = (old?.first ?? 0) + 1
                        isDone = try store.exchange("a", "k", expected: old, new: [count])
                    }
                    _ = try store.increment("a", "n", by: 1)
                }
            }
            #expect(try store.get("a", "k") == [100])
            #expect(try store.increment("a", "n", by: 0) == 100)
        }
    }

    @Test("a component keeps values; a swap fails when somebody else was faster")
    func component() throws {
        let component = try Sandbox.engine().component(Program.component("keyvalue"))
        let store = MemoryKeyValueStore()
        for run in 1...3 {
            let responses = try component.run(
                Sandbox.action([]),
                HostContext(keyValue: store),
                Sandbox.limits
            )
            let sum: [UInt8] = [UInt8(5 * run), 0, 0, 0, 0, 0, 0, 0]
            let rest: [UInt8] = [1, 0] + Array("new".utf8) + [2, 2]
            #expect(responses == [WasmResponse(payload: sum + rest)])
        }
        // Without a store, opening a bucket fails, and the program says so.
        #expect(throws: ComponentError.guest("bucket")) {
            try component.run(Sandbox.action([]), HostContext(), Sandbox.limits)
        }
    }
}
