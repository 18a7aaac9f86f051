/*
 * Verdicts of a compiled policy at connect(): the C half of one policy for three runtimes.
 *
 * Header only, C11, freestanding. A generated `broker_host_table.h` includes this file and hands its tables over.
 */
#ifndef BI_POLICY_MATCH_H
#define BI_POLICY_MATCH_H

#include "policy_host.h"
#include "policy_name.h"
#include "policy_tables.h"

/* The most specific entry that covers an IPv4 address (host byte order), else the root. */
BI_INLINE uint32_t bi_find_addr4(const struct bi_tables *t, uint32_t address) {
  uint32_t low = 0;
  uint32_t high = t->addr4_count;
  if (high == 0) return t->root;
  while (high - low > 1) {
    const uint32_t middle = low + ((high - low) >> 1);
    if (t->addr4_starts[middle] <= address) {
      low = middle;
    } else {
      high = middle;
    }
  }
  return bi_narrow(t->addr4_entries, t->entry_width, low);
}

/* Whether the four words at `left` are a number at or below that at `right`. */
BI_INLINE int bi_words_at_most(const uint32_t *left, const uint32_t *right) {
  for (uint32_t i = 0; i < 4; i++) {
    if (left[i] != right[i]) return left[i] < right[i];
  }
  return 1;
}

/* The same for an IPv6 address: four words, most significant first. IPv4-mapped addresses are IPv4 (bi_host_of_addr6). */
BI_INLINE uint32_t bi_find_addr6(const struct bi_tables *t, const uint32_t address[4]) {
  uint32_t low = 0;
  uint32_t high = t->addr6_count;
  if (high == 0) return t->root;
  while (high - low > 1) {
    const uint32_t middle = low + ((high - low) >> 1);
    if (bi_words_at_most(t->addr6_starts + 4 * (uint64_t)middle, address)) {
      low = middle;
    } else {
      high = middle;
    }
  }
  return bi_narrow(t->addr6_entries, t->entry_width, low);
}

/* The segment of one port map that holds `port`. */
BI_INLINE uint32_t bi_port_segment(const struct bi_tables *t, uint32_t map, uint32_t port) {
  struct bi_search search = {t->port_map_offsets[map], t->port_map_offsets[map + 1]};
  while (bi_search_open(&search)) {
    const uint32_t middle = bi_search_middle(&search);
    bi_search_step(&search, middle, t->port_segments[middle], port);
  }
  return t->port_segments[search.low];
}

/* Verdict of a port (1 to 65535) in a port map; `inherit` is followed to the parents. */
BI_INLINE uint32_t bi_port_verdict(const struct bi_tables *t, uint32_t map, uint32_t port) {
  if (port - 1u >= 65535u) return BI_ERROR;
  while (map < t->port_map_count) {
    const uint32_t verdict = bi_segment_verdict(bi_port_segment(t, map, port));
    if (verdict != BI_INHERIT) return verdict < BI_INHERIT ? verdict : (uint32_t)BI_ERROR;
    const uint32_t parent = t->port_map_parents[map];
    if (!bi_parent_is_sound(map, parent)) break;
    map = parent;
  }
  return BI_ERROR;
}

BI_INLINE uint32_t bi_entry_verdict(const struct bi_tables *t, uint32_t entry, uint32_t port) {
  if (entry > t->root) return BI_ERROR;
  return bi_port_verdict(t, bi_narrow(t->entry_port_maps, t->port_map_width, entry), port);
}

/* Entry of a canonical host, name or address. */
BI_INLINE uint32_t bi_find_host(const struct bi_tables *t, const struct bi_host *host) {
  if (host->kind == BI_HOST_NAME) return bi_find_name(t, host->name, host->length);
  if (host->kind == BI_HOST_IPV4) return bi_find_addr4(t, host->words[0]);
  if (host->kind == BI_HOST_IPV6) return bi_find_addr6(t, host->words);
  return BI_NONE;
}

/* Verdict of a connection known by name, as far as its name goes. */
BI_INLINE uint32_t bi_verdict_name(const struct bi_tables *t, const uint8_t *name, uint32_t length, uint32_t port) {
  return bi_entry_verdict(t, bi_find_name(t, name, length), port);
}

/* Verdict of an address for which no name is known: all rules, `*` and the default take part. */
BI_INLINE uint32_t bi_verdict_addr(const struct bi_tables *t, const struct bi_host *address, uint32_t port) {
  if (address->kind != BI_HOST_IPV4 && address->kind != BI_HOST_IPV6) return BI_ERROR;
  return bi_entry_verdict(t, bi_find_host(t, address), port);
}

/* Verdict of an address entry for an address dialled for a known name: only rules that name addresses take part. */
BI_INLINE uint32_t bi_dialled_entry_verdict(const struct bi_tables *t, uint32_t entry, uint32_t port) {
  if (port - 1u >= 65535u) return BI_ERROR;
  if (entry == t->root) return BI_PASS;
  if (entry > t->root || entry < t->name_count) return BI_ERROR;
  return bi_port_verdict(t, bi_narrow(t->dialled_port_maps, t->dialled_map_width, entry - t->name_count), port);
}

/* Verdict of the address really dialled for a known name. */
BI_INLINE uint32_t bi_verdict_dialled(const struct bi_tables *t, const struct bi_host *address, uint32_t port) {
  if (address->kind != BI_HOST_IPV4 && address->kind != BI_HOST_IPV6) return BI_ERROR;
  return bi_dialled_entry_verdict(t, bi_find_host(t, address), port);
}

#endif
