;; Hands over a long list of flags, of which each becomes much larger on the host's side.
(component
  (type $interface (instance
    (type $flags' (flags "aaaaaaaaaaaaaaaa" "bbbbbbbbbbbbbbbb" "cccccccccccccccc" "dddddddddddddddd" "eeeeeeeeeeeeeeee" "ffffffffffffffff" "gggggggggggggggg" "hhhhhhhhhhhhhhhh"))
    (export "flags" (type $flags (eq $flags')))
    (export "log" (func (param "level" u32) (param "message" (list $flags))))))
  (import "host" (instance $host (type $interface)))
  (core module $memory
    (memory (export "memory") 900))
  (core instance $store (instantiate $memory))
  (alias core export $store "memory" (core memory $pages))
  (core func $log (canon lower (func $host "log") (memory $pages)))
  (core module $module
    (import "host" "log" (func $log (param i32 i32 i32)))
    (func (export "run") (call $log (i32.const 1) (i32.const 0) (i32.const 50000000))))
  (core instance $instance
    (instantiate $module (with "host" (instance (export "log" (func $log))))))
  (func (export "run") (canon lift (core func $instance "run")))
)
