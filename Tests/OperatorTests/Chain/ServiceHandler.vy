# pragma version 0.4.3
# A service handler as WAVS calls one: it takes each event once, with the quorum of its manager.

struct Envelope:
    eventId: bytes20
    ordering: bytes12
    payload: Bytes[4096]

struct SignatureData:
    signers: DynArray[address, 32]
    signatures: DynArray[Bytes[65], 32]
    referenceBlock: uint32

interface Manager:
    def validate(envelope: Envelope, data: SignatureData): nonpayable

event Handled:
    eventId: indexed(bytes20)
    payload: Bytes[4096]

manager: address
payloads: HashMap[bytes20, Bytes[4096]]
isHandled: HashMap[bytes20, bool]
count: uint256


@deploy
def __init__(manager: address):
    self.manager = manager


@external
@view
def getServiceManager() -> address:
    return self.manager


@external
def handleSignedEnvelope(envelope: Envelope, data: SignatureData):
    assert not self.isHandled[envelope.eventId], "event already handled"
    extcall Manager(self.manager).validate(envelope, data)
    self.isHandled[envelope.eventId] = True
    self.payloads[envelope.eventId] = envelope.payload
    self.count += 1
    log Handled(eventId=envelope.eventId, payload=envelope.payload)


@external
@view
def payload(eventId: bytes20) -> Bytes[4096]:
    return self.payloads[eventId]


@external
@view
def handledCount() -> uint256:
    return self.count
