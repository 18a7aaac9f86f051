/*
 * Keys and values of the policy maps: what the programs, the loader and the generated broker_policy_maps.h agree on.
 * Freestanding, fixed width, no padding. Integers are in host byte order unless a field says otherwise.
 */
#ifndef BI_POLICY_LAYOUT_H
#define BI_POLICY_LAYOUT_H

#include "policy_abi.h"

#define BI_BPF_ABI 1

/* Most bytes of a trie key in the kernel (LPM_DATA_SIZE_MAX); a name of 253 bytes and its end fit. */
#define BI_BPF_NAME_KEY_BYTES 256

/*
 * A name for the trie: its bytes from last to first, then a zero byte. A wildcard's key is `.name` reversed and ends there, so
 * that it is a prefix of all that it covers, and of nothing else. `prefix_bits` counts the bytes that take part, times eight.
 */
struct bi_bpf_name_key {
  uint32_t prefix_bits;
  uint8_t reversed[BI_BPF_NAME_KEY_BYTES];
};

/* Bytes in network order. */
struct bi_bpf_addr4_key {
  uint32_t prefix_bits;
  uint8_t bytes[4];
};

struct bi_bpf_addr6_key {
  uint32_t prefix_bits;
  uint8_t bytes[16];
};

/* An entry of the policy, as the tries hold it; `dialled_map` is BI_NONE for a name. */
struct bi_bpf_entry {
  uint32_t entry;
  uint32_t port_map;
  uint32_t dialled_map;
};

/* Where the segments of a port map stand, and where `inherit` looks next. */
struct bi_bpf_port_map {
  uint32_t first;
  uint32_t count;
  uint32_t parent;
};

/* Element 0 of the head map: which policy the other maps carry. `serial` counts only with `has_serial`. */
struct bi_bpf_head {
  uint32_t abi;
  uint32_t is_signed;
  uint32_t has_serial;
  uint32_t root_entry;
  uint32_t root_port_map;
  uint32_t name_count;
  uint32_t addr4_count;
  uint32_t addr6_count;
  uint32_t port_map_count;
  uint32_t segment_count;
  uint64_t serial;
  uint64_t issued_at_ms;
  uint64_t expires_at_ms;
  uint8_t policy_id[32];
  uint8_t digest[32];
};

_Static_assert(sizeof(struct bi_bpf_name_key) == 260, "no padding in keys");
_Static_assert(sizeof(struct bi_bpf_entry) == 12, "no padding in values");
_Static_assert(sizeof(struct bi_bpf_port_map) == 12, "no padding in values");
_Static_assert(sizeof(struct bi_bpf_head) == 128, "no padding in values");

/* Initializers, as a generated header writes them. The bytes of all name keys stand one after another. */
struct bi_bpf_name_row {
  uint32_t offset;
  uint32_t length;
  struct bi_bpf_entry value;
};

struct bi_bpf_addr4_row {
  struct bi_bpf_addr4_key key;
  struct bi_bpf_entry value;
};

struct bi_bpf_addr6_row {
  struct bi_bpf_addr6_key key;
  struct bi_bpf_entry value;
};

/* Everything that a loader puts into the maps of one policy. */
struct bi_bpf_policy {
  const struct bi_bpf_head *head;
  const uint8_t *name_bytes;
  const struct bi_bpf_name_row *names;
  const struct bi_bpf_addr4_row *addr4;
  const struct bi_bpf_addr6_row *addr6;
  const struct bi_bpf_port_map *port_maps;
  const uint32_t *segments;
};

#endif
