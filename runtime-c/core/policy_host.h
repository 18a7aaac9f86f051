/*
 * Hosts as callers write them, brought to the one form that policies are compiled for (design section 3): lower case, one
 * trailing dot less, IPv4 whatever its spelling (WHATWG URL, section 3.5), IPv6 as four words, mapped IPv6 as IPv4.
 *
 * Not done here: IDNA. A name that is not ASCII is refused, so that nothing is judged by a spelling that no rule has.
 */
#ifndef BI_POLICY_HOST_H
#define BI_POLICY_HOST_H

#include "policy_address.h"
#include "policy_name.h"

/* Adds `k` to each byte of a word whose bytes are all below 128: bit 7 tells which were at least 128 - k. */
#define BI_AT_LEAST(word, least) ((word) + BI_EACH_BYTE * (0x80u - (least)))

/* The word in lower case; its bytes are ASCII. */
BI_INLINE uint64_t bi_lower(uint64_t word) {
  const uint64_t upper = BI_AT_LEAST(word, 'A') & ~BI_AT_LEAST(word, 'Z' + 1) & BI_HIGH_BITS;
  return word | upper >> 2;
}

/* Bit 7 of each byte that is not one of a-z 0-9 - . */
BI_INLINE uint64_t bi_unusual(uint64_t lower) {
  const uint64_t letter = BI_AT_LEAST(lower, 'a') & ~BI_AT_LEAST(lower, 'z' + 1);
  const uint64_t digit = BI_AT_LEAST(lower, '-') & ~BI_AT_LEAST(lower, '9' + 1);
  const uint64_t no_slash = (lower ^ BI_EACH_BYTE * '/') + ~BI_HIGH_BITS;
  return (~(letter | (digit & no_slash)) | lower) & BI_HIGH_BITS;
}

BI_INLINE void bi_store64(uint8_t *at, uint64_t word) {
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  word = __builtin_bswap64(word);
#endif
  __builtin_memcpy(at, &word, 8);
}

/* What the fast pass learns of a name while it copies it. */
struct bi_scan {
  uint64_t bad;  /* not 0: a byte that the fast pass does not judge, or an empty label */
  uint64_t dots; /* of the last word */
};

BI_INLINE struct bi_scan bi_scan_word(struct bi_scan scan, uint64_t lower, uint64_t carry) {
  const uint64_t dots = bi_dots(lower);
  const struct bi_scan next = {scan.bad | bi_unusual(lower) | (dots & (dots << 8 | carry)), dots};
  return next;
}

/*
 * Copies `length` (8 to 253) bytes in lower case, eight at a time: the first word, and then, over its end, those that the
 * look-up will read, so that it finds each of them in one piece where the processor still holds it.
 */
BI_INLINE struct bi_scan bi_scan_name(uint8_t *out, const uint8_t *in, uint32_t length) {
  struct bi_scan scan = {0, 0};
  uint32_t at = ((length - 1) & 7u) + 1;
  const uint64_t first = bi_lower(bi_load64(in));
  bi_store64(out, first);
  scan = bi_scan_word(scan, first, 0x80); /* as if a dot stood in front: a name does not begin with one */
  uint64_t carry = (uint64_t)(in[at - 1] == '.') << 7;
  for (; at < length; at += 8) {
    const uint64_t lower = bi_lower(bi_load64(in + at));
    bi_store64(out + at, lower);
    scan = bi_scan_word(scan, lower, carry);
    carry = scan.dots >> 56;
  }
  return scan;
}

/* One byte of a name in lower case; 0 for what no host holds (WHATWG URL 3.1, forbidden domain code points). */
BI_INLINE uint8_t bi_name_byte(uint8_t byte) {
  if (byte >= 'A' && byte <= 'Z') return (uint8_t)(byte | 0x20);
  if (byte <= ' ' || byte >= 0x7f) return 0;
  switch (byte) {
    case '#': case '%': case '/': case ':': case '<': case '>': case '?':
    case '@': case '[': case '\\': case ']': case '^': case '|':
      return 0;
    default:
      return byte;
  }
}

