// What Parallax uses of the C interface of Wasmtime 50, declared here because the library comes in a
// Python wheel, without headers. The layouts are those of the wheel's own bindings and are asserted below.
//
// The library is opened while the program runs (`cwasmtime_load`), so that only what runs components
// needs it. Each function goes through a table under its own name; before a successful load none may
// be called.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct wasm_config_t wasm_config_t;
typedef struct wasm_engine_t wasm_engine_t;
typedef struct wasm_functype_t wasm_functype_t;
typedef struct wasm_valtype_t wasm_valtype_t;
typedef struct wasm_trap_t wasm_trap_t;
typedef struct wasmtime_error wasmtime_error_t;
typedef struct wasmtime_store wasmtime_store_t;
typedef struct wasmtime_context wasmtime_context_t;
typedef struct wasmtime_module wasmtime_module_t;
typedef struct wasmtime_pooling_allocation_config_t wasmtime_pooling_allocation_config_t;
typedef struct wasmtime_component_t wasmtime_component_t;
typedef struct wasmtime_component_linker_t wasmtime_component_linker_t;
typedef struct wasmtime_component_linker_instance_t wasmtime_component_linker_instance_t;
typedef struct wasmtime_component_export_index_t wasmtime_component_export_index_t;
typedef struct wasmtime_component_type_t wasmtime_component_type_t;
typedef struct wasmtime_component_instance_type_t wasmtime_component_instance_type_t;
typedef struct wasmtime_component_func_type_t wasmtime_component_func_type_t;
typedef struct wasmtime_component_extern_t wasmtime_component_extern_t;
typedef struct wasmtime_component_resource_any_t wasmtime_component_resource_any_t;
typedef struct wasmtime_component_resource_host_t wasmtime_component_resource_host_t;
typedef struct wasmtime_component_resource_type_t wasmtime_component_resource_type_t;

// Bytes and names; names have no zero at their end.
typedef struct {
    size_t size;
    char *data;
} wasm_byte_vec_t;

typedef struct {
    size_t size;
    wasm_valtype_t **data;
} wasm_valtype_vec_t;

// Modules: handles are passed by pointer and need no destructor.
typedef struct {
    uint64_t store_id;
    size_t index;
} wasmtime_instance_t;
typedef struct {
    uint64_t store_id;
    void *pointer;
} wasmtime_func_t;
typedef struct {
    struct {
        uint64_t store_id;
        uint32_t first;
    } head;
    uint32_t second;
} wasmtime_memory_t;

enum { CWASMTIME_EXTERN_FUNC = 0, CWASMTIME_EXTERN_MEMORY = 3 };
typedef struct {
    uint8_t kind;
    union {
        wasmtime_func_t func;
        wasmtime_memory_t memory;
        uint64_t other[3];
    } of;
} wasmtime_extern_t;

enum { CWASMTIME_I32 = 0, CWASMTIME_I64 = 1 };
typedef struct {
    uint8_t kind;
    union {
        int32_t i32;
        int64_t i64;
        uint64_t other[3];
    } of;
} wasmtime_val_t;

_Static_assert(sizeof(wasmtime_instance_t) == 16, "instance");
_Static_assert(sizeof(wasmtime_memory_t) == 24, "memory");
_Static_assert(sizeof(wasmtime_extern_t) == 32, "extern");
_Static_assert(sizeof(wasmtime_val_t) == 32, "value");
_Static_assert(offsetof(wasmtime_val_t, of) == 8, "value's union");

// Components.
typedef struct {
    uint64_t store_id;
    uint32_t index;
} wasmtime_component_instance_t;
typedef struct {
    struct {
        uint64_t store_id;
        uint32_t first;
    } head;
    uint32_t second;
    void *pointer;
} wasmtime_component_func_t;

_Static_assert(sizeof(wasmtime_component_instance_t) == 16, "component instance");
_Static_assert(sizeof(wasmtime_component_func_t) == 32, "component function");

enum {
    CWASMTIME_BOOL = 0,
    CWASMTIME_S8,
    CWASMTIME_U8,
    CWASMTIME_S16,
    CWASMTIME_U16,
    CWASMTIME_S32,
    CWASMTIME_U32,
    CWASMTIME_S64,
    CWASMTIME_U64,
    CWASMTIME_F32,
    CWASMTIME_F64,
    CWASMTIME_CHAR,
    CWASMTIME_STRING,
    CWASMTIME_LIST,
    CWASMTIME_RECORD,
    CWASMTIME_TUPLE,
    CWASMTIME_VARIANT,
    CWASMTIME_ENUM,
    CWASMTIME_OPTION,
    CWASMTIME_RESULT,
    CWASMTIME_FLAGS,
    CWASMTIME_RESOURCE,
};

