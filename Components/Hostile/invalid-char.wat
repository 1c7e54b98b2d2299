;; Hands over a character that is none: half of a surrogate pair.
(component
  (import "host" (instance $host (export "log" (func (param "level" char)))))
  (core func $log (canon lower (func $host "log")))
  (core module $module
    (import "host" "log" (func $log (param i32)))
    (func (export "run") (call $log (i32.const 0xd800))))
  (core instance $instance
    (instantiate $module (with "host" (instance (export "log" (func $log))))))
  (func (export "run") (canon lift (core func $instance "run")))
)
