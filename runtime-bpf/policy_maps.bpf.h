/*
 * The maps of one policy. The tries stand behind arrays of maps: a sleepable program may not name a trie itself, and a new
 * policy's tries can take the place of the old in one step. Sizes are the loader's to set. No program may write to them.
 */
#ifndef BI_POLICY_MAPS_BPF_H
#define BI_POLICY_MAPS_BPF_H

#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include "policy_layout.h"

#define BI_TRIE_FLAGS (BPF_F_NO_PREALLOC | BPF_F_RDONLY_PROG)

struct bi_name_trie {
  __uint(type, BPF_MAP_TYPE_LPM_TRIE);
  __uint(map_flags, BI_TRIE_FLAGS);
  __uint(max_entries, 1);
  __uint(key_size, sizeof(struct bi_bpf_name_key));
  __uint(value_size, sizeof(struct bi_bpf_entry));
};

struct bi_addr4_trie {
  __uint(type, BPF_MAP_TYPE_LPM_TRIE);
  __uint(map_flags, BI_TRIE_FLAGS);
  __uint(max_entries, 1);
  __uint(key_size, sizeof(struct bi_bpf_addr4_key));
  __uint(value_size, sizeof(struct bi_bpf_entry));
};

struct bi_addr6_trie {
  __uint(type, BPF_MAP_TYPE_LPM_TRIE);
  __uint(map_flags, BI_TRIE_FLAGS);
  __uint(max_entries, 1);
  __uint(key_size, sizeof(struct bi_bpf_addr6_key));
  __uint(value_size, sizeof(struct bi_bpf_entry));
};

struct {
  __uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
  __uint(max_entries, 1);
  __type(key, uint32_t);
  __array(values, struct bi_name_trie);
} bi_names SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
  __uint(max_entries, 1);
  __type(key, uint32_t);
  __array(values, struct bi_addr4_trie);
} bi_addr4 SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
  __uint(max_entries, 1);
  __type(key, uint32_t);
  __array(values, struct bi_addr6_trie);
} bi_addr6 SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(map_flags, BPF_F_RDONLY_PROG);
  __uint(max_entries, 1);
  __type(key, uint32_t);
  __type(value, struct bi_bpf_port_map);
} bi_port_maps SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(map_flags, BPF_F_RDONLY_PROG);
  __uint(max_entries, 1);
  __type(key, uint32_t);
  __type(value, uint32_t);
} bi_segments SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(map_flags, BPF_F_RDONLY_PROG);
  __uint(max_entries, 1);
  __type(key, uint32_t);
  __type(value, struct bi_bpf_head);
} bi_head SEC(".maps");

#endif
