;; A core module where a component is expected.
(module
  (func (export "run") (param i32) (result i32) (local.get 0)))
