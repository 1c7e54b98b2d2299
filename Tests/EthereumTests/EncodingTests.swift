import Cryptography
import Ethereum
import Testing

@Suite("Encodings of Ethereum") struct EthereumEncodingTests {
    static let lorem = Array("Lorem ipsum dolor sit amet, consectetur adipisicing elit".utf8)

    @Test(
        "RLP is that of the specification",
        arguments: [
            (.bytes(Array("dog".utf8)), "83646f67"),
            (.list([.bytes(Array("cat".utf8)), .bytes(Array("dog".utf8))]), "c88363617483646f67"),
            (.bytes([]), "80"), (.list([]), "c0"), (.number(0), "80"), (.bytes([0]), "00"),
            (.number(15), "0f"), (.number(1_024), "820400"),
            (
                .list([.list([]), .list([.list([])]), .list([.list([]), .list([.list([])])])]),
                "c7c0c1c0c3c0c1c0"
            ),
            (.bytes(lorem), "b838" + Hex.encode(lorem)),
            (.list([.bytes(lorem)]), "f83a" + "b838" + Hex.encode(lorem)),
            (.number(bigEndian: [0, 0, 4, 0]), "820400"),
        ] as [(RLP, String)]
    )
    func rlp(item: RLP, hex: String) { #expect(Hex.encode(item.encoded) == hex) }

    @Test("the call of the ABI's specification with simple values")
    func simpleCall() {
        let call = ABIFunction.call("baz(uint32,bool)", [.uint(UInt256(low: 69)), .bool(true)])
        #expect(
            Hex.encode(call) == "cdcd77c0" + word("45") + word("01")
        )
    }

