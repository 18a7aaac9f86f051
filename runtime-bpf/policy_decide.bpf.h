/*
 * Verdicts over the policy maps: the same questions, and the same answers, as runtime-c/core/policy_match.h. Whatever a map
 * does not hold, though it should, is BI_ERROR, which every caller refuses.
 */
#ifndef BI_POLICY_DECIDE_BPF_H
#define BI_POLICY_DECIDE_BPF_H

#include "policy_maps.bpf.h"

#define BI_BPF_INLINE static __inline__ __attribute__((always_inline))

/* One question to the port maps, between two steps of its search. */
struct bi_port_walk {
  uint32_t port;
  uint32_t map;
  uint32_t parent;
  uint32_t inside; /* whether `search` is that of `map` */
  uint32_t verdict;
  struct bi_search search;
};

#define BI_WALK_ON 0
#define BI_WALK_END 1

BI_BPF_INLINE long bi_enter_port_map(struct bi_port_walk *walk) {
  const struct bi_bpf_port_map *row = bpf_map_lookup_elem(&bi_port_maps, &walk->map);
  if (!row || row->count == 0) return BI_WALK_END;
  walk->search.low = row->first;
  walk->search.high = row->first + row->count;
  walk->parent = row->parent;
  walk->inside = 1;
  return BI_WALK_ON;
}

BI_BPF_INLINE long bi_leave_port_map(struct bi_port_walk *walk, uint32_t segment) {
  const uint32_t verdict = bi_segment_verdict(segment);
  if (verdict < BI_INHERIT) walk->verdict = verdict;
  if (verdict != BI_INHERIT || !bi_parent_is_sound(walk->map, walk->parent)) return BI_WALK_END;
  walk->map = walk->parent;
  walk->inside = 0;
  return BI_WALK_ON;
}

/* One map entered, one halving, or one map left: what the verifier reads once, however long the walk. */
static long bi_port_step(uint32_t index, void *context) {
  struct bi_port_walk *walk = context;
  (void)index;
  if (!walk->inside) return bi_enter_port_map(walk);
  const int open = bi_search_open(&walk->search);
  const uint32_t at = open ? bi_search_middle(&walk->search) : walk->search.low;
  const uint32_t *segment = bpf_map_lookup_elem(&bi_segments, &at);
  if (!segment) return BI_WALK_END;
  if (!open) return bi_leave_port_map(walk, *segment);
  bi_search_step(&walk->search, at, *segment, walk->port);
  return BI_WALK_ON;
}

/* Verdict of a port (1 to 65535) in a port map. */
static __attribute__((noinline, unused)) uint32_t bi_bpf_port_verdict(uint32_t map, uint32_t port) {
  struct bi_port_walk walk = {.port = port, .map = map, .verdict = BI_ERROR};
  if (port - 1u >= 65535u) return BI_ERROR;
  bpf_loop(BI_CHAIN_MAX * (BI_HALVINGS_MAX + 2), bi_port_step, &walk, 0);
  return walk.verdict;
}

/* What no trie holds is the root's: `*` and the default. */
BI_BPF_INLINE uint32_t bi_bpf_root_verdict(uint32_t port) {
  const uint32_t zero = 0;
  const struct bi_bpf_head *head = bpf_map_lookup_elem(&bi_head, &zero);
  if (!head || head->abi != BI_BPF_ABI) return BI_ERROR;
  return bi_bpf_port_verdict(head->root_port_map, port);
}

BI_BPF_INLINE uint32_t bi_bpf_entry_verdict(const struct bi_bpf_entry *entry, uint32_t port) {
  return entry ? bi_bpf_port_verdict(entry->port_map, port) : bi_bpf_root_verdict(port);
}

/* The address dialled for a known name: where no block covers it, nothing is against it. */
BI_BPF_INLINE uint32_t bi_bpf_dialled_verdict(const struct bi_bpf_entry *entry, uint32_t port) {
  if (port - 1u >= 65535u) return BI_ERROR;
  return entry ? bi_bpf_port_verdict(entry->dialled_map, port) : (uint32_t)BI_PASS;
}

/*
 * Key of a canonical name of `length` bytes. `name` has 256 readable bytes. 0, or -1 where the length is out of bounds; the
 * key must not be used then.
 */
BI_BPF_INLINE int bi_bpf_make_name_key(struct bi_bpf_name_key *key, const uint8_t *name, uint32_t length) {
  key->prefix_bits = 0;
  if (length == 0 || length > BI_NAME_MAX) return -1;
  for (uint32_t i = 0; i < BI_NAME_MAX; i++) {
    if (i >= length) break;
    key->reversed[i] = name[(length - 1 - i) & 0xffu];
  }
  key->reversed[length & 0xffu] = 0;
  key->prefix_bits = (length + 1) * 8;
  return 0;
}

/* Verdict of a connection known by name, as far as its name goes. */
BI_BPF_INLINE uint32_t bi_bpf_verdict_name(const struct bi_bpf_name_key *key, uint32_t port) {
  const uint32_t zero = 0;
  /* A trie answers a key longer than itself as if it held nothing. */
  if (key->prefix_bits == 0 || key->prefix_bits > BI_BPF_NAME_KEY_BYTES * 8) return BI_ERROR;
  void *trie = bpf_map_lookup_elem(&bi_names, &zero);
  if (!trie) return BI_ERROR;
  return bi_bpf_entry_verdict(bpf_map_lookup_elem(trie, key), port);
}

/* Verdict of an IPv4 address (network order): for which no name is known, or dialled for a known one. */
BI_BPF_INLINE uint32_t bi_bpf_verdict_addr4(const uint8_t bytes[4], uint32_t port, int dialled) {
  struct bi_bpf_addr4_key key = {.prefix_bits = 32};
  const uint32_t zero = 0;
  void *trie = bpf_map_lookup_elem(&bi_addr4, &zero);
  if (!trie) return BI_ERROR;
  __builtin_memcpy(key.bytes, bytes, sizeof key.bytes);
  const struct bi_bpf_entry *entry = bpf_map_lookup_elem(trie, &key);
  return dialled ? bi_bpf_dialled_verdict(entry, port) : bi_bpf_entry_verdict(entry, port);
}

/* The same for IPv6; the caller has judged a mapped address as IPv4. */
BI_BPF_INLINE uint32_t bi_bpf_verdict_addr6(const uint8_t bytes[16], uint32_t port, int dialled) {
  struct bi_bpf_addr6_key key = {.prefix_bits = 128};
  const uint32_t zero = 0;
  void *trie = bpf_map_lookup_elem(&bi_addr6, &zero);
  if (!trie) return BI_ERROR;
  __builtin_memcpy(key.bytes, bytes, sizeof key.bytes);
  const struct bi_bpf_entry *entry = bpf_map_lookup_elem(trie, &key);
  return dialled ? bi_bpf_dialled_verdict(entry, port) : bi_bpf_entry_verdict(entry, port);
}

#endif
