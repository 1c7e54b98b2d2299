"""A service in Python: it answers a raw trigger with its text reversed, character by character.

It shows that a node runs components of other languages: this one brings a whole interpreter, which imports
WASI and the node's host functions. `Tools/build-components reverse` builds it with componentize-py.
"""

import wit_world
from componentize_py_types import Err
from wit_world.imports.events import TriggerData_Raw
from wit_world.imports.output import WasmResponse


class WitWorld(wit_world.WitWorld):
    def run(self, trigger_action):
        if not isinstance(trigger_action.data, TriggerData_Raw):
            raise Err("the trigger is not raw")
        try:
            text = trigger_action.data.value.decode("utf-8")
        except UnicodeDecodeError:
            raise Err("the bytes are not UTF-8")
        return [WasmResponse(text[::-1].encode("utf-8"), None, None)]
