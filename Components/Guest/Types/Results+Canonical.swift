// What operators and aggregators hand to each other and to the host (`wavs:operator/output`,
// `wavs:aggregator/input` and `output`): the fields and the cases in their order in Interfaces/wavs-2.6.0.

extension WasmResponse: Liftable, Lowerable {
    static var layout: Layout { Layout.list.then(UInt64?.layout).then([UInt8]?.layout).closed }

    static func lift(_ source: UnsafeRawPointer) -> WasmResponse {
        var fields = unsafe RecordReader(source)
        return unsafe WasmResponse(
            payload: fields.next(),
            ordering: fields.next(),
            eventIDSalt: fields.next()
        )
    }

    func lower(_ target: UnsafeMutableRawPointer) {
        var fields = unsafe RecordWriter(target)
        unsafe fields.next(payload)
        unsafe fields.next(ordering)
        unsafe fields.next(eventIDSalt)
    }
}

extension AggregatorInput: Liftable {
    static var layout: Layout { TriggerAction.layout.then(WasmResponse.layout).closed }

    static func lift(_ source: UnsafeRawPointer) -> AggregatorInput {
        var fields = unsafe RecordReader(source)
        return unsafe AggregatorInput(
            triggerAction: fields.next(),
            operatorResponse: fields.next()
        )
    }
}

extension SubmissionResult: Liftable {
    private static var payload: Layout { TransactionHash.layout.or(.list) }

    static var layout: Layout { payload.variant }

    static func lift(_ source: UnsafeRawPointer) -> SubmissionResult {
        let payload = unsafe source + payload.payloadOffset
        return unsafe UInt8.lift(source) == 0 ? .accepted(.lift(payload)) : .failed(.lift(payload))
    }
}

extension UInt128: Lowerable {
    static var layout: Layout { UInt64.layout.then(UInt64.layout) }

    func lower(_ target: UnsafeMutableRawPointer) {
        unsafe UInt64(truncatingIfNeeded: self).lower(target)
        unsafe UInt64(truncatingIfNeeded: self >> 64).lower(target + 8)
    }
}

extension AggregatorAction: Lowerable {
    private static var payload: Layout { UInt64.layout.or(SubmitAction.layout) }

    static var layout: Layout { payload.variant }

    func lower(_ target: UnsafeMutableRawPointer) {
        let payload = unsafe target + Self.payload.payloadOffset
        switch self {
        case .timer(let delaySeconds): unsafe delaySeconds.lower(payload)
        case .submit(let action):
            unsafe UInt8(1).lower(target)
            unsafe action.lower(payload)
        }
    }
}

extension SubmitAction: Lowerable {
    private static var payload: Layout {
        Layout.list.then(.list).then(UInt128?.layout)
            .or(.list.then(CosmosAddress.layout).then(UInt128?.layout)).closed
    }

    static var layout: Layout { payload.variant }

    func lower(_ target: UnsafeMutableRawPointer) {
        var fields = unsafe RecordWriter(target + Self.payload.payloadOffset)
        switch self {
        case .evm(let chain, let address, let gasPrice):
            unsafe fields.next(chain)
            unsafe fields.next(address)
            unsafe fields.next(gasPrice)
        case .cosmos(let chain, let bech32, let prefixCount, let gasPrice):
            unsafe UInt8(1).lower(target)
            unsafe fields.next(chain)
            unsafe fields.next(CosmosAddress(bech32: bech32, prefixCount: prefixCount))
            unsafe fields.next(gasPrice)
        }
    }
}

extension CosmosAddress: Lowerable {
    func lower(_ target: UnsafeMutableRawPointer) {
        unsafe bech32.lower(target)
        unsafe target.storeBytes(of: prefixCount, toByteOffset: 8, as: UInt32.self)
    }
}
