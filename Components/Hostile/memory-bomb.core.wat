;; Takes memory, page by page, writes to each, and stops only when there is no more.
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
    (loop $more
      (memory.fill
        (i32.shl (i32.sub (memory.size) (i32.const 1)) (i32.const 16)) (i32.const 255) (i32.const 65536))
      (br_if $more (i32.ne (memory.grow (i32.const 1)) (i32.const -1))))
    (unreachable))
)
