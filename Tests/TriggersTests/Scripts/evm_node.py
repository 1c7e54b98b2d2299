"""A chain of Ethereum's kind (py-evm) behind JSON-RPC on loopback, for the tests of the sources of triggers.

It prints its port on a line and ends when its standard input does. Besides the usual methods: test_deploy(bytecode),
test_send(to, data) from the first account, test_mine(), test_snapshot(), test_revert(snapshot).
"""

import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from eth._utils.address import generate_contract_address
from eth_tester import PyEVMBackend

CHAIN_ID = 31337
backend = PyEVMBackend()
type(backend.chain).chain_id = CHAIN_ID
lock = threading.RLock()
snapshots = []


def quantity(number):
    return hex(number)


def text(data):
    return "0x" + bytes(data).hex()


def octets(hexadecimal):
    return bytes.fromhex(hexadecimal.removeprefix("0x"))


def head():
    return backend.chain.get_canonical_head().block_number


def block_at(number):
    return backend.chain.get_canonical_block_by_number(number) if number <= head() else None


def block(name, full=False):
    found = block_at(int(name, 16))
    if found is None:
        return None
    header = found.header
    return {
        "number": quantity(header.block_number),
        "hash": text(header.hash),
        "parentHash": text(header.parent_hash),
        "timestamp": quantity(header.timestamp),
    }


def logs(wanted):
    addresses = {octets(address) for address in wanted["address"]}
    topics = {int(topic, 16) for topic in wanted["topics"][0]}
    result = []
    for number in range(int(wanted["fromBlock"], 16), int(wanted["toBlock"], 16) + 1):
        found = block_at(number)
        if found is None:
            continue
        index = 0
        for place, receipt in enumerate(found.get_receipts(backend.chain.chaindb)):
            for log in receipt.logs:
                if log.address in addresses and log.topics and log.topics[0] in topics:
                    result.append(
                        {
                            "address": text(log.address),
                            "topics": ["0x%064x" % topic for topic in log.topics],
                            "data": text(log.data),
                            "blockNumber": quantity(number),
                            "blockHash": text(found.hash),
                            "transactionHash": text(found.transactions[place].hash),
                            "transactionIndex": quantity(place),
                            "logIndex": quantity(index),
                            "removed": False,
                        }
                    )
                index += 1
    return result


def mine():
    backend.mine_blocks(1)
    return quantity(head())


def send(target, data):
    account = backend.get_accounts()[0]
    backend.send_transaction(
        {
            "from": account,
            "to": octets(target),
            "data": octets(data),
            "gas": 1_000_000,
            "value": 0,
            "nonce": backend.get_nonce(account, "pending"),
            "max_fee_per_gas": 10**11,
            "max_priority_fee_per_gas": 10**9,
            "access_list": (),
        }
    )
    return mine()


def deploy(bytecode):
    account = backend.get_accounts()[0]
    nonce = backend.get_nonce(account, "pending")
    send("0x", bytecode)
    return text(generate_contract_address(account, nonce))


def snapshot():
    snapshots.append(backend.take_snapshot())
    return quantity(len(snapshots) - 1)


def revert(name):
    backend.revert_to_snapshot(snapshots[int(name, 16)])
    return True


methods = {
    "eth_chainId": lambda: quantity(CHAIN_ID),
    "eth_blockNumber": lambda: quantity(head()),
    "eth_getBlockByNumber": block,
    "eth_getLogs": logs,
    "test_deploy": deploy,
    "test_send": send,
    "test_mine": mine,
    "test_snapshot": snapshot,
    "test_revert": revert,
}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def do_POST(self):
        question = json.loads(self.rfile.read(int(self.headers["content-length"])))
        answer = {"jsonrpc": "2.0", "id": question.get("id")}
        try:
            with lock:
                answer["result"] = methods[question["method"]](*question.get("params", []))
        except Exception as error:
            answer["error"] = {"code": -32603, "message": f"{type(error).__name__}: {error}"}
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
threading.Thread(target=server.serve_forever, daemon=True).start()
print(server.server_address[1], flush=True)
sys.stdin.read()
