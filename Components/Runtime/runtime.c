// What compiled Swift asks of its surroundings, for WebAssembly without an operating system.
//
// It is as small as Core allows. On purpose there is no source of randomness, no clock and no output: a
// Core that used one would not link.
//
// Memory: sizes are rounded up to one of four steps in each power of two (at most a quarter is wasted).
// Freed blocks wait in one list for each size; new ones are cut from the end of the memory, which grows
// in pages of 64 KiB and never shrinks.

#include <stddef.h>
#include <stdint.h>

enum { headerSize = 16, alignmentMax = 16, classCount = 128, pageShift = 16 };

// Lies before every block; as long as the alignment, so that the block keeps it.
struct header {
    uint32_t class;
    struct header *nextFree;
    uint64_t unused;
};

_Static_assert(sizeof(struct header) == headerSize, "a block starts right behind its header");

extern unsigned char __heap_base;

static struct header *freeLists[classCount];
static uintptr_t memoryNext;
static uintptr_t memoryEnd;

// The class of a size and, through `rounded`, the size of all blocks of that class.
static uint32_t classOf(size_t size, size_t *rounded) {
    if (size <= 64) size = 64;
    uint32_t step = 31 - (uint32_t)__builtin_clz((uint32_t)size - 1) - 2;
    size_t steps = ((size - 1) >> step) + 1;
    *rounded = steps << step;
    return step * 4 + (uint32_t)(steps - 5);
}

static struct header *cut(size_t size) {
    if (memoryEnd == 0) {
        memoryNext = ((uintptr_t)&__heap_base + alignmentMax - 1) & ~(uintptr_t)(alignmentMax - 1);
        memoryEnd = (uintptr_t)__builtin_wasm_memory_size(0) << pageShift;
    }
    if (size > memoryEnd - memoryNext) {
        size_t missing = size - (memoryEnd - memoryNext);
        size_t pages = (missing + ((1u << pageShift) - 1)) >> pageShift;
        if (__builtin_wasm_memory_grow(0, pages) == (size_t)-1) __builtin_trap();
        memoryEnd += pages << pageShift;
    }
    struct header *block = (struct header *)memoryNext;
    memoryNext += size;
    return block;
}

void *malloc(size_t size) {
    if (size > 0x40000000) __builtin_trap();
    size_t rounded;
    uint32_t class = classOf(size + headerSize, &rounded);
    struct header *block = freeLists[class];
    if (block != NULL) {
        freeLists[class] = block->nextFree;
    } else {
        block = cut(rounded);
    }
    block->class = class;
    return block + 1;
}

void free(void *pointer) {
    if (pointer == NULL) return;
    struct header *block = (struct header *)pointer - 1;
    block->nextFree = freeLists[block->class];
    freeLists[block->class] = block;
}

int posix_memalign(void **result, size_t alignment, size_t size) {
    if (alignment > alignmentMax) __builtin_trap();
    *result = malloc(size);
    return 0;
}

void *memcpy(void *target, const void *source, size_t size) {
    return __builtin_memcpy(target, source, size);
}

void *memmove(void *target, const void *source, size_t size) {
    return __builtin_memmove(target, source, size);
}

void *memset(void *target, int byte, size_t size) {
    return __builtin_memset(target, byte, size);
}

int memcmp(const void *left, const void *right, size_t size) {
    const unsigned char *a = left, *b = right;
    for (size_t index = 0; index < size; index++) {
        if (a[index] != b[index]) return a[index] < b[index] ? -1 : 1;
    }
    return 0;
}

// Arithmetic on 128 bits, under the names by which compilers call it.

typedef unsigned __int128 uint128;
typedef __int128 int128;

static uint64_t lowHalf(uint128 value) { return (uint64_t)value; }
static uint64_t highHalf(uint128 value) { return (uint64_t)(value >> 64); }
static uint128 joined(uint64_t high, uint64_t low) { return (uint128)high << 64 | low; }

// Shifts by 0 … 127 bits, made of shifts of words by less than 64 bits.

uint128 __lshrti3(uint128 value, int count) {
    if (count == 0) return value;
    uint64_t high = highHalf(value);
    if (count >= 64) return joined(0, high >> (count - 64));
    return joined(high >> count, high << (64 - count) | lowHalf(value) >> count);
}

uint128 __ashlti3(uint128 value, int count) {
    if (count == 0) return value;
    uint64_t low = lowHalf(value);
    if (count >= 64) return joined(low << (count - 64), 0);
    return joined(highHalf(value) << count | low >> (64 - count), low << count);
}

int128 __ashrti3(int128 value, int count) {
    if (count == 0) return value;
    int64_t high = (int64_t)highHalf((uint128)value);
    if (count >= 64) return (int128)joined((uint64_t)(high >> 63), (uint64_t)(high >> (count - 64)));
    uint64_t low = (uint64_t)high << (64 - count) | lowHalf((uint128)value) >> count;
    return (int128)joined((uint64_t)(high >> count), low);
}

// The full product of two words, by halves of 32 bits: no 128-bit multiplication may occur in here.
static uint128 product(uint64_t a, uint64_t b) {
    uint64_t aLow = (uint32_t)a, aHigh = a >> 32;
    uint64_t bLow = (uint32_t)b, bHigh = b >> 32;
    uint64_t low = aLow * bLow;
    uint64_t middle = aHigh * bLow + (low >> 32);
    uint64_t cross = aLow * bHigh + (uint32_t)middle;
    return joined(aHigh * bHigh + (middle >> 32) + (cross >> 32), cross << 32 | (uint32_t)low);
}

uint128 __multi3(uint128 a, uint128 b) {
    uint128 result = product(lowHalf(a), lowHalf(b));
    uint64_t high = highHalf(result) + lowHalf(a) * highHalf(b) + highHalf(a) * lowHalf(b);
    return joined(high, lowHalf(result));
}

// Division on paper, one binary digit at a time. Before the last shift the rest has at most 127 bits, so
// no shift loses one.
static uint128 divide(uint128 dividend, uint128 divisor, uint128 *remainder) {
    if (divisor == 0) __builtin_trap();
    uint128 quotient = 0;
    uint128 rest = 0;
    for (int bit = 127; bit >= 0; bit--) {
        rest = rest << 1 | ((dividend >> bit) & 1);
        quotient <<= 1;
        if (rest >= divisor) {
            rest -= divisor;
            quotient |= 1;
        }
    }
    *remainder = rest;
    return quotient;
}

uint128 __udivti3(uint128 dividend, uint128 divisor) {
    uint128 remainder;
    return divide(dividend, divisor, &remainder);
}

uint128 __umodti3(uint128 dividend, uint128 divisor) {
    uint128 remainder;
    divide(dividend, divisor, &remainder);
    return remainder;
}

static uint128 magnitude(int128 value) { return value < 0 ? -(uint128)value : (uint128)value; }

int128 __divti3(int128 dividend, int128 divisor) {
    uint128 remainder;
    uint128 quotient = divide(magnitude(dividend), magnitude(divisor), &remainder);
    return (int128)((dividend < 0) != (divisor < 0) ? -quotient : quotient);
}

int128 __modti3(int128 dividend, int128 divisor) {
    uint128 remainder;
    divide(magnitude(dividend), magnitude(divisor), &remainder);
    return (int128)(dividend < 0 ? -remainder : remainder);
}
