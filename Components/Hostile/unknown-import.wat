;; A component that needs an interface which no node offers.
(component
  (import "parallax:unknown/machine@1.0.0"
    (instance $machine (export "explode" (func))))
  (core func $explode (canon lower (func $machine "explode")))
  (core module $module
    (import "machine" "explode" (func $explode))
    (func (export "run") (call $explode)))
  (core instance $instance
    (instantiate $module (with "machine" (instance (export "explode" (func $explode))))))
  (func (export "run") (canon lift (core func $instance "run")))
)
