/// The kinds of resources that the host gives to programs; the numbers are only this process's own.
enum ResourceType: UInt32, CaseIterable {
    case pollable = 1
    case inputStream, outputStream, error
    case terminalInput, terminalOutput
    case descriptor, directoryEntryStream
    case network, tcpSocket, udpSocket, incomingDatagramStream, outgoingDatagramStream
    case resolveAddressStream
    case bucket, cas
    case fields, outgoingRequest, requestOptions, outgoingBody
    case futureIncomingResponse, incomingResponse, incomingBody, futureTrailers
    case incomingRequest, responseOutparam, outgoingResponse
    case clientConnection, clientHandshake, futureClientStreams

    /// The type of that name in the interfaces of WASI.
    init?(name: String) {
        guard let type = Self.names[name] else { return nil }
        self = type
    }

    private static let names: [String: ResourceType] = [
        "pollable": .pollable, "input-stream": .inputStream, "output-stream": .outputStream,
        "error": .error, "io-error": .error, "terminal-input": .terminalInput,
        "terminal-output": .terminalOutput, "descriptor": .descriptor,
        "directory-entry-stream": .directoryEntryStream, "network": .network,
        "tcp-socket": .tcpSocket, "udp-socket": .udpSocket,
        "incoming-datagram-stream": .incomingDatagramStream,
        "outgoing-datagram-stream": .outgoingDatagramStream,
        "resolve-address-stream": .resolveAddressStream, "bucket": .bucket, "cas": .cas,
        "fields": .fields, "headers": .fields, "trailers": .fields,
        "outgoing-request": .outgoingRequest, "request-options": .requestOptions,
        "outgoing-body": .outgoingBody, "future-incoming-response": .futureIncomingResponse,
        "incoming-response": .incomingResponse, "incoming-body": .incomingBody,
        "future-trailers": .futureTrailers, "incoming-request": .incomingRequest,
        "response-outparam": .responseOutparam, "outgoing-response": .outgoingResponse,
        "client-connection": .clientConnection, "client-handshake": .clientHandshake,
        "future-client-streams": .futureClientStreams,
    ]
}

/// What stands behind a resource.
protocol HostResource: AnyObject {
    static var type: ResourceType { get }
}

/// The resources of one call, by the numbers that programs know.
struct ResourceTable {
    /// A program that never drops what it has is stopped here.
    private static let countMax = 4_096

    private var entries: [UInt32: any HostResource] = [:]
    private var next: UInt32 = 1

    /// Gives a resource to the program.
    mutating func add<R: HostResource>(_ resource: R) throws(HostRefusal) -> WITValue {
        guard entries.count < Self.countMax else {
            throw HostRefusal("more than \(Self.countMax) resources at once")
        }
        let number = next
        next += 1
        entries[number] = resource
        return .resource(number: number, type: R.type, isOwned: true)
    }

    /// The resource that an argument lends or gives; one that is given leaves the table.
    mutating func resource<R: HostResource>(
        _ value: WITValue?,
        as type: R.Type = R.self
    ) throws(HostRefusal) -> R {
        guard case .resource(let number, _, let isOwned) = value,
            let resource = entries[number] as? R
        else { throw HostRefusal("a resource of another kind than \(R.type)") }
        if isOwned { entries[number] = nil }
        return resource
    }

    /// Removes what the program dropped.
    mutating func drop(_ number: UInt32) { entries[number] = nil }

    /// How many resources the program has.
    var count: Int { entries.count }
}