struct cwasmtime_value;
struct cwasmtime_field;
typedef struct {
    size_t size;
    struct cwasmtime_value *data;
} cwasmtime_values_t;
typedef struct {
    size_t size;
    struct cwasmtime_field *data;
} cwasmtime_fields_t;
typedef struct {
    size_t size;
    wasm_byte_vec_t *data;
} cwasmtime_names_t;
typedef struct {
    wasm_byte_vec_t name;
    struct cwasmtime_value *value;
} cwasmtime_variant_t;
typedef struct {
    bool is_ok;
    struct cwasmtime_value *value;
} cwasmtime_result_t;

typedef union {
    bool boolean;
    int8_t s8;
    uint8_t u8;
    int16_t s16;
    uint16_t u16;
    int32_t s32;
    uint32_t u32;
    int64_t s64;
    uint64_t u64;
    float f32;
    double f64;
    uint32_t character;
    wasm_byte_vec_t string;   // also the name of an enum's case
    cwasmtime_values_t list;  // also of a tuple
    cwasmtime_fields_t record;
    cwasmtime_variant_t variant;
    struct cwasmtime_value *option;
    cwasmtime_result_t result;
    cwasmtime_names_t flags;
    wasmtime_component_resource_any_t *resource;
} cwasmtime_payload_t;
typedef struct cwasmtime_value {
    uint8_t kind;
    cwasmtime_payload_t of;
} cwasmtime_value_t;
typedef struct cwasmtime_field {
    wasm_byte_vec_t name;
    cwasmtime_value_t value;
} cwasmtime_field_t;

_Static_assert(sizeof(cwasmtime_value_t) == 32, "component value");
_Static_assert(offsetof(cwasmtime_value_t, of) == 8, "component value's union");
_Static_assert(sizeof(cwasmtime_field_t) == 48, "record field");

// Types of components; their kinds are numbered otherwise than the values'.
enum {
    CWASMTIME_TYPE_BOOL = 0,
    CWASMTIME_TYPE_S8,
    CWASMTIME_TYPE_S16,
    CWASMTIME_TYPE_S32,
    CWASMTIME_TYPE_S64,
    CWASMTIME_TYPE_U8,
    CWASMTIME_TYPE_U16,
    CWASMTIME_TYPE_U32,
    CWASMTIME_TYPE_U64,
    CWASMTIME_TYPE_F32,
    CWASMTIME_TYPE_F64,
    CWASMTIME_TYPE_CHAR,
    CWASMTIME_TYPE_STRING,
    CWASMTIME_TYPE_LIST,
    CWASMTIME_TYPE_RECORD,
    CWASMTIME_TYPE_TUPLE,
    CWASMTIME_TYPE_VARIANT,
    CWASMTIME_TYPE_ENUM,
    CWASMTIME_TYPE_OPTION,
    CWASMTIME_TYPE_RESULT,
    CWASMTIME_TYPE_FLAGS,
    CWASMTIME_TYPE_OWN,
    CWASMTIME_TYPE_BORROW,
};
typedef struct {
    uint8_t kind;
    void *of;
} wasmtime_component_valtype_t;
_Static_assert(sizeof(wasmtime_component_valtype_t) == 16, "type");

enum {
    CWASMTIME_ITEM_INSTANCE = 1,
    CWASMTIME_ITEM_FUNC = 3,
    CWASMTIME_ITEM_RESOURCE = 4,
};
typedef struct {
    uint8_t kind;
    union {
        wasmtime_component_instance_type_t *instance;
        wasmtime_component_func_type_t *func;
        wasmtime_component_valtype_t type;
    } of;
} wasmtime_component_item_t;
_Static_assert(sizeof(wasmtime_component_item_t) == 24, "item");

typedef wasmtime_error_t *(*cwasmtime_callback_t)(
    void *environment, wasmtime_context_t *context, const wasmtime_component_func_type_t *type,
    cwasmtime_value_t *arguments, size_t argument_count, cwasmtime_value_t *results,
    size_t result_count);
