;; Looks the name up that it is configured with, waits for it, and answers its addresses: for each the byte 4 or 6
;; and its bytes as they lie in memory, numbers of 16 bits lowest byte first. An error is the byte 255 and its code,
;; 254 and its code when not even the lookup began.
(module
  (import "host" "config-var" (func $config (param i32 i32 i32)))
  (import "wasi:io/poll@0.2.0" "[method]pollable.block" (func $block (param i32)))
  (import "wasi:sockets/instance-network@0.2.0" "instance-network" (func $network (result i32)))
  (import "wasi:sockets/ip-name-lookup@0.2.0" "resolve-addresses"
    (func $resolve (param i32 i32 i32 i32)))
  (import "wasi:sockets/ip-name-lookup@0.2.0" "[method]resolve-address-stream.subscribe"
    (func $subscribe (param i32) (result i32)))
  (import "wasi:sockets/ip-name-lookup@0.2.0" "[method]resolve-address-stream.resolve-next-address"
    (func $next (param i32 i32)))
  (memory (export "memory") 4)
  (global $free (mut i32) (i32.const 131072))
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
    (local $block i32)
    (local.set $block (global.get $free))
    (global.set $free
      (i32.and (i32.add (i32.add (global.get $free) (local.get 3)) (i32.const 15)) (i32.const -16)))
    (local.get $block))
  (data (i32.const 100) "name")
  (global $end (mut i32) (i32.const 4096))
  (func $add (param i32)
    (i32.store8 (global.get $end) (local.get 0))
    (global.set $end (i32.add (global.get $end) (i32.const 1))))
  (func $copy (param $from i32) (param $count i32)
    (memory.copy (global.get $end) (local.get $from) (local.get $count))
    (global.set $end (i32.add (global.get $end) (local.get $count))))
  (func $work
    (local $stream i32)
    (call $config (i32.const 100) (i32.const 4) (i32.const 512))
    (call $resolve (call $network) (i32.load (i32.const 516)) (i32.load (i32.const 520))
      (i32.const 544))
    (if (i32.load8_u (i32.const 544))
      (then (call $add (i32.const 254)) (call $add (i32.load8_u (i32.const 548))) (return)))
    (local.set $stream (i32.load (i32.const 548)))
    (call $block (call $subscribe (local.get $stream)))
    (loop $again
      (call $next (local.get $stream) (i32.const 544))
      (if (i32.load8_u (i32.const 544))
        (then (call $add (i32.const 255)) (call $add (i32.load8_u (i32.const 546))) (return)))
      (if (i32.eqz (i32.load8_u (i32.const 546))) (then (return)))
      (if (i32.load8_u (i32.const 548))
        (then (call $add (i32.const 6)) (call $copy (i32.const 550) (i32.const 16)))
        (else (call $add (i32.const 4)) (call $copy (i32.const 550) (i32.const 4))))
      (br $again)))
  ;; 512: what the host answers; 1024: the result; 1040: the response; 4096: the payload.
  (func (export "run") (param i32) (result i32)
    (call $work)
    (i32.store (i32.const 1040) (i32.const 4096))
    (i32.store (i32.const 1044) (i32.sub (global.get $end) (i32.const 4096)))
    (i32.store (i32.const 1028) (i32.const 1040))
    (i32.store (i32.const 1032) (i32.const 1))
    (i32.const 1024))
)
