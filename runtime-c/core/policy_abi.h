/*
 * What the C library and the BPF programs share: codes, bounds, and the search of a port map.
 *
 * Freestanding C11: no libc, no globals, no allocation. Codes are those of the policy image (schemas/policy-image.md).
 */
#ifndef BI_POLICY_ABI_H
#define BI_POLICY_ABI_H

#include <stdint.h>

/* Layout of the tables that this code reads; a generated header of another number does not compile against it. */
#define BI_ABI 1

#define BI_INLINE static __inline__ __attribute__((always_inline, unused))

/* For ways seldom taken: inlined, they would take registers from the common one. */
#define BI_OUTLINE static __attribute__((noinline, unused))

/* Loops of a fixed number of steps become straight code: their tests would cost more than their bodies. */
#if defined(__clang__)
#define BI_UNROLL _Pragma("unroll")
#else
#define BI_UNROLL _Pragma("GCC unroll 8")
#endif

#define BI_NONE 0xffffffffu

/* Longest canonical host name, in bytes. */
#define BI_NAME_MAX 253u
#define BI_LABEL_MAX 63u

/* Port maps are chained along nested host patterns: at most one for each label of a name, or bit of an address. */
#define BI_CHAIN_MAX 160u
/* Halvings of a map of at most 65,536 segments, and one step to leave it. */
#define BI_HALVINGS_MAX 18u

enum bi_verdict {
  BI_PASS = 0,
  BI_DENY = 1,
  BI_CAPTURE = 2,
  /* Inside a port map only: the map's parent says. Never an answer. */
  BI_INHERIT = 3,
  /* The tables hold no answer: they are damaged, or the host was not canonical. Callers refuse the connection. */
  BI_ERROR = 4
};

/* Pass, capture, deny, and above them whatever is no verdict. */
BI_INLINE uint32_t bi_strictness(uint32_t verdict) {
  return verdict == BI_PASS ? 0u : verdict == BI_CAPTURE ? 1u : verdict == BI_DENY ? 2u : 3u;
}

/* The verdict of a connection that is judged twice, by its name and by the address dialled. */
BI_INLINE uint32_t bi_stricter(uint32_t left, uint32_t right) {
  const uint32_t winner = bi_strictness(left) >= bi_strictness(right) ? left : right;
  return bi_strictness(winner) == 3u ? (uint32_t)BI_ERROR : winner;
}

/* A segment of a port map: first port * 256 + verdict. */
BI_INLINE uint32_t bi_segment_port(uint32_t segment) { return segment >> 8; }
BI_INLINE uint32_t bi_segment_verdict(uint32_t segment) { return segment & 0xffu; }

/*
 * Binary search of one port map for the last segment that starts at or below a port. The storage differs (arrays here, BPF
 * maps there), so the caller reads segment `bi_search_middle` and hands it to `bi_search_step` while `bi_search_open`; what
 * is left is segment `low`.
 */
struct bi_search {
  uint32_t low;
  uint32_t high; /* one past the last candidate */
};

BI_INLINE int bi_search_open(const struct bi_search *search) { return search->high - search->low > 1u; }

BI_INLINE uint32_t bi_search_middle(const struct bi_search *search) {
  return search->low + ((search->high - search->low) >> 1);
}

BI_INLINE void bi_search_step(struct bi_search *search, uint32_t middle, uint32_t segment, uint32_t port) {
  if (bi_segment_port(segment) <= port) {
    search->low = middle;
  } else {
    search->high = middle;
  }
}

/* A port map may only inherit from one with a smaller number, so that following parents ends. */
BI_INLINE int bi_parent_is_sound(uint32_t map, uint32_t parent) { return parent < map; }

#endif
