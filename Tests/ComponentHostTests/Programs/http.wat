;; Posts "ping" with a field of its own to /path at the authority that it is configured with, waits for the
;; answer, and answers its status (2 bytes) and its body.
(module
  (import "host" "config-var" (func $config (param i32 i32 i32)))
  (import "wasi:io/poll@0.2.0" "[method]pollable.block" (func $block (param i32)))
  (import "wasi:io/poll@0.2.0" "[resource-drop]pollable" (func $drop-pollable (param i32)))
  (import "wasi:io/streams@0.2.0" "[method]input-stream.blocking-read"
    (func $read (param i32 i64 i32)))
  (import "wasi:io/streams@0.2.0" "[method]output-stream.blocking-write-and-flush"
    (func $write (param i32 i32 i32 i32)))
  (import "wasi:io/streams@0.2.0" "[resource-drop]output-stream" (func $drop-output (param i32)))
  (import "wasi:http/types@0.2.0" "[constructor]fields" (func $fields (result i32)))
  (import "wasi:http/types@0.2.0" "[method]fields.append"
    (func $append (param i32 i32 i32 i32 i32 i32)))
  (import "wasi:http/types@0.2.0" "[constructor]outgoing-request"
    (func $request (param i32) (result i32)))
  (import "wasi:http/types@0.2.0" "[method]outgoing-request.set-method"
    (func $method (param i32 i32 i32 i32) (result i32)))
  (import "wasi:http/types@0.2.0" "[method]outgoing-request.set-scheme"
    (func $scheme (param i32 i32 i32 i32 i32) (result i32)))
  (import "wasi:http/types@0.2.0" "[method]outgoing-request.set-authority"
    (func $authority (param i32 i32 i32 i32) (result i32)))
  (import "wasi:http/types@0.2.0" "[method]outgoing-request.set-path-with-query"
    (func $path (param i32 i32 i32 i32) (result i32)))
  (import "wasi:http/types@0.2.0" "[method]outgoing-request.body" (func $body (param i32 i32)))
  (import "wasi:http/types@0.2.0" "[method]outgoing-body.write" (func $output (param i32 i32)))
  (import "wasi:http/types@0.2.0" "[static]outgoing-body.finish"
    (func $finish (param i32 i32 i32 i32)))
  (import "wasi:http/outgoing-handler@0.2.0" "handle" (func $handle (param i32 i32 i32 i32)))
  (import "wasi:http/types@0.2.0" "[method]future-incoming-response.subscribe"
    (func $subscribe (param i32) (result i32)))
  (import "wasi:http/types@0.2.0" "[method]future-incoming-response.get"
    (func $get (param i32 i32)))
  (import "wasi:http/types@0.2.0" "[method]incoming-response.status"
    (func $status (param i32) (result i32)))
  (import "wasi:http/types@0.2.0" "[method]incoming-response.consume"
    (func $consume (param i32 i32)))
  (import "wasi:http/types@0.2.0" "[method]incoming-body.stream" (func $input (param i32 i32)))
  (memory (export "memory") 4)
  (global $free (mut i32) (i32.const 131072))
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
    (local $block i32)
    (local.set $block (global.get $free))
    (global.set $free
      (i32.and (i32.add (i32.add (global.get $free) (local.get 3)) (i32.const 15)) (i32.const -16)))
    (local.get $block))
  (data (i32.const 100) "authority")
  (data (i32.const 120) "/path?q")
  (data (i32.const 130) "ping")
  (data (i32.const 140) "x-test")
  (func $check (param i32) (if (local.get 0) (then unreachable)))
  ;; 512: what the host answers; 1024: the result; 1040: the response; 4096: the payload.
  (func (export "run") (param i32) (result i32)
    (local $fields i32) (local $request i32) (local $body i32) (local $stream i32)
    (local $future i32) (local $pollable i32) (local $response i32) (local $end i32)
    (local.set $fields (call $fields))
    (call $append (local.get $fields) (i32.const 140) (i32.const 6) (i32.const 130) (i32.const 4)
      (i32.const 512))
    (call $check (i32.load8_u (i32.const 512)))
    (local.set $request (call $request (local.get $fields)))
    (call $check (call $method (local.get $request) (i32.const 2) (i32.const 0) (i32.const 0)))
    (call $check
      (call $scheme (local.get $request) (i32.const 1) (i32.const 0) (i32.const 0) (i32.const 0)))
    (call $config (i32.const 100) (i32.const 9) (i32.const 512))
    (call $check
      (call $authority (local.get $request) (i32.const 1) (i32.load (i32.const 516))
        (i32.load (i32.const 520))))
    (call $check
      (call $path (local.get $request) (i32.const 1) (i32.const 120) (i32.const 7)))
    (call $body (local.get $request) (i32.const 512))
    (call $check (i32.load8_u (i32.const 512)))
    (local.set $body (i32.load (i32.const 516)))
    (call $output (local.get $body) (i32.const 512))
    (call $check (i32.load8_u (i32.const 512)))
    (local.set $stream (i32.load (i32.const 516)))
    (call $handle (local.get $request) (i32.const 0) (i32.const 0) (i32.const 512))
    (call $check (i32.load8_u (i32.const 512)))
    (local.set $future (i32.load (i32.const 516)))
    (call $write (local.get $stream) (i32.const 130) (i32.const 4) (i32.const 512))
    (call $check (i32.load8_u (i32.const 512)))
    (call $drop-output (local.get $stream))
    (call $finish (local.get $body) (i32.const 0) (i32.const 0) (i32.const 512))
    (call $check (i32.load8_u (i32.const 512)))
    ;; Nothing is there before it is waited for.
    (call $get (local.get $future) (i32.const 512))
    (call $check (i32.load8_u (i32.const 512)))
    (local.set $pollable (call $subscribe (local.get $future)))
    (call $block (local.get $pollable))
    (call $drop-pollable (local.get $pollable))
    (call $get (local.get $future) (i32.const 512))
    (call $check (i32.eqz (i32.load8_u (i32.const 512))))
    (call $check (i32.load8_u (i32.const 516)))
    (call $check (i32.load8_u (i32.const 520)))
    (local.set $response (i32.load (i32.const 524)))
    (i32.store16 (i32.const 4096) (call $status (local.get $response)))
    (call $consume (local.get $response) (i32.const 512))
    (call $check (i32.load8_u (i32.const 512)))
    (call $input (i32.load (i32.const 516)) (i32.const 512))
    (call $check (i32.load8_u (i32.const 512)))
    (local.set $stream (i32.load (i32.const 516)))
    (local.set $end (i32.const 4098))
    (block $closed
      (loop $next
        (call $read (local.get $stream) (i64.const 7) (i32.const 512))
        (br_if $closed (i32.load8_u (i32.const 512)))
        (memory.copy (local.get $end) (i32.load (i32.const 516)) (i32.load (i32.const 520)))
        (local.set $end (i32.add (local.get $end) (i32.load (i32.const 520))))
        (br $next)))
    (i32.store (i32.const 1040) (i32.const 4096))
    (i32.store (i32.const 1044) (i32.sub (local.get $end) (i32.const 4096)))
    (i32.store (i32.const 1028) (i32.const 1040))
    (i32.store (i32.const 1032) (i32.const 1))
    (i32.const 1024))
)