typedef void (*cwasmtime_finalizer_t)(void *environment);
typedef wasmtime_error_t *(*cwasmtime_destructor_t)(
    void *environment, wasmtime_context_t *context, uint32_t number);

// F(result, name, parameters, arguments): the functions that are used.
#define CWASMTIME_ENGINE_FUNCTIONS(F) \
    F(wasm_config_t *, wasm_config_new, (void), ()) \
    F(wasm_engine_t *, wasm_engine_new_with_config, (wasm_config_t *c), (c)) \
    F(void, wasm_engine_delete, (wasm_engine_t *e), (e)) \
    F(void, wasmtime_engine_increment_epoch, (wasm_engine_t *e), (e)) \
    F(void, wasmtime_config_consume_fuel_set, (wasm_config_t *c, bool b), (c, b)) \
    F(void, wasmtime_config_epoch_interruption_set, (wasm_config_t *c, bool b), (c, b)) \
    F(void, wasmtime_config_max_wasm_stack_set, (wasm_config_t *c, size_t n), (c, n)) \
    F(void, wasmtime_config_async_stack_size_set, (wasm_config_t *c, size_t n), (c, n)) \
    F(void, wasmtime_config_wasm_component_model_set, (wasm_config_t *c, bool b), (c, b)) \
    F(void, wasmtime_config_wasm_component_model_async_set, (wasm_config_t *c, bool b), (c, b)) \
    F(void, wasmtime_config_wasm_threads_set, (wasm_config_t *c, bool b), (c, b)) \
    F(void, wasmtime_config_shared_memory_set, (wasm_config_t *c, bool b), (c, b)) \
    F(void, wasmtime_config_wasm_memory64_set, (wasm_config_t *c, bool b), (c, b)) \
    F(void, wasmtime_config_wasm_gc_set, (wasm_config_t *c, bool b), (c, b)) \
    F(void, wasmtime_config_wasm_exceptions_set, (wasm_config_t *c, bool b), (c, b)) \
    F(void, wasmtime_config_wasm_stack_switching_set, (wasm_config_t *c, bool b), (c, b)) \
    F(void, wasmtime_config_wasm_relaxed_simd_set, (wasm_config_t *c, bool b), (c, b)) \
    F(void, wasmtime_config_wasm_relaxed_simd_deterministic_set, (wasm_config_t *c, bool b), (c, b)) \
    F(void, wasmtime_config_cranelift_nan_canonicalization_set, (wasm_config_t *c, bool b), (c, b)) \
    F(void, wasmtime_config_parallel_compilation_set, (wasm_config_t *c, bool b), (c, b)) \
    F(void, wasmtime_config_concurrency_support_set, (wasm_config_t *c, bool b), (c, b)) \
    F(void, wasmtime_config_memory_reservation_set, (wasm_config_t *c, uint64_t n), (c, n)) \
    F(void, wasmtime_config_memory_guard_size_set, (wasm_config_t *c, uint64_t n), (c, n)) \
    F(wasmtime_pooling_allocation_config_t *, wasmtime_pooling_allocation_config_new, (void), ()) \
    F(void, wasmtime_pooling_allocation_config_delete, (wasmtime_pooling_allocation_config_t *p), (p)) \
    F(void, wasmtime_pooling_allocation_config_max_memory_size_set, (wasmtime_pooling_allocation_config_t *p, size_t n), (p, n)) \
    F(void, wasmtime_pooling_allocation_config_total_memories_set, (wasmtime_pooling_allocation_config_t *p, uint32_t n), (p, n)) \
    F(void, wasmtime_pooling_allocation_config_total_tables_set, (wasmtime_pooling_allocation_config_t *p, uint32_t n), (p, n)) \
    F(void, wasmtime_pooling_allocation_config_total_core_instances_set, (wasmtime_pooling_allocation_config_t *p, uint32_t n), (p, n)) \
    F(void, wasmtime_pooling_allocation_config_total_component_instances_set, (wasmtime_pooling_allocation_config_t *p, uint32_t n), (p, n)) \
    F(void, wasmtime_pooling_allocation_config_total_gc_heaps_set, (wasmtime_pooling_allocation_config_t *p, uint32_t n), (p, n)) \
    F(void, wasmtime_pooling_allocation_config_max_core_instances_per_component_set, (wasmtime_pooling_allocation_config_t *p, uint32_t n), (p, n)) \
    F(void, wasmtime_pooling_allocation_config_max_memories_per_component_set, (wasmtime_pooling_allocation_config_t *p, uint32_t n), (p, n)) \
    F(void, wasmtime_pooling_allocation_config_max_tables_per_component_set, (wasmtime_pooling_allocation_config_t *p, uint32_t n), (p, n)) \
    F(void, wasmtime_pooling_allocation_config_max_tables_per_module_set, (wasmtime_pooling_allocation_config_t *p, uint32_t n), (p, n)) \
    F(void, wasmtime_pooling_allocation_config_table_elements_set, (wasmtime_pooling_allocation_config_t *p, size_t n), (p, n)) \
    F(void, wasmtime_pooling_allocation_config_linear_memory_keep_resident_set, (wasmtime_pooling_allocation_config_t *p, size_t n), (p, n)) \
    F(void, wasmtime_pooling_allocation_config_table_keep_resident_set, (wasmtime_pooling_allocation_config_t *p, size_t n), (p, n)) \
    F(void, wasmtime_pooling_allocation_strategy_set, (wasm_config_t *c, const wasmtime_pooling_allocation_config_t *p), (c, p)) \
    F(wasmtime_error_t *, wasmtime_error_new, (const char *m), (m)) \
    F(void, wasmtime_error_message, (const wasmtime_error_t *e, wasm_byte_vec_t *o), (e, o)) \
    F(bool, wasmtime_error_exit_status, (const wasmtime_error_t *e, int *o), (e, o)) \
    F(void, wasmtime_error_delete, (wasmtime_error_t *e), (e)) \
    F(void, wasm_trap_message, (const wasm_trap_t *t, wasm_byte_vec_t *o), (t, o)) \
    F(bool, wasmtime_trap_code, (const wasm_trap_t *t, uint8_t *o), (t, o)) \
    F(void, wasm_trap_delete, (wasm_trap_t *t), (t)) \
    F(void, wasm_byte_vec_new, (wasm_byte_vec_t *o, size_t n, const char *p), (o, n, p)) \
    F(void, wasm_byte_vec_delete, (wasm_byte_vec_t *v), (v)) \
    F(wasmtime_store_t *, wasmtime_store_new, (wasm_engine_t *e, void *d, cwasmtime_finalizer_t f), (e, d, f)) \
    F(void, wasmtime_store_delete, (wasmtime_store_t *s), (s)) \
    F(wasmtime_context_t *, wasmtime_store_context, (wasmtime_store_t *s), (s)) \
    F(void, wasmtime_store_limiter, (wasmtime_store_t *s, int64_t memory, int64_t elements, int64_t instances, int64_t tables, int64_t memories), (s, memory, elements, instances, tables, memories)) \
    F(void *, wasmtime_context_get_data, (const wasmtime_context_t *c), (c)) \
    F(wasmtime_error_t *, wasmtime_context_set_fuel, (wasmtime_context_t *c, uint64_t n), (c, n)) \
    F(wasmtime_error_t *, wasmtime_context_get_fuel, (const wasmtime_context_t *c, uint64_t *o), (c, o)) \
    F(void, wasmtime_context_set_epoch_deadline, (wasmtime_context_t *c, uint64_t n), (c, n))

