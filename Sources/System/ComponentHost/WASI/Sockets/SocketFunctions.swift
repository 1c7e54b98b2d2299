/// `wasi:sockets`: names are looked up where service and node allow it; sockets are never given out.
enum SocketFunctions {
    private final class Network: HostResource {
        static let type = ResourceType.network
    }

    /// The addresses of one name; it is looked up when the first of them is wanted.
    private final class Addresses: HostResource {
        static let type = ResourceType.resolveAddressStream

        let name: String
        var rest: ArraySlice<[UInt8]>?

        init(of name: String) { self.name = name }
    }

    /// Addresses of one name that a program is told.
    private static let addressesMax = 16
    /// Milliseconds that a name may take, if the call has so much time left.
    private static let millisecondsMax: UInt64 = 5_000
    private static let nameBytesMax = 253
    private static let lookup = "wasi:sockets/ip-name-lookup#"

    static let functions: [String: HostFunction] = [
        "wasi:sockets/instance-network#instance-network": hostFunction {
            state,
            _ throws(HostRefusal) in
            try state.resources.add(Network())
        },
        "wasi:sockets/tcp-create-socket#create-tcp-socket": denied,
        "wasi:sockets/udp-create-socket#create-udp-socket": denied,
        lookup + "resolve-addresses": hostFunction(resolve),
        lookup + "[method]resolve-address-stream.resolve-next-address": hostFunction(next),
        lookup + "[method]resolve-address-stream.subscribe": hostFunction {
            state,
            arguments throws(HostRefusal) in
            let _: Addresses = try state.resources.resource(arguments[0])
            return try state.resources.add(Pollable(.ready))
        },
    ]

    private static let denied = hostFunction { _, _ in failure("access-denied") }

    private static func failure(_ code: String) -> WITValue { .failure(.enumeration(code)) }

    private static func resolve(
        _ state: CallState,
        _ arguments: Arguments
    ) throws(HostRefusal) -> WITValue? {
        let _: Network = try state.resources.resource(arguments[0])
        let name = try arguments.text(1)
        guard !state.isDeterministic, state.context.permissions.dnsResolution,
            state.context.names != nil, state.countLookup()
        else { return failure("access-denied") }
        guard isName(name) else { return failure("invalid-argument") }
        return .success(try state.resources.add(Addresses(of: name)))
    }

    private static func next(
        _ state: CallState,
        _ arguments: Arguments
    ) throws(HostRefusal) -> WITValue? {
        let addresses: Addresses = try state.resources.resource(arguments[0])
        if addresses.rest == nil, let resolver = state.context.names {
            // Rounded up: whose time is over is told so, and not that a lookup took too long.
            let left = (state.nanosecondsLeft + 999_999) / 1_000_000
            let milliseconds = min(millisecondsMax, left)
            do throws(NameResolutionError) {
                let found = try resolver.addresses(
                    of: addresses.name,
                    milliseconds: Int(milliseconds)
                )
                addresses.rest = found.prefix(addressesMax)
            } catch {
                try state.checkTime()
                return failure(code(of: error))
            }
        }
        return .success(.option(addresses.rest?.popFirst().map(value)))
    }

    /// Whether a text may be a name or a numeric address; others are not even looked up.
    private static func isName(_ text: String) -> Bool {
        1...nameBytesMax ~= text.utf8.count
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: ".-_:".utf8.contains(byte)
                }
            }
    }

    private static func code(of error: NameResolutionError) -> String {
        switch error {
        case .unresolvable: "name-unresolvable"
        case .temporary: "temporary-resolver-failure"
        case .permanent: "permanent-resolver-failure"
        }
    }

    private static func value(_ address: [UInt8]) -> WITValue {
        if address.count == 4 { return .variant("ipv4", .tuple(address.map(WITValue.u8))) }
        let words = stride(from: 0, to: address.count, by: 2).map { index in
            WITValue.u16(UInt16(address[index]) << 8 | UInt16(address[index + 1]))
        }
        return .variant("ipv6", .tuple(words))
    }
}
