// Lifting the types of `wavs:types/chain` (Interfaces/wavs-2.6.0/deps/types.wit): the fields in their order.

extension EVMAddress: Liftable, Lowerable {
    static var layout: Layout { .list }
    static func lift(_ source: UnsafeRawPointer) -> EVMAddress {
        unsafe EVMAddress(bytes: .lift(source))
    }
    func lower(_ target: UnsafeMutableRawPointer) { unsafe bytes.lower(target) }
}

extension EVMEventLog: Liftable {
    static var layout: Layout {
        Layout.list.then(.list).then(.list).then(.list).then(UInt64.layout).then(UInt64.layout)
            .then(.list).then(UInt64?.layout).then(UInt64.layout).closed
    }

    static func lift(_ source: UnsafeRawPointer) -> EVMEventLog {
        var fields = unsafe RecordReader(source)
        return unsafe EVMEventLog(
            address: fields.next(),
            topics: fields.next(),
            data: fields.next(),
            transactionHash: fields.next(),
            blockNumber: fields.next(),
            logIndex: fields.next(),
            blockHash: fields.next(),
            blockTimestamp: fields.next(),
            transactionIndex: fields.next()
        )
    }
}

extension EVMChainConfiguration: Liftable {
    static var layout: Layout { Layout.list.then(.list).then(String?.layout).closed }

    static func lift(_ source: UnsafeRawPointer) -> EVMChainConfiguration {
        var fields = unsafe RecordReader(source)
        return unsafe EVMChainConfiguration(
            chainID: fields.next(),
            webSocketEndpoints: fields.next(),
            httpEndpoint: fields.next()
        )
    }
}

extension CosmosAddress: Liftable {
    static var layout: Layout { Layout.list.then(UInt32.layout).closed }

    static func lift(_ source: UnsafeRawPointer) -> CosmosAddress {
        var fields = unsafe RecordReader(source)
        return unsafe CosmosAddress(bech32: fields.next(), prefixCount: fields.next())
    }
}

extension CosmosEvent: Liftable {
    static var layout: Layout { Layout.list.then(.list) }

    static func lift(_ source: UnsafeRawPointer) -> CosmosEvent {
        var fields = unsafe RecordReader(source)
        return unsafe CosmosEvent(type: fields.next(), attributes: fields.next())
    }
}

extension CosmosChainConfiguration: Liftable {
    static var layout: Layout {
        Layout.list.then(String?.layout).then(String?.layout).then(String?.layout)
            .then(Float.layout).then(.list).then(.list).closed
    }

    static func lift(_ source: UnsafeRawPointer) -> CosmosChainConfiguration {
        var fields = unsafe RecordReader(source)
        return unsafe CosmosChainConfiguration(
            chainID: fields.next(),
            rpcEndpoint: fields.next(),
            grpcEndpoint: fields.next(),
            grpcWebEndpoint: fields.next(),
            gasPrice: fields.next(),
            gasDenomination: fields.next(),
            bech32Prefix: fields.next()
        )
    }
}

extension TransactionHash: Liftable {
    static var layout: Layout { Layout.list.variant }

    static func lift(_ source: UnsafeRawPointer) -> TransactionHash {
        let payload = unsafe source + Layout.list.payloadOffset
        return unsafe UInt8.lift(source) == 0 ? .evm(.lift(payload)) : .cosmos(.lift(payload))
    }
}

extension Setting: Liftable {
    static var layout: Layout { Layout.list.then(.list) }

    static func lift(_ source: UnsafeRawPointer) -> Setting {
        var fields = unsafe RecordReader(source)
        return unsafe Setting(key: fields.next(), value: fields.next())
    }
}