/* The thorough pass, one byte at a time: every name that the fast pass leaves. */
BI_INLINE int bi_copy_name(struct bi_host *out, const uint8_t *in, uint32_t length) {
  uint32_t label = 0;
  for (uint32_t at = 0; at < length; at++) {
    const uint8_t byte = bi_name_byte(in[at]);
    label = byte == '.' ? 0 : label + 1;
    if (byte == 0 || label > BI_LABEL_MAX) return BI_HOST_BAD_NAME;
    if (byte == '.' && (at == 0 || in[at - 1] == '.')) return BI_HOST_BAD_NAME;
    out->name[at] = byte;
  }
  if (label == 0) return BI_HOST_BAD_NAME;
  out->length = length;
  out->kind = BI_HOST_NAME;
  return BI_HOST_OK;
}

BI_INLINE int bi_is_digit(uint8_t byte) { return byte >= '0' && byte <= '9'; }

/* Whether a host is to be read as IPv4: its last label is all digits, or a hexadecimal number (WHATWG "ends in a number"). */
BI_INLINE int bi_ends_in_number(const uint8_t *in, uint64_t length) {
  uint64_t from = length;
  while (from > 0 && in[from - 1] != '.') from--;
  if (from == length || !bi_is_digit(in[from])) return 0;
  if (length - from >= 2 && in[from] == '0' && (in[from + 1] | 0x20) == 'x') {
    for (uint64_t at = from + 2; at < length; at++) {
      if (bi_hex_digit(in[at]) > 15) return 0;
    }
    return 1;
  }
  for (uint64_t at = from; at < length; at++) {
    if (!bi_is_digit(in[at])) return 0;
  }
  return 1;
}

/* A name, or an IPv4 address in any spelling; `length` is without the trailing dot. Out of line of the fast path. */
BI_INLINE int bi_slow_host(struct bi_host *out, const uint8_t *in, uint64_t length) {
  if (length == 0) return BI_HOST_EMPTY;
  if (bi_ends_in_number(in, length)) return bi_parse_ipv4(out, in, length);
  if (length > BI_NAME_MAX) return BI_HOST_BAD_NAME;
  return bi_copy_name(out, in, (uint32_t)length);
}

BI_INLINE int bi_has_colon(const uint8_t *in, uint64_t length) {
  for (uint64_t at = 0; at < length; at++) {
    if (in[at] == ':') return 1;
  }
  return 0;
}

BI_OUTLINE int bi_uncommon_host(struct bi_host *out, const uint8_t *in, uint64_t length) {
  if (length == 0) return BI_HOST_EMPTY;
  if (in[0] == '[') {
    if (length < 2 || in[length - 1] != ']') return BI_HOST_BAD_IPV6;
    return bi_parse_ipv6(out, in + 1, length - 2);
  }
  if (bi_has_colon(in, length)) return bi_parse_ipv6(out, in, length);
  return bi_slow_host(out, in, in[length - 1] == '.' ? length - 1 : length);
}

/*
 * The canonical form of a host of `length` bytes: a name, an IPv4 address in any spelling, an IPv6 address with or without
 * brackets. 0, or why it is no host (enum bi_host_error); `out->kind` is BI_HOST_NONE then. Reads `in` alone, and no further
 * than `length`.
 */
BI_INLINE int bi_canonical_host(struct bi_host *out, const uint8_t *in, uint64_t length) {
  out->kind = BI_HOST_NONE;
  /* Labels of a name of at most 63 bytes are short enough; what ends in a digit may be an address. */
  if (length - 9u <= BI_LABEL_MAX - 9u) {
    const uint32_t kept = (uint32_t)length - (in[length - 1] == '.');
    const struct bi_scan scan = bi_scan_name(out->name, in, kept);
    /* Where the last label begins; a longer one than a word is left to the thorough pass, like all that may be a number. */
    const uint32_t label = kept - ((uint32_t)__builtin_clzll(scan.dots | 1) >> 3);
    if (scan.bad == 0 && scan.dots != 0 && label != kept && !bi_is_digit(in[label])) {
      out->length = kept;
      out->kind = BI_HOST_NAME;
      return BI_HOST_OK;
    }
  }
  return bi_uncommon_host(out, in, length);
}

#endif
