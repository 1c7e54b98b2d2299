"""A chain of Ethereum's kind (py-evm) behind JSON-RPC on loopback, for the tests of operator nodes.

usage: node.py FOLDER    prints one line of JSON: port, and the bytecode of the contracts in FOLDER.

Besides the usual methods: test_fund(address, wei), test_deploy(bytecode), test_send(to, data) from the first account,
test_mine(), test_sent(): the raw transactions that came, test_losing(flag): transactions are accepted and forgotten,
test_down(flag): while down, every other question is answered with status 503.
"""

import ast
import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import vyper
from eth_tester import PyEVMBackend
from eth_tester.exceptions import TransactionFailed
from eth_utils import keccak

CHAIN_ID = 31337
backend = PyEVMBackend()
type(backend.chain).chain_id = CHAIN_ID
lock = threading.RLock()
state = {"down": False, "losing": False}
sent = []


class Refusal(Exception):
    def __init__(self, code, message, data=None):
        self.code, self.message, self.data = code, message, data


def quantity(number):
    return hex(number)


def text(data):
    return "0x" + bytes(data).hex()


def octets(hexadecimal):
    return bytes.fromhex(hexadecimal.removeprefix("0x"))


def head():
    return backend.chain.get_canonical_head()


def block_number(name):
    if name in (None, "latest", "safe", "finalized", "pending"):
        return head().block_number
    return 0 if name == "earliest" else int(name, 16)


def block(name, full=False):
    number = block_number(name)
    if number > head().block_number:
        return None
    found = backend.chain.get_canonical_block_by_number(number)
    header = found.header
    return {
        "number": quantity(header.block_number),
        "hash": text(header.hash),
        "parentHash": text(header.parent_hash),
        "timestamp": quantity(header.timestamp),
        "baseFeePerGas": quantity(header.base_fee_per_gas),
        "gasLimit": quantity(header.gas_limit),
        "gasUsed": quantity(header.gas_used),
        "transactions": [text(one.hash) for one in found.transactions],
    }


def request(call):
    fields = {
        "to": octets(call["to"]) if call.get("to") else b"",
        "data": octets(call.get("data") or "0x"),
        "value": int(call.get("value", "0x0"), 16),
        "gas": 20_000_000,
    }
    fields["from"] = octets(call["from"]) if call.get("from") else backend.get_accounts()[0]
    return fields


def reverting(action):
    try:
        return action()
    except TransactionFailed as error:
        data = error.args[0] if error.args else b""
        if isinstance(data, str) and data.startswith("b"):
            data = ast.literal_eval(data)
        if not isinstance(data, bytes):
            raise Refusal(3, f"execution reverted: {data}")
        raise Refusal(3, "execution reverted", text(data))


def call(fields, name=None):
    return text(reverting(lambda: backend.call(request(fields), block_number(name))))


def estimate(fields, name=None):
    return quantity(reverting(lambda: backend.estimate_gas(request(fields), block_number(name))))


def mine():
    backend.mine_blocks(1)
    return quantity(head().block_number)


def send(raw):
    sent.append(raw)
    if state["losing"]:
        return text(keccak(octets(raw)))
    try:
        found = backend.send_raw_transaction(octets(raw))
    except Exception as error:
        raise Refusal(-32000, f"{type(error).__name__}: {error}")
    mine()
    return text(found)


def located(hexadecimal):
    try:
        number, index = backend.chain.chaindb.get_transaction_index(octets(hexadecimal))
    except Exception:
        return None
    if number > head().block_number:
        return None
    found = backend.chain.get_canonical_block_by_number(number)
    if index < len(found.transactions) and found.transactions[index].hash == octets(hexadecimal):
        return found, index
    return None


