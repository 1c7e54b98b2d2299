;; Asks for 4 GiB before it has done anything.
(module
  (memory (export "memory") 65536)
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 65536))
  (func (export "run") (param i32) (result i32) (i32.const 1024))
)
