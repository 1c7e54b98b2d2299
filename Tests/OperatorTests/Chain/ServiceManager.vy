# pragma version 0.4.3
# A service manager as WAVS asks one: who operates a service, with what weight, and whether an envelope has a quorum.

struct Envelope:
    eventId: bytes20
    ordering: bytes12
    payload: Bytes[4096]

struct SignatureData:
    signers: DynArray[address, 32]
    signatures: DynArray[Bytes[65], 32]
    referenceBlock: uint32

serviceURI: String[1024]
weights: HashMap[address, uint256]
operators: HashMap[address, address]
totalWeight: uint256
threshold: uint256
owner: address


@deploy
def __init__(threshold: uint256):
    self.threshold = threshold
    self.owner = msg.sender


@external
def register(operator: address, signer: address, weight: uint256):
    assert msg.sender == self.owner, "not the owner"
    self.totalWeight = self.totalWeight - self.weights[operator] + weight
    self.weights[operator] = weight
    self.operators[signer] = operator


@external
def setServiceURI(uri: String[1024]):
    assert msg.sender == self.owner, "not the owner"
    self.serviceURI = uri


@external
@view
def getServiceURI() -> String[1024]:
    return self.serviceURI


@external
@view
def getOperatorWeight(operator: address) -> uint256:
    return self.weights[operator]


@external
@view
def getLatestOperatorForSigningKey(signer: address) -> address:
    return self.operators[signer]


@external
@view
def validate(envelope: Envelope, data: SignatureData):
    assert len(data.signers) > 0, "no signers"
    if len(data.signers) != len(data.signatures):
        raw_revert(method_id("InvalidSignatureLength()"))
    if convert(data.referenceBlock, uint256) >= block.number:
        raw_revert(method_id("InvalidSignatureBlock()"))
    inner: bytes32 = keccak256(abi_encode(envelope))
    digest: bytes32 = keccak256(concat(b"\x19Ethereum Signed Message:\n32", inner))
    weight: uint256 = 0
    last: address = empty(address)
    for i: uint256 in range(len(data.signers), bound=32):
        signer: address = data.signers[i]
        if convert(signer, uint160) <= convert(last, uint160):
            raw_revert(method_id("InvalidSignatureOrder()"))
        last = signer
        signature: Bytes[65] = data.signatures[i]
        if len(signature) != 65:
            raw_revert(method_id("InvalidSignatureLength()"))
        r: uint256 = convert(slice(signature, 0, 32), uint256)
        s: uint256 = convert(slice(signature, 32, 32), uint256)
        v: uint256 = convert(slice(signature, 64, 1), uint256)
        if ecrecover(digest, v, r, s) != signer:
            raw_revert(method_id("InvalidSignature()"))
        if self.operators[signer] == empty(address):
            raw_revert(method_id("SignerNotRegistered()"))
        weight += self.weights[self.operators[signer]]
    if weight < self.threshold:
        raw_revert(
            concat(
                method_id("InsufficientQuorum(uint256,uint256,uint256)"),
                convert(weight, bytes32),
                convert(self.threshold, bytes32),
                convert(self.totalWeight, bytes32),
            )
        )