def receipt(hexadecimal):
    place = located(hexadecimal)
    if place is None:
        return None
    found, index = place
    all_receipts = found.get_receipts(backend.chain.chaindb)
    before = all_receipts[index - 1].gas_used if index else 0
    return {
        "transactionHash": hexadecimal,
        "status": quantity(1 if all_receipts[index].state_root == b"\x01" else 0),
        "blockNumber": quantity(found.number),
        "blockHash": text(found.hash),
        "gasUsed": quantity(all_receipts[index].gas_used - before),
        "contractAddress": None,
    }


def from_first_account(fields):
    account = backend.get_accounts()[0]
    found = backend.send_transaction(
        {
            "from": account,
            "gas": 6_000_000,
            "value": 0,
            "nonce": backend.get_nonce(account, "pending"),
            "max_fee_per_gas": 10**11,
            "max_priority_fee_per_gas": 10**9,
            "access_list": (),
            **fields,
        }
    )
    mine()
    done = receipt(text(found))
    if done["status"] != "0x1":
        raise Refusal(-32000, "the transaction failed")
    return account


def deploy(bytecode):
    account = backend.get_accounts()[0]
    nonce = backend.get_nonce(account, "pending")
    from_first_account({"to": b"", "data": octets(bytecode)})
    from eth._utils.address import generate_contract_address

    return text(generate_contract_address(account, nonce))


def change(name, value):
    state[name] = value
    return True


methods = {
    "eth_chainId": lambda: quantity(CHAIN_ID),
    "eth_blockNumber": lambda: quantity(head().block_number),
    "eth_gasPrice": lambda: quantity(backend.get_base_fee() + 10**9),
    "eth_maxPriorityFeePerGas": lambda: quantity(10**9),
    "eth_getBlockByNumber": block,
    "eth_getBalance": lambda who, name=None: quantity(backend.get_balance(octets(who))),
    "eth_getTransactionCount": lambda who, name=None: quantity(
        backend.get_nonce(octets(who), "pending" if name == "pending" else block_number(name))
    ),
    "eth_call": call,
    "eth_estimateGas": estimate,
    "eth_sendRawTransaction": send,
    "eth_getTransactionReceipt": receipt,
    "test_fund": lambda who, wei: bool(
        from_first_account({"to": octets(who), "data": b"", "value": int(wei, 16)})
    ),
    "test_deploy": deploy,
    "test_send": lambda to, data: bool(from_first_account({"to": octets(to), "data": octets(data)})),
    "test_mine": mine,
    "test_losing": lambda flag: change("losing", flag),
    "test_sent": lambda: sent,
}


def answer(question):
    try:
        with lock:
            result = methods[question["method"]](*(question.get("params") or []))
        return {"jsonrpc": "2.0", "id": question.get("id"), "result": result}
    except Refusal as refusal:
        error = {"code": refusal.code, "message": refusal.message}
        if refusal.data:
            error["data"] = refusal.data
    except KeyError as missing:
        error = {"code": -32601, "message": f"there is no method {missing}"}
    except Exception as other:
        error = {"code": -32603, "message": f"{type(other).__name__}: {other}"}
    return {"jsonrpc": "2.0", "id": question.get("id"), "error": error}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def do_POST(self):
        question = json.loads(self.rfile.read(int(self.headers["content-length"])))
        if question["method"] == "test_down":
            body, status = {"id": question["id"], "result": change("down", question["params"][0])}, 200
        elif state["down"] and not question["method"].startswith("test_"):
            body, status = {"sorry": True}, 503
        else:
            body, status = answer(question), 200
        encoded = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(encoded)))
        self.end_headers()
        self.wfile.write(encoded)


def main():
    folder = Path(sys.argv[1])
    contracts = {}
    for source in sorted(folder.glob("*.vy")):
        compiled = vyper.compile_code(source.read_text(), output_formats=["bytecode"])
        contracts[source.stem] = compiled["bytecode"]
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(json.dumps({"port": server.server_port, "contracts": contracts}), flush=True)
    # Whoever started this keeps its input open: when that ends, this ends too.
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()


main()
