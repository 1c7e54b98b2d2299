#pragma once

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

// Swift cannot call functions with variable arguments; this is rd_kafka_producev with what an event needs. The
// payload and the key are copied.
static inline rd_kafka_resp_err_t crdkafka_produce(
    rd_kafka_t *producer, const char *topic, const void *key, size_t key_bytes,
    const void *payload, size_t payload_bytes, const char *header, const char *header_value,
    void *opaque) {
    return rd_kafka_producev(
        producer, RD_KAFKA_V_TOPIC(topic), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
        RD_KAFKA_V_KEY((void *)key, key_bytes), RD_KAFKA_V_VALUE((void *)payload, payload_bytes),
        RD_KAFKA_V_HEADER(header, header_value, -1), RD_KAFKA_V_OPAQUE(opaque), RD_KAFKA_V_END);
}