#define CWASMTIME_MODULE_FUNCTIONS(F) \
    F(wasmtime_error_t *, wasmtime_module_new, (wasm_engine_t *e, const uint8_t *b, size_t n, wasmtime_module_t **o), (e, b, n, o)) \
    F(wasmtime_error_t *, wasmtime_module_serialize, (wasmtime_module_t *m, wasm_byte_vec_t *o), (m, o)) \
    F(wasmtime_error_t *, wasmtime_module_deserialize, (wasm_engine_t *e, const uint8_t *b, size_t n, wasmtime_module_t **o), (e, b, n, o)) \
    F(void, wasmtime_module_delete, (wasmtime_module_t *m), (m)) \
    F(wasmtime_error_t *, wasmtime_instance_new, (wasmtime_context_t *c, const wasmtime_module_t *m, const wasmtime_extern_t *i, size_t n, wasmtime_instance_t *o, wasm_trap_t **t), (c, m, i, n, o, t)) \
    F(bool, wasmtime_instance_export_get, (wasmtime_context_t *c, const wasmtime_instance_t *i, const char *s, size_t n, wasmtime_extern_t *o), (c, i, s, n, o)) \
    F(void, wasmtime_extern_delete, (wasmtime_extern_t *e), (e)) \
    F(wasmtime_error_t *, wasmtime_func_call, (wasmtime_context_t *c, const wasmtime_func_t *f, const wasmtime_val_t *a, size_t an, wasmtime_val_t *r, size_t rn, wasm_trap_t **t), (c, f, a, an, r, rn, t)) \
    F(wasm_functype_t *, wasmtime_func_type, (const wasmtime_context_t *c, const wasmtime_func_t *f), (c, f)) \
    F(void, wasm_functype_delete, (wasm_functype_t *t), (t)) \
    F(const wasm_valtype_vec_t *, wasm_functype_params, (const wasm_functype_t *t), (t)) \
    F(const wasm_valtype_vec_t *, wasm_functype_results, (const wasm_functype_t *t), (t)) \
    F(uint8_t, wasm_valtype_kind, (const wasm_valtype_t *t), (t)) \
    F(uint8_t *, wasmtime_memory_data, (const wasmtime_context_t *c, const wasmtime_memory_t *m), (c, m)) \
    F(size_t, wasmtime_memory_data_size, (const wasmtime_context_t *c, const wasmtime_memory_t *m), (c, m))

