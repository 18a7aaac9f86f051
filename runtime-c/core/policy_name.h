/*
 * Look-up of a canonical host name: its own entry, or that of the longest wildcard that covers it.
 *
 * The hash takes blocks of eight bytes from the end of the name. The states on the way are the hashes of its suffixes, so
 * wildcards cost no second pass (compiler/image/hash.ts is the same function; shared vectors hold the two together).
 */
#ifndef BI_POLICY_NAME_H
#define BI_POLICY_NAME_H

#include "policy_tables.h"

#define BI_EACH_BYTE 0x0101010101010101ull
#define BI_HIGH_BITS 0x8080808080808080ull

struct bi_hash {
  uint32_t a;
  uint32_t b;
};

BI_INLINE uint64_t bi_load64(const uint8_t *at) {
  uint64_t word;
  __builtin_memcpy(&word, at, 8);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  word = __builtin_bswap64(word);
#endif
  return word;
}

BI_INLINE uint32_t bi_load32(const uint8_t *at) {
  uint32_t word;
  __builtin_memcpy(&word, at, 4);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  word = __builtin_bswap32(word);
#endif
  return word;
}

BI_INLINE uint32_t bi_rotate(uint32_t word, uint32_t left) { return (word << left) | (word >> (32u - left)); }

BI_INLINE struct bi_hash bi_hash_start(void) {
  const struct bi_hash start = {0x243f6a88u, 0x85a308d3u};
  return start;
}

BI_INLINE struct bi_hash bi_hash_block(struct bi_hash hash, uint64_t block) {
  const struct bi_hash next = {
      bi_rotate((hash.a ^ (uint32_t)block) * 0x9e3779b1u, 15),
      bi_rotate((hash.b ^ (uint32_t)(block >> 32)) * 0x85ebca77u, 13),
  };
  return next;
}

BI_INLINE uint32_t bi_hash_finish(struct bi_hash hash, uint32_t length) {
  uint32_t h = (hash.a ^ bi_rotate(hash.b, 16) ^ length) * 0xc2b2ae3du;
  h = (h ^ (h >> 15)) * 0x27d4eb2fu;
  return h ^ (h >> 16);
}

/* The last `length` (1 to 7) bytes of a block: those at `at`, high-order aligned, zero in front. Reads no other byte. */
BI_INLINE uint64_t bi_short_block(const uint8_t *at, uint32_t length) {
  if (length >= 4) {
    const uint32_t front = bi_load32(at) << (8 * (8 - length) & 31);
    return (uint64_t)bi_load32(at + length - 4) << 32 | (length == 4 ? 0 : front);
  }
  return ((uint64_t)at[0] | (uint64_t)at[length >> 1] << (8 * (length >> 1)) |
          (uint64_t)at[length - 1] << (8 * (length - 1)))
         << (8 * (8 - length));
}

BI_INLINE int bi_same_bytes(const uint8_t *left, const uint8_t *right, uint32_t length) {
  if (length < 8) return bi_short_block(left, length) == bi_short_block(right, length);
  for (uint32_t at = 0; at + 8 < length; at += 8) {
    if (bi_load64(left + at) != bi_load64(right + at)) return 0;
  }
  return bi_load64(left + length - 8) == bi_load64(right + length - 8);
}

/* The entry whose name is exactly these bytes, or BI_NONE. */
BI_INLINE uint32_t bi_probe(const struct bi_tables *t, uint32_t hash, const uint8_t *name, uint32_t length) {
  const uint32_t mask = t->slot_count - 1;
  uint32_t at = hash & mask;
  for (uint32_t left = t->slot_count; left != 0; left--) {
    const uint32_t slot = t->name_slots[at];
    if (slot == 0) return BI_NONE;
    if ((slot ^ hash) >> 21 == 0) {
      const uint32_t entry = (slot & 0x1fffffu) - 1;
      const uint32_t from = t->name_offsets[entry];
      if (t->name_offsets[entry + 1] - from == length && bi_same_bytes(t->names + from, name, length)) return entry;
    }
    at = (at + 1) & mask;
  }
  return BI_NONE;
}

/* Hash of the suffix of `length` bytes; `states[k]` is the state after k whole blocks, `end` the end of the name. */
BI_INLINE uint32_t bi_suffix_hash(const struct bi_hash *states, const uint8_t *end, uint32_t length, uint32_t whole) {
  const uint32_t rest = length & 7u;
  struct bi_hash hash = states[length >> 3];
  if (rest != 0) {
    const uint8_t *from = end - length;
    /* With eight bytes to read from here, or back from the end, one load and a shift do. */
    const uint64_t block = length >= 8  ? bi_load64(from) << (8 * (8 - rest))
                           : whole >= 8 ? bi_load64(end - 8) >> (8 * (8 - rest)) << (8 * (8 - rest))
                                        : bi_short_block(from, rest);
    hash = bi_hash_block(hash, block);
  }
  return bi_hash_finish(hash, length);
}

/* Bit 7 of each byte that is a dot. */
BI_INLINE uint64_t bi_dots(uint64_t word) {
  const uint64_t other = word ^ (BI_EACH_BYTE * 0x2e);
  return ~(((other & ~BI_HIGH_BITS) + ~BI_HIGH_BITS) | other) & BI_HIGH_BITS;
}

BI_INLINE int bi_suffix_length_used(const struct bi_tables *t, uint32_t length) {
  return (int)(t->suffix_lengths[length >> 5] >> (length & 31u) & 1u);
}

/* The longest wildcard that covers the name, from its first dot on; the root where none does. */
BI_INLINE uint32_t bi_find_suffix(const struct bi_tables *t, const struct bi_hash *states, const uint8_t *name,
                                  uint32_t length) {
  const uint8_t *end = name + length;
  for (uint32_t base = 0; base < length; base += 8) {
    const uint32_t left = length - base;
    uint64_t dots = left >= 8     ? bi_dots(bi_load64(name + base))
                    : length >= 8 ? bi_dots(bi_load64(end - 8)) >> (8 * (8 - left))
                                  : bi_dots(bi_short_block(name, left)) >> (8 * (8 - left));
    for (; dots != 0; dots &= dots - 1) {
      const uint32_t at = base + ((uint32_t)__builtin_ctzll(dots) >> 3);
      const uint32_t suffix = length - at;
      if (!bi_suffix_length_used(t, suffix)) continue;
      const uint32_t entry = bi_probe(t, bi_suffix_hash(states, end, suffix, length), name + at, suffix);
      if (entry != BI_NONE) return entry;
    }
  }
  return t->root;
}

/*
 * Entry of a canonical name (lower case, no trailing dot, 1 to 253 bytes): its own, else the longest wildcard's, else the
 * root. BI_NONE where the length is out of bounds.
 */
BI_INLINE uint32_t bi_find_name(const struct bi_tables *t, const uint8_t *name, uint32_t length) {
  struct bi_hash states[BI_NAME_MAX / 8 + 1];
  struct bi_hash hash = bi_hash_start();
  if (length - 1 >= BI_NAME_MAX) return BI_NONE;
  uint32_t whole = 0;
  for (const uint8_t *from = name + length; whole < length >> 3; whole++) {
    states[whole] = hash;
    from -= 8;
    hash = bi_hash_block(hash, bi_load64(from));
  }
  states[whole] = hash;
  const uint32_t entry = bi_probe(t, bi_suffix_hash(states, name + length, length, length), name, length);
  if (entry != BI_NONE) return entry;
  return t->wildcard_count == 0 ? t->root : bi_find_suffix(t, states, name, length);
}

#endif
