;; Hands a stream to the host, which aborts a library that is not told to refuse streams.
(component
  (type $bytes (stream u8))
  (import "host" (instance $host
    (export "log" (func (param "level" u32) (param "message" $bytes)))))
  (core func $log (canon lower (func $host "log")))
  (core func $new (canon stream.new $bytes))
  (core module $module
    (import "host" "log" (func $log (param i32 i32)))
    (import "host" "new" (func $new (result i64)))
    (memory (export "memory") 1)
    (func (export "run") (call $log (i32.const 1) (i32.wrap_i64 (call $new)))))
  (core instance $instance
    (instantiate $module (with "host" (instance
      (export "log" (func $log)) (export "new" (func $new))))))
  (func (export "run") (canon lift (core func $instance "run")))
)
