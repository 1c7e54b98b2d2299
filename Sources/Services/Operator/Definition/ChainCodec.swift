internal import ComponentHost
internal import Encoding

/// How to reach a chain, in the JSON form of WAVS.
enum ChainCodec {
    static func decode(_ reader: FieldReader) throws(OperatorError) -> OperatorConfiguration.Chain {
        _ = try reader.members([
            "type", "chain_id", "ws_endpoints", "http_endpoint", "faucet_endpoint",
            "ws_priority_endpoint_index", "bech32_prefix", "rpc_endpoint", "grpc_endpoint",
            "gas_price", "gas_denom",
        ])
        let type = try reader.field("type")
        let chainID = try reader.field("chain_id").text(bytesMax: 32)
        switch try type.text() {
        case "evm":
            var webSockets: [String] = []
            for item in try reader.optional("ws_endpoints")?.items(countMax: 16) ?? [] {
                webSockets.append(try item.text())
            }
            let endpoint = try ServiceCodec.optionalText(reader, "http_endpoint")
            return .evm(
                chainID: chainID,
                endpoints: endpoint.map { [$0] } ?? [],
                webSockets: webSockets
            )
        case "cosmos":
            let price = try reader.field("gas_price")
            guard let number = price.value.number?.value else {
                throw price.fail("must be a number")
            }
            return .cosmos(
                CosmosChainConfiguration(
                    chainID: chainID,
                    rpcEndpoint: try ServiceCodec.optionalText(reader, "rpc_endpoint"),
                    grpcEndpoint: try ServiceCodec.optionalText(reader, "grpc_endpoint"),
                    grpcWebEndpoint: nil,
                    gasPrice: Float(number),
                    gasDenomination: try reader.field("gas_denom").text(),
                    bech32Prefix: try reader.field("bech32_prefix").text()
                )
            )
        default: throw type.fail("must be \"evm\" or \"cosmos\"")
        }
    }
}