#define CWASMTIME_COMPONENT_FUNCTIONS(F) \
    F(wasmtime_error_t *, wasmtime_component_new, (const wasm_engine_t *e, const uint8_t *b, size_t n, wasmtime_component_t **o), (e, b, n, o)) \
    F(wasmtime_error_t *, wasmtime_component_serialize, (const wasmtime_component_t *c, wasm_byte_vec_t *o), (c, o)) \
    F(wasmtime_error_t *, wasmtime_component_deserialize, (const wasm_engine_t *e, const uint8_t *b, size_t n, wasmtime_component_t **o), (e, b, n, o)) \
    F(void, wasmtime_component_delete, (wasmtime_component_t *c), (c)) \
    F(wasmtime_component_export_index_t *, wasmtime_component_get_export_index, (const wasmtime_component_t *c, const wasmtime_component_export_index_t *i, const char *s, size_t n), (c, i, s, n)) \
    F(void, wasmtime_component_export_index_delete, (wasmtime_component_export_index_t *i), (i)) \
    F(bool, wasmtime_component_instance_get_func, (const wasmtime_component_instance_t *i, wasmtime_context_t *c, const wasmtime_component_export_index_t *x, wasmtime_component_func_t *o), (i, c, x, o)) \
    F(wasmtime_error_t *, wasmtime_component_func_call, (const wasmtime_component_func_t *f, wasmtime_context_t *c, const cwasmtime_value_t *a, size_t an, cwasmtime_value_t *r, size_t rn), (f, c, a, an, r, rn)) \
    F(wasmtime_component_linker_t *, wasmtime_component_linker_new, (const wasm_engine_t *e), (e)) \
    F(void, wasmtime_component_linker_delete, (wasmtime_component_linker_t *l), (l)) \
    F(wasmtime_component_linker_instance_t *, wasmtime_component_linker_root, (wasmtime_component_linker_t *l), (l)) \
    F(wasmtime_error_t *, wasmtime_component_linker_instantiate, (const wasmtime_component_linker_t *l, wasmtime_context_t *x, const wasmtime_component_t *c, wasmtime_component_instance_t *o), (l, x, c, o)) \
    F(wasmtime_error_t *, wasmtime_component_linker_instance_add_instance, (wasmtime_component_linker_instance_t *i, const char *s, size_t n, wasmtime_component_linker_instance_t **o), (i, s, n, o)) \
    F(wasmtime_error_t *, wasmtime_component_linker_instance_add_func, (wasmtime_component_linker_instance_t *i, const char *s, size_t n, cwasmtime_callback_t f, void *d, cwasmtime_finalizer_t g), (i, s, n, f, d, g)) \
    F(wasmtime_error_t *, wasmtime_component_linker_instance_add_resource, (wasmtime_component_linker_instance_t *i, const char *s, size_t n, const wasmtime_component_resource_type_t *r, cwasmtime_destructor_t f, void *d, cwasmtime_finalizer_t g), (i, s, n, r, f, d, g)) \
    F(void, wasmtime_component_linker_instance_delete, (wasmtime_component_linker_instance_t *i), (i)) \
    F(wasmtime_component_resource_type_t *, wasmtime_component_resource_type_new_host, (uint32_t t), (t)) \
    F(void, wasmtime_component_resource_type_delete, (wasmtime_component_resource_type_t *t), (t)) \
    F(wasmtime_component_resource_host_t *, wasmtime_component_resource_host_new, (bool own, uint32_t number, uint32_t type), (own, number, type)) \
    F(void, wasmtime_component_resource_host_delete, (wasmtime_component_resource_host_t *r), (r)) \
    F(uint32_t, wasmtime_component_resource_host_rep, (const wasmtime_component_resource_host_t *r), (r)) \
    F(uint32_t, wasmtime_component_resource_host_type, (const wasmtime_component_resource_host_t *r), (r)) \
    F(bool, wasmtime_component_resource_host_owned, (const wasmtime_component_resource_host_t *r), (r)) \
    F(wasmtime_error_t *, wasmtime_component_resource_host_to_any, (wasmtime_context_t *c, const wasmtime_component_resource_host_t *r, wasmtime_component_resource_any_t **o), (c, r, o)) \
    F(wasmtime_error_t *, wasmtime_component_resource_any_to_host, (wasmtime_context_t *c, const wasmtime_component_resource_any_t *r, wasmtime_component_resource_host_t **o), (c, r, o)) \
    F(wasmtime_error_t *, wasmtime_component_resource_any_drop, (wasmtime_context_t *c, const wasmtime_component_resource_any_t *r), (c, r)) \
    F(cwasmtime_value_t *, wasmtime_component_val_new, (cwasmtime_value_t *v), (v)) \
    F(void, wasmtime_component_val_delete, (cwasmtime_value_t *v), (v)) \
    F(void, wasmtime_component_vallist_new_uninit, (cwasmtime_values_t *o, size_t n), (o, n)) \
    F(void, wasmtime_component_valtuple_new_uninit, (cwasmtime_values_t *o, size_t n), (o, n)) \
    F(void, wasmtime_component_valrecord_new_uninit, (cwasmtime_fields_t *o, size_t n), (o, n)) \
    F(void, wasmtime_component_valflags_new_uninit, (cwasmtime_names_t *o, size_t n), (o, n))

