// The structures that the matching prototype takes and gives.
#pragma once
#include <stdint.h>

typedef struct {
    uint8_t type;
    uint8_t side;
    uint64_t sequence_number;
    uint64_t order_id;
    int64_t price_ticks;
    uint32_t quantity;
    uint64_t maker_order_id;
    uint64_t taker_order_id;
} me_report_t;

typedef struct {
    uint64_t sequence_number;
    uint64_t order_id;
    int64_t price_ticks;
    uint32_t quantity;
    uint8_t side;
    uint8_t ioc;
} new_order_t;

typedef struct {
    uint64_t sequence_number;
    uint64_t order_id;
} cancel_t;

typedef struct {
    uint64_t sequence_number;
    uint64_t order_id;
    int64_t new_price_ticks;
    uint32_t new_quantity;
} modify_t;
