import ComponentHost
import Platform
import Synchronization
import Testing
import TestSupport

@Suite("Names of hosts") struct NameTests {
    /// What `Programs/names.wat` says of codes of `wasi:sockets/network`.
    private enum Code {
        static let denied: [UInt8] = [254, 1]
        static let noName: [UInt8] = [254, 3]
        static let unresolvable: [UInt8] = [255, 18]
        static let temporary: [UInt8] = [255, 19]
        static let permanent: [UInt8] = [255, 20]
    }

    private static let component = Result {
        try Sandbox.sharedEngine().component(Program.component("names"))
    }
    private static let deterministic = Result {
        try Sandbox.engine(isDeterministic: true).component(Program.component("names"))
    }

    private static func answer(
        _ name: String,
        _ names: (any NameResolver)?,
        isAllowed: Bool = true,
        isDeterministic: Bool = false,
        limits: CallLimits = Sandbox.limits
    ) throws -> [UInt8] {
        var permissions = Permissions.none
        permissions.dnsResolution = isAllowed
        let context = HostContext(
            permissions: permissions,
            configuration: [Setting(key: "name", value: name)],
            names: names
        )
        let component = isDeterministic ? deterministic : component
        return try component.get().run(Sandbox.action([]), context, limits).flatMap(\.payload)
    }

    private static func fixed(_ addresses: [[UInt8]]) -> SystemNameResolver {
        SystemNameResolver { _ in .success(addresses) }
    }

    @Test("a name is looked up only if the service and the node allow it")
    func permission() throws {
        let resolver = Self.fixed([[192, 0, 2, 1]])
        #expect(try Self.answer("a.example", resolver) == [4, 192, 0, 2, 1])
        #expect(try Self.answer("a.example", resolver, isAllowed: false) == Code.denied)
        #expect(try Self.answer("a.example", nil) == Code.denied)
        #expect(try Self.answer("a.example", resolver, isDeterministic: true) == Code.denied)
    }

    @Test("addresses of both versions come in their order, and no more than 16")
    func addresses() throws {
        let long: [UInt8] = [0x20, 1, 0xd, 0xb8] + [UInt8](repeating: 0, count: 11) + [7]
        let swapped = stride(from: 0, to: 16, by: 2).flatMap { [long[$0 + 1], long[$0]] }
        let both = try Self.answer("a.example", Self.fixed([long, [192, 0, 2, 9]]))
        #expect(both == [6] + swapped + [4, 192, 0, 2, 9])
        let many = (1...40).map { [192, 0, 2, UInt8($0)] }
        let told = try Self.answer("a.example", Self.fixed(many))
        #expect(told == many.prefix(16).flatMap { [4] + $0 })
    }

    @Test(
        "what is no name is not looked up",
        arguments: [
            "", "a b", "ä.example", "a/b", "a%lo", "a\n", String(repeating: "a", count: 254),
        ]
    )
    func noName(_ name: String) throws {
        #expect(try Self.answer(name, Self.fixed([[192, 0, 2, 1]])) == Code.noName)
    }

    @Test(
        "a failure is told by its code",
        arguments: [
            (NameResolutionError.unresolvable, Code.unresolvable),
            (.temporary, Code.temporary), (.permanent, Code.permanent),
        ]
    )
    func failures(_ error: NameResolutionError, _ code: [UInt8]) throws {
        #expect(try Self.answer("a.example", SystemNameResolver { _ in .failure(error) }) == code)
    }

    @Test("the system's names: this machine's own address is told only where private ones may be")
    func system() throws {
        let open = SystemNameResolver(mayBePrivate: true)
        #expect(try Self.answer("localhost", open).contains([4, 127, 0, 0, 1]))
        for name in ["localhost", "127.0.0.1", "0x7f.1", "::1", "10.1.2.3", "169.254.169.254"] {
            #expect(try Self.answer(name, SystemNameResolver()) == Code.unresolvable)
        }
        // A numeric address is one without anybody being asked.
        #expect(try Self.answer("8.8.8.8", SystemNameResolver()) == [4, 8, 8, 8, 8])
    }

    @Test("a lookup that hangs ends the call at its deadline, and the next calls go on")
    func hanging() throws {
        let gate = Gate()
        let resolver = SystemNameResolver { name in
            if name == "slow.example" { gate.wait() }
            return .success([[192, 0, 2, 1]])
        }
        var limits = Sandbox.limits
        limits.milliseconds = 60
        for _ in 0..<SystemNameResolver.lookupsMax {
            #expect(throws: ComponentError.deadline(milliseconds: 60)) {
                try Self.answer("slow.example", resolver, limits: limits)
            }
        }
        // All places are taken; nobody waits for one.
        #expect(try Self.answer("a.example", resolver) == Code.temporary)
        gate.open()
        try eventually("the places are free again") {
            try Self.answer("a.example", resolver) == [4, 192, 0, 2, 1]
        }
    }

    /// Keeps threads waiting until it is opened.
    private final class Gate: Sendable {
        private let isOpen = Mutex(false)

        func open() { isOpen.withLock { $0 = true } }

        func wait() {
            while !isOpen.withLock({ $0 }) { PlatformThread.nap(nanoseconds: 1_000_000) }
        }
    }
}
