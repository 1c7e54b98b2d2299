;; A component whose run takes and gives a number.
(component
  (core module $module
    (func (export "run") (param i32) (result i32) (local.get 0)))
  (core instance $instance (instantiate $module))
  (func (export "run") (param "number" u32) (result u32) (canon lift (core func $instance "run")))
)
