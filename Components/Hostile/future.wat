;; Hands a future to the host.
(component
  (type $later (future u8))
  (import "host" (instance $host (export "log" (func (param "message" $later)))))
  (core func $log (canon lower (func $host "log")))
  (core func $new (canon future.new $later))
  (core module $module
    (import "host" "log" (func $log (param i32)))
    (import "host" "new" (func $new (result i64)))
    (func (export "run") (call $log (i32.wrap_i64 (call $new)))))
  (core instance $instance
    (instantiate $module (with "host" (instance
      (export "log" (func $log)) (export "new" (func $new))))))
  (func (export "run") (canon lift (core func $instance "run")))
)