#define CWASMTIME_TYPE_FUNCTIONS(F) \
    F(wasmtime_component_type_t *, wasmtime_component_type, (const wasmtime_component_t *c), (c)) \
    F(void, wasmtime_component_type_delete, (wasmtime_component_type_t *t), (t)) \
    F(size_t, wasmtime_component_type_import_count, (const wasmtime_component_type_t *t, const wasm_engine_t *e), (t, e)) \
    F(bool, wasmtime_component_type_import_nth, (const wasmtime_component_type_t *t, const wasm_engine_t *e, size_t i, const char **s, size_t *n, wasmtime_component_extern_t **o), (t, e, i, s, n, o)) \
    F(size_t, wasmtime_component_type_export_count, (const wasmtime_component_type_t *t, const wasm_engine_t *e), (t, e)) \
    F(bool, wasmtime_component_type_export_nth, (const wasmtime_component_type_t *t, const wasm_engine_t *e, size_t i, const char **s, size_t *n, wasmtime_component_extern_t **o), (t, e, i, s, n, o)) \
    F(void, wasmtime_component_extern_type, (const wasmtime_component_extern_t *x, wasmtime_component_item_t *o), (x, o)) \
    F(void, wasmtime_component_extern_delete, (wasmtime_component_extern_t *x), (x)) \
    F(void, wasmtime_component_item_delete, (wasmtime_component_item_t *i), (i)) \
    F(size_t, wasmtime_component_instance_type_export_count, (const wasmtime_component_instance_type_t *t, const wasm_engine_t *e), (t, e)) \
    F(bool, wasmtime_component_instance_type_export_nth, (const wasmtime_component_instance_type_t *t, const wasm_engine_t *e, size_t i, const char **s, size_t *n, wasmtime_component_extern_t **o), (t, e, i, s, n, o)) \
    F(bool, wasmtime_component_func_type_async, (const wasmtime_component_func_type_t *t), (t)) \
    F(size_t, wasmtime_component_func_type_param_count, (const wasmtime_component_func_type_t *t), (t)) \
    F(bool, wasmtime_component_func_type_param_nth, (const wasmtime_component_func_type_t *t, size_t i, const char **s, size_t *n, wasmtime_component_valtype_t *o), (t, i, s, n, o)) \
    F(bool, wasmtime_component_func_type_result, (const wasmtime_component_func_type_t *t, wasmtime_component_valtype_t *o), (t, o)) \
    F(void, wasmtime_component_valtype_delete, (wasmtime_component_valtype_t *t), (t)) \
    F(void, wasmtime_component_list_type_element, (const void *t, wasmtime_component_valtype_t *o), (t, o)) \
    F(size_t, wasmtime_component_record_type_field_count, (const void *t), (t)) \
    F(bool, wasmtime_component_record_type_field_nth, (const void *t, size_t i, const char **s, size_t *n, wasmtime_component_valtype_t *o), (t, i, s, n, o)) \
    F(size_t, wasmtime_component_tuple_type_types_count, (const void *t), (t)) \
    F(bool, wasmtime_component_tuple_type_types_nth, (const void *t, size_t i, wasmtime_component_valtype_t *o), (t, i, o)) \
    F(size_t, wasmtime_component_variant_type_case_count, (const void *t), (t)) \
    F(bool, wasmtime_component_variant_type_case_nth, (const void *t, size_t i, const char **s, size_t *n, bool *has, wasmtime_component_valtype_t *o), (t, i, s, n, has, o)) \
    F(size_t, wasmtime_component_enum_type_names_count, (const void *t), (t)) \
    F(bool, wasmtime_component_enum_type_names_nth, (const void *t, size_t i, const char **s, size_t *n), (t, i, s, n)) \
    F(void, wasmtime_component_option_type_ty, (const void *t, wasmtime_component_valtype_t *o), (t, o)) \
    F(bool, wasmtime_component_result_type_ok, (const void *t, wasmtime_component_valtype_t *o), (t, o)) \
    F(bool, wasmtime_component_result_type_err, (const void *t, wasmtime_component_valtype_t *o), (t, o)) \
    F(size_t, wasmtime_component_flags_type_names_count, (const void *t), (t)) \
    F(bool, wasmtime_component_flags_type_names_nth, (const void *t, size_t i, const char **s, size_t *n), (t, i, s, n))

