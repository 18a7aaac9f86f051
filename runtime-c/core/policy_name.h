/*
 * Look-up of a canonical host name: its own entry, or that of the longest wildcard that covers it.
 *
 * The hash takes blocks of eight bytes from the end of the name. The sums on the way are the hashes of its suffixes, so
 * wildcards cost no second pass (compiler/image/hash.ts is the same function; shared vectors hold the two together).
 */
#ifndef BI_POLICY_NAME_H
#define BI_POLICY_NAME_H

#include "policy_tables.h"

#define BI_EACH_BYTE 0x0101010101010101ull
#define BI_HIGH_BITS 0x8080808080808080ull

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

/* What block `index` from the end adds to the hash. Blocks do not wait for each other. */
BI_INLINE uint32_t bi_hash_block(uint64_t block, uint32_t index) {
  const uint32_t lo = (uint32_t)block;
  const uint32_t hi = (uint32_t)(block >> 32);
  const uint32_t odd = 2 * index + 1;
  return (lo ^ (lo >> 15)) * (0x9e3779b1u * odd) + (hi ^ (hi >> 15)) * (0x85ebca77u * odd);
}

BI_INLINE uint32_t bi_hash_finish(uint32_t sum, uint32_t length) {
  uint32_t h = sum + length * 0x27d4eb2fu;
  h = (h ^ (h >> 15)) * 0xc2b2ae3du;
  return h ^ (h >> 13);
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

/* The part of the tables that names need. */
struct bi_name_index {
  const uint8_t *names;
  const uint32_t *offsets;
  const uint32_t *slots;
  const uint32_t *suffix_lengths;
  uint32_t mask;
  uint32_t wildcards; /* 0: no suffix is probed */
};

/* What one pass over a name leaves behind. */
struct bi_pass {
  uint32_t sums[BI_NAME_MAX / 8 + 2]; /* sum k: of k whole blocks from the end */
  uint32_t hash;                      /* of the whole name */
};

BI_INLINE int bi_same_bytes(const uint8_t *left, const uint8_t *right, uint32_t length) {
  if (length < 8) return bi_short_block(left, length) == bi_short_block(right, length);
  for (uint32_t at = 0; at + 8 < length; at += 8) {
    if (bi_load64(left + at) != bi_load64(right + at)) return 0;
  }
  return bi_load64(left + length - 8) == bi_load64(right + length - 8);
}

BI_INLINE int bi_slot_matches(const struct bi_name_index *t, uint32_t slot, const uint8_t *name, uint32_t length) {
  const uint32_t entry = (slot & 0x1fffffu) - 1;
  const uint32_t from = t->offsets[entry];
  return t->offsets[entry + 1] - from == length && bi_same_bytes(t->names + from, name, length);
}

#define BI_SAME_TAG(slot, hash) (((slot) ^ (hash)) >> 21 == 0)

/*
 * Linear probing, one slot at a time, until the name or an empty slot. Takes the index in pieces: a pointer to it would have
 * it built in memory on the common way.
 */
BI_OUTLINE uint32_t bi_probe_on(const uint8_t *names, const uint32_t *offsets, const uint32_t *slots, uint32_t mask,
                                uint32_t hash, const uint8_t *name, uint32_t length) {
  const struct bi_name_index index = {names, offsets, slots, 0, mask, 0};
  for (uint64_t i = 0; i <= mask; i++) {
    const uint32_t slot = slots[(hash + i) & mask];
    if (slot == 0) return BI_NONE;
    if (BI_SAME_TAG(slot, hash) && bi_slot_matches(&index, slot, name, length)) return (slot & 0x1fffffu) - 1;
  }
  return BI_NONE;
}

/*
 * The slot to compare first, of the two where the hash leads; 0 where both are other names'. Which one it is cannot be
 * predicted, so no branch asks. `*settled` is 0 where the name may still stand further on.
 */
BI_INLINE uint32_t bi_first_slot(const struct bi_name_index *t, uint32_t hash, int *settled) {
  const uint32_t here = t->slots[hash & t->mask];
  const uint32_t next = t->slots[(hash + 1) & t->mask];
  /* All ones where the tag is another: a sum under 2^21 has no bit to shift down. */
  const uint32_t not_here = (uint32_t)-(int32_t)!BI_SAME_TAG(here, hash);
  const uint32_t not_next = (uint32_t)-(int32_t)!BI_SAME_TAG(next, hash);
  *settled = (here == 0) | (next == 0);
  return (here & ~not_here) | (next & ~not_next & not_here);
}

/* The entry whose name is exactly these bytes, or BI_NONE. */
BI_INLINE uint32_t bi_probe(const struct bi_name_index *t, uint32_t hash, const uint8_t *name, uint32_t length) {
  int settled;
  const uint32_t slot = bi_first_slot(t, hash, &settled);
  if (slot != 0 && bi_slot_matches(t, slot, name, length)) return (slot & 0x1fffffu) - 1;
  if (slot == 0 && settled) return BI_NONE;
  return bi_probe_on(t->names, t->offsets, t->slots, t->mask, hash, name, length);
}

/* The block `index` from the end of a name of 8 bytes or more; zero bytes stand in front of the first. */
BI_INLINE uint64_t bi_block(const uint8_t *name, uint32_t length, uint32_t index) {
  const uint32_t behind = 8 * (index + 1);
  return length >= behind ? bi_load64(name + length - behind) : bi_load64(name) << (8 * (behind - length));
}

/* The pass over a name of any length. */
BI_INLINE void bi_pass_any(struct bi_pass *pass, const uint8_t *name, uint32_t length) {
  uint32_t sum = 0;
  uint32_t whole = 0;
  for (const uint8_t *from = name + length; whole < length >> 3; whole++) {
    pass->sums[whole] = sum;
    from -= 8;
    sum += bi_hash_block(bi_load64(from), whole);
  }
  pass->sums[whole] = sum;
  const uint32_t rest = length & 7u;
  if (rest != 0) {
    sum += bi_hash_block(length < 8 ? bi_short_block(name, rest) : bi_load64(name) << (8 * (8 - rest)), whole);
  }
  pass->hash = bi_hash_finish(sum, length);
}

/* Hash of the suffix of `length` bytes of a name of `whole`. */
BI_INLINE uint32_t bi_suffix_hash(const struct bi_pass *pass, const uint8_t *name, uint32_t whole, uint32_t length) {
  const uint32_t rest = length & 7u;
  uint32_t sum = pass->sums[length >> 3];
  if (rest != 0) {
    const uint8_t *end = name + whole;
    /* With eight bytes to read from here, or back from the end, one load and a shift do. */
    const uint64_t block = length >= 8  ? bi_load64(end - length) << (8 * (8 - rest))
                           : whole >= 8 ? bi_load64(end - 8) >> (8 * (8 - rest)) << (8 * (8 - rest))
                                        : bi_short_block(end - length, rest);
    sum += bi_hash_block(block, length >> 3);
  }
  return bi_hash_finish(sum, length);
}

/* Bit 7 of each byte that is a dot, and of none else but a slash behind one, which no name holds. */
BI_INLINE uint64_t bi_dots(uint64_t word) {
  const uint64_t other = word ^ (BI_EACH_BYTE * 0x2e);
  return (other - BI_EACH_BYTE) & ~other & BI_HIGH_BITS;
}

/* Eight bits: bit i - 1 is set where the suffix of i bytes of this block begins with a dot. */
BI_INLINE uint64_t bi_dot_bits(uint64_t block) { return (bi_dots(block) >> 7) * 0x8040201008040201ull >> 56; }

/* Bits L - 1 of the lengths L of 64 * word + 1 and more that wildcards have. */
BI_INLINE uint64_t bi_wildcard_lengths(const struct bi_name_index *t, uint32_t word) {
  const uint64_t low = t->suffix_lengths[2 * word] | (uint64_t)t->suffix_lengths[2 * word + 1] << 32;
  const uint64_t next = word < 3 ? t->suffix_lengths[2 * word + 2] : 0;
  return low >> 1 | next << 63;
}

/* The longest wildcard among the suffixes whose lengths, less one, less `base`, are the bits of `lengths`. */
BI_INLINE uint32_t bi_probe_suffixes(const struct bi_name_index *t, const struct bi_pass *pass, const uint8_t *name,
                                     uint32_t length, uint64_t lengths, uint32_t base) {
  while (lengths != 0) {
    const uint32_t bit = 63u - (uint32_t)__builtin_clzll(lengths);
    const uint32_t suffix = base + bit + 1;
    const uint32_t entry = bi_probe(t, bi_suffix_hash(pass, name, length, suffix), name + length - suffix, suffix);
    if (entry != BI_NONE) return entry;
    lengths ^= 1ull << bit;
  }
  return BI_NONE;
}

/* Bits of the dots in the suffix of 64 * (word + 1) bytes that are not in that of 64 * word. */
BI_INLINE uint64_t bi_dot_word(const uint8_t *name, uint32_t length, uint32_t word) {
  uint64_t bits = 0;
  for (uint32_t i = 0; i < 8; i++) {
    const uint32_t index = 8 * word + i;
    if (length <= 8 * index) break;
    const uint64_t block = length < 8 ? bi_short_block(name, length) : bi_block(name, length, index);
    bits |= bi_dot_bits(block) << (8 * i);
  }
  return bits;
}

/* The longest wildcard that covers the name, or BI_NONE. */
BI_INLINE uint32_t bi_find_suffix(const struct bi_name_index *t, const struct bi_pass *pass, const uint8_t *name,
                                  uint32_t length) {
  for (uint32_t word = (length - 1) / 64 + 1; word-- > 0;) {
    const uint64_t lengths = bi_dot_word(name, length, word) & bi_wildcard_lengths(t, word);
    const uint32_t entry = bi_probe_suffixes(t, pass, name, length, lengths, 64 * word);
    if (entry != BI_NONE) return entry;
  }
  return BI_NONE;
}

/* The longest wildcard of the lengths (less one) in `lengths` that covers a name of at most 32 bytes; in pieces. */
BI_OUTLINE uint32_t bi_find_wildcard(const uint8_t *names, const uint32_t *offsets, const uint32_t *slots, uint32_t mask,
                                     uint64_t lengths, const uint8_t *name, uint32_t length) {
  const struct bi_name_index index = {names, offsets, slots, 0, mask, 1};
  struct bi_pass pass;
  bi_pass_any(&pass, name, length);
  return bi_probe_suffixes(&index, &pass, name, length, lengths, 0);
}

/* A name of any length; in pieces like bi_probe_on. */
BI_OUTLINE uint32_t bi_find_name_any(const uint8_t *names, const uint32_t *offsets, const uint32_t *slots,
                                     const uint32_t *suffix_lengths, uint32_t mask, const uint8_t *name,
                                     uint32_t length) {
  const struct bi_name_index index = {names, offsets, slots, suffix_lengths, mask, 1};
  struct bi_pass pass;
  bi_pass_any(&pass, name, length);
  const uint32_t entry = bi_probe(&index, pass.hash, name, length);
  return entry == BI_NONE ? bi_find_suffix(&index, &pass, name, length) : entry;
}

/* Whether the entry of a slot has the name that was taken apart into `count` blocks. */
BI_INLINE int bi_slot_has_blocks(const struct bi_name_index *t, uint32_t slot, const uint64_t *blocks, uint32_t count,
                                 uint32_t length) {
  const uint32_t entry = (slot & 0x1fffffu) - 1;
  const uint32_t from = t->offsets[entry];
  uint64_t differ = (t->offsets[entry + 1] - from) ^ length;
  if (differ != 0) return 0;
  BI_UNROLL
  for (uint32_t i = 0; i + 1 < count; i++) differ |= bi_load64(t->names + from + length - 8 * (i + 1)) ^ blocks[i];
  return (differ | (bi_load64(t->names + from) << (8 * (8 * count - length)) ^ blocks[count - 1])) == 0;
}

/*
 * A name of `count` blocks, the first of which may be short: `count` is a constant where this is inlined, so that hash,
 * comparison and dots are straight code over words in registers.
 */
BI_INLINE uint32_t bi_find_blocks(const struct bi_name_index *t, const uint8_t *name, uint32_t length, uint32_t count) {
  uint64_t blocks[4];
  uint32_t sum = 0;
  int settled;
  BI_UNROLL
  for (uint32_t i = 0; i < count; i++) {
    blocks[i] = i + 1 < count ? bi_load64(name + length - 8 * (i + 1)) : bi_load64(name) << (8 * (8 * count - length));
    sum += bi_hash_block(blocks[i], i);
  }
  const uint32_t hash = bi_hash_finish(sum, length);
  const uint32_t slot = bi_first_slot(t, hash, &settled);
  if (__builtin_expect(slot != 0, 1)) {
    if (__builtin_expect(bi_slot_has_blocks(t, slot, blocks, count, length), 1)) return (slot & 0x1fffffu) - 1;
  }
  if (__builtin_expect((slot != 0) | !settled, 0)) {
    const uint32_t entry = bi_probe_on(t->names, t->offsets, t->slots, t->mask, hash, name, length);
    if (entry != BI_NONE) return entry;
  }
  const uint64_t lengths = bi_wildcard_lengths(t, 0);
  uint64_t bits = 0;
  BI_UNROLL
  for (uint32_t i = 0; i < count; i++) {
    /* Known when the tables are: most policies have wildcards of few lengths. */
    if ((lengths >> (8 * i) & 0xffu) != 0) bits |= bi_dot_bits(blocks[i]) << (8 * i);
  }
  bits &= lengths;
  return bits == 0 ? BI_NONE : bi_find_wildcard(t->names, t->offsets, t->slots, t->mask, bits, name, length);
}

/*
 * Entry of a canonical name (lower case, no trailing dot, 1 to 253 bytes): its own, else the longest wildcard's, else the
 * root. BI_NONE where the length is out of bounds.
 */
BI_INLINE uint32_t bi_find_name(const struct bi_tables *t, const uint8_t *name, uint32_t length) {
  const struct bi_name_index index = {t->names,          t->name_offsets,   t->name_slots,
                                      t->suffix_lengths, t->slot_count - 1, t->wildcard_count};
  if (length - 1 >= BI_NAME_MAX) return BI_NONE;
  uint32_t entry;
  if (length - 17 < 8) {
    entry = bi_find_blocks(&index, name, length, 3);
  } else if (length - 9 < 8) {
    entry = bi_find_blocks(&index, name, length, 2);
  } else if (length - 25 < 8) {
    entry = bi_find_blocks(&index, name, length, 4);
  } else {
    entry = bi_find_name_any(index.names, index.offsets, index.slots, index.suffix_lengths, index.mask, name, length);
  }
  return entry == BI_NONE ? t->root : entry;
}

#endif