    @Test("the calls of the ABI's specification with dynamic values")
    func dynamicCalls() {
        let numbers = [1, 2, 3].map { ABIValue.uint(UInt256(low: $0)) }
        let sam = ABIFunction.call(
            "sam(bytes,bool,uint256[])",
            [.bytes(Array("dave".utf8)), .bool(true), .array(numbers)]
        )
        #expect(
            Hex.encode(sam) == "a5643bf2" + word("60") + word("01") + word("a0") + word("04")
                + "64617665" + String(repeating: "0", count: 56)
                + word("03") + word("01") + word("02") + word("03")
        )
        let f = ABIFunction.call(
            "f(uint256,uint32[],bytes10,bytes)",
            [
                .uint(UInt256(low: 0x123)),
                .array([.uint(UInt256(low: 0x456)), .uint(UInt256(low: 0x789))]),
                .fixedBytes(Array("1234567890".utf8)), .bytes(Array("Hello, world!".utf8)),
            ]
        )
        #expect(
            Hex.encode(f) == "8be65246" + word("0123") + word("80")
                + "31323334353637383930" + String(repeating: "0", count: 44)
                + word("e0") + word("02") + word("0456") + word("0789") + word("0d")
                + "48656c6c6f2c20776f726c6421" + String(repeating: "0", count: 38)
        )
    }

    @Test("results are read, and bytes that are no results are refused")
    func decoding() throws {
        let address = try EthereumAddress("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed")
        let encoded = ABIValue.tuple([
            .address(address), .string("a name"), .uint(UInt256(high: 1, low: 2)),
        ]).encoded
        var decoder = ABIDecoder(encoded)
        #expect(try decoder.address() == address)
        #expect(try decoder.string() == "a name")
        #expect(try decoder.uint() == UInt256(high: 1, low: 2))
        #expect(throws: EthereumError.badEncoding(type: "bytes")) {
            var far = ABIDecoder([UInt8](repeating: 255, count: 64))
            _ = try far.bytesValue()
        }
        #expect(throws: EthereumError.badEncoding(type: "address")) {
            var wide = ABIDecoder([UInt8](repeating: 255, count: 32))
            _ = try wide.address()
        }
        #expect(throws: EthereumError.badEncoding(type: "uint256")) {
            var short = ABIDecoder([UInt8](repeating: 0, count: 31))
            _ = try short.uint()
        }
        #expect(throws: EthereumError.badEncoding(type: "bytes")) {
            var long = ABIDecoder(ABIValue.tuple([.bytes([1, 2, 3])]).encoded.dropLast(32) + [])
            _ = try long.bytesValue()
        }
    }

    @Test("the example of EIP-155 has the same digest and the same bytes")
    func legacyTransaction() throws {
        let transaction = LegacyTransaction(
            chainID: 1,
            nonce: 9,
            gasPrice: 20_000_000_000,
            gasLimit: 21_000,
            target: EthereumAddress(bytes: [UInt8](repeating: 0x35, count: 20)),
            value: 1_000_000_000_000_000_000
        )
        #expect(
            Hex.encode(transaction.digest)
                == "daf5a779ae972f972197303d7b574746c7ef83eadac0f2791ad23db92e4c8e53"
        )
        let key = try EthereumKey(bytes: [UInt8](repeating: 0x46, count: 32))
        #expect(
            Hex.encode(transaction.signed(by: key).bytes)
                == "f86c098504a817c800825208943535353535353535353535353535353535353535880d"
                + "e0b6b3a76400008025a028ef61340bd939bc2195fe537567866003e1a15d3c71ff63e1"
                + "590620aa636276a067cbe9d8997f761aecb703304b3800ccf555c9f3dc64214b297fb1"
                + "966a3b6d83"
        )
    }

    @Test("the signer of an EIP-1559 transaction is found from its bytes")
    func feeTransaction() throws {
        let key = try EthereumKey(bytes: [UInt8](repeating: 0x46, count: 32))
        let transaction = Transaction(
            chainID: 31_337,
            nonce: 0,
            priorityFee: 1,
            maxFee: 2_000_000_000,
            gasLimit: 21_000,
            target: key.address,
            data: [1, 2]
        )
        let signed = transaction.signed(by: key)
        #expect(signed.bytes.first == 2)
        #expect(signed.hash == Keccak256.hash(of: signed.bytes).bytes)
        #expect(try key.sign(transaction.digest).signer(of: transaction.digest) == key.address)
    }

    @Test(
        "numbers of 256 bits are read and written",
        arguments: [
            ("0x0", "0"), ("0x1f", "31"),
            ("0xffffffffffffffffffffffffffffffff", "340282366920938463463374607431768211455"),
            ("0x100000000000000000000000000000000", "340282366920938463463374607431768211456"),
            (
                "0x" + String(repeating: "f", count: 64),
                "115792089237316195423570985008687907853269984665640564039457584007913129639935"
            ),
        ]
    )
    func numbers(quantity: String, decimal: String) throws {
        let number = try UInt256(quantity: quantity)
        #expect(number.description == decimal)
        #expect(number.quantity == quantity)
        #expect(UInt256(bigEndian: number.bigEndian) == number)
    }

    @Test(
        "what is no quantity is refused",
        arguments: ["", "0x", "12", "0xg", "0x1" + String(repeating: "0", count: 64)]
    )
    func noNumbers(text: String) {
        #expect(throws: EthereumError.badQuantity(text)) { try UInt256(quantity: text) }
    }

    @Test("the contract that an account makes first and second")
    func contracts() throws {
        // The example of the Ethereum wiki.
        let sender = try EthereumAddress("0x6ac7ea33f8831ea9dcc53393aaa88b25a785dbf0")
        #expect(
            sender.contract(nonce: 0).lowercased == "0xcd234a471b72ba2f1ccf0a70fcaba648a5eecd8d"
        )
        #expect(
            sender.contract(nonce: 1).lowercased == "0x343c43a37d37dff08ae8c4a11544c718abb4fcf8"
        )
    }

    private func word(_ digits: String) -> String {
        String(repeating: "0", count: 64 - digits.count) + digits
    }
}