#define CWASMTIME_FUNCTIONS(F) \
    CWASMTIME_ENGINE_FUNCTIONS(F) \
    CWASMTIME_MODULE_FUNCTIONS(F) \
    CWASMTIME_COMPONENT_FUNCTIONS(F) \
    CWASMTIME_TYPE_FUNCTIONS(F)

struct cwasmtime_table {
#define F(R, N, P, A) R(*N) P;
    CWASMTIME_FUNCTIONS(F)
#undef F
};
extern struct cwasmtime_table cwasmtime_functions;

#define F(R, N, P, A) \
    static inline R N P { return cwasmtime_functions.N A; }
CWASMTIME_FUNCTIONS(F)
#undef F

// Opens the library and fills the table; to be called by one thread, once.
//
// Returns NULL, or what is wrong as text, which holds until the next call.
const char *cwasmtime_load(const char *path);

// Writes bytes into the elements of a list that has room for them.
static inline void cwasmtime_put_bytes(
    cwasmtime_values_t list, const uint8_t *bytes) {
    for (size_t i = 0; i < list.size; i++) {
        list.data[i].kind = CWASMTIME_U8;
        list.data[i].of.u8 = bytes[i];
    }
}

// Reads the bytes of a list; false if an element is none.
static inline bool cwasmtime_get_bytes(cwasmtime_values_t list, uint8_t *bytes) {
    for (size_t i = 0; i < list.size; i++) {
        if (list.data[i].kind != CWASMTIME_U8) return false;
        bytes[i] = list.data[i].of.u8;
    }
    return true;
}

// How many bytes the calling thread's stack still has; SIZE_MAX when the system does not say.
size_t cwasmtime_stack_left(void);

// Opens a path below a directory, and nothing outside of it: not by "..", not by a link, not by /proc.
// Returns a descriptor, or -1 with errno set.
int cwasmtime_open_below(int directory, const char *path, int flags, unsigned int mode);

// As above, for a descriptor that only names what is there.
int cwasmtime_find_below(int directory, const char *path, int flags);
