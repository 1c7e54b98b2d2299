;; Never answers.
(module
  ;; The host puts arguments behind the first page, and none of it is ever used again.
  (memory (export "memory") 2)
  (global $free (mut i32) (i32.const 65536))
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
    (local $block i32)
    (local.set $block (global.get $free))
    (global.set $free
      (i32.and (i32.add (i32.add (global.get $free) (local.get 3)) (i32.const 15)) (i32.const -16)))
    (local.get $block))

  (func (export "run") (param i32) (result i32)
    (loop $forever (br $forever))
    (unreachable))
)
