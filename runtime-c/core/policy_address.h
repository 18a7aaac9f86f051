/* Addresses as text: IPv4 in every spelling that WHATWG URL takes (section 3.5), IPv6, and what counts as which. */
#ifndef BI_POLICY_ADDRESS_H
#define BI_POLICY_ADDRESS_H

#include "policy_abi.h"

enum bi_host_kind { BI_HOST_NONE = 0, BI_HOST_NAME = 1, BI_HOST_IPV4 = 2, BI_HOST_IPV6 = 3 };

enum bi_host_error {
  BI_HOST_OK = 0,
  BI_HOST_EMPTY = 1,
  BI_HOST_BAD_NAME = 2, /* a byte that no name holds, not ASCII, an empty or long label, a long name */
  BI_HOST_BAD_IPV4 = 3, /* ends in a number, and is no IPv4 address */
  BI_HOST_BAD_IPV6 = 4  /* a zone included */
};

struct bi_host {
  uint32_t kind;     /* enum bi_host_kind */
  uint32_t length;   /* of `name` */
  uint32_t words[4]; /* IPv4: the first one, in host byte order; IPv6: most significant first */
  uint8_t name[256]; /* not terminated */
};

/* 0 to 15, or 255. */
BI_INLINE uint32_t bi_hex_digit(uint8_t byte) {
  if (byte >= '0' && byte <= '9') return byte - (uint32_t)'0';
  byte |= 0x20;
  return byte >= 'a' && byte <= 'f' ? byte - (uint32_t)'a' + 10 : 255;
}

/* An IPv4 address; 0.0.0.0 is how programs spell 127.0.0.1, since that is where the kernel takes them. */
BI_INLINE void bi_host_of_addr4(struct bi_host *out, uint32_t address) {
  out->kind = BI_HOST_IPV4;
  out->length = 0;
  out->words[0] = address == 0 ? 0x7f000001u : address;
  out->words[1] = out->words[2] = out->words[3] = 0;
}

/* An IPv6 address: a mapped one is IPv4, and :: is how programs spell ::1. */
BI_INLINE void bi_host_of_addr6(struct bi_host *out, const uint32_t words[4]) {
  if ((words[0] | words[1]) == 0 && words[2] == 0xffffu) {
    bi_host_of_addr4(out, words[3]);
    return;
  }
  out->kind = BI_HOST_IPV6;
  out->length = 0;
  for (uint32_t i = 0; i < 4; i++) out->words[i] = words[i];
  if ((words[0] | words[1] | words[2] | words[3]) == 0) out->words[3] = 1;
}

#define BI_NUMBER_TOO_BIG 0x100000000ull

/* One part of an IPv4 address, up to a dot or the end; saturates at 2^32. Leaves `*at` behind it. 0 if it is no number. */
BI_INLINE int bi_ipv4_number(const uint8_t *in, uint64_t length, uint64_t *at, uint64_t *number) {
  uint32_t base = 10;
  uint64_t from = *at;
  *number = 0;
  if (from == length || in[from] == '.') return 0;
  if (in[from] == '0' && from + 1 < length && in[from + 1] != '.') {
    base = (in[from + 1] | 0x20) == 'x' ? 16 : 8;
    from += base == 16 ? 2 : 1;
  }
  for (; from < length && in[from] != '.'; from++) {
    const uint32_t digit = bi_hex_digit(in[from]);
    if (digit >= base) return 0;
    *number = *number * base + digit;
    if (*number > BI_NUMBER_TOO_BIG) *number = BI_NUMBER_TOO_BIG;
  }
  *at = from;
  return 1;
}

/* One to four parts; the last fills what the others leave. */
BI_INLINE int bi_parse_ipv4(struct bi_host *out, const uint8_t *in, uint64_t length) {
  uint64_t address = 0;
  uint64_t at = 0;
  for (uint32_t part = 0; part < 4; part++) {
    uint64_t number;
    if (!bi_ipv4_number(in, length, &at, &number)) return BI_HOST_BAD_IPV4;
    if (at == length) {
      const uint32_t bits = 32 - 8 * part;
      if (number >> bits != 0) return BI_HOST_BAD_IPV4;
      bi_host_of_addr4(out, (uint32_t)(address << bits | number));
      return BI_HOST_OK;
    }
    if (number > 255) return BI_HOST_BAD_IPV4;
    address = address << 8 | number;
    at++;
  }
  return BI_HOST_BAD_IPV4;
}

/* The dotted end of an IPv6 address: four decimal parts, no leading zeros. */
BI_INLINE int bi_embedded_ipv4(const uint8_t *in, uint64_t length, uint32_t *address) {
  uint64_t at = 0;
  *address = 0;
  for (uint32_t part = 0; part < 4; part++) {
    uint32_t number = 0;
    uint32_t digits = 0;
    for (; at < length && in[at] >= '0' && in[at] <= '9'; at++) {
      if (++digits > 3 || (digits == 2 && number == 0)) return 0;
      number = number * 10 + in[at] - (uint32_t)'0';
    }
    if (digits == 0 || number > 255) return 0;
    *address = *address << 8 | number;
    if (part < 3 && (at == length || in[at++] != '.')) return 0;
  }
  return at == length;
}

#define BI_NO_GAP 9u

/* Pieces of an IPv6 address while it is read (WHATWG URL 3.5, "IPv6 parser"). */
struct bi_pieces {
  uint32_t count;
  uint32_t gap; /* how many pieces stood before `::`; BI_NO_GAP without one */
  uint16_t piece[8];
};

/* One to four hexadecimal digits. Leaves `*at` behind them. */
BI_INLINE int bi_ipv6_piece(const uint8_t *in, uint64_t length, uint64_t *at, uint32_t *value) {
  uint32_t digits = 0;
  *value = 0;
  while (*at < length && digits < 4 && bi_hex_digit(in[*at]) < 16) {
    *value = *value << 4 | bi_hex_digit(in[(*at)++]);
    digits++;
  }
  return digits != 0;
}

BI_INLINE int bi_ipv6_pieces(struct bi_pieces *out, const uint8_t *in, uint64_t length) {
  uint64_t at = 0;
  if (length < 2 || (in[0] == ':' && in[1] != ':')) return 0;
  if (in[0] == ':') {
    at = 2;
    out->gap = 0;
  }
  while (at < length) {
    uint64_t from = at;
    uint32_t value;
    if (out->count == 8 || !bi_ipv6_piece(in, length, &at, &value)) return 0;
    if (at < length && in[at] == '.') {
      uint32_t address;
      if (out->count > 6 || !bi_embedded_ipv4(in + from, length - from, &address)) return 0;
      out->piece[out->count++] = (uint16_t)(address >> 16);
      out->piece[out->count++] = (uint16_t)address;
      return 1;
    }
    out->piece[out->count++] = (uint16_t)value;
    if (at == length) return 1;
    if (in[at++] != ':' || at == length) return 0;
    if (in[at] == ':') {
      if (out->gap != BI_NO_GAP) return 0;
      out->gap = out->count;
      at++;
    }
  }
  return 1;
}

BI_INLINE int bi_parse_ipv6(struct bi_host *out, const uint8_t *in, uint64_t length) {
  struct bi_pieces read = {0, BI_NO_GAP, {0}};
  uint32_t words[4] = {0, 0, 0, 0};
  if (!bi_ipv6_pieces(&read, in, length)) return BI_HOST_BAD_IPV6;
  /* `::` stands for one piece at least; without it all eight are there. */
  if (read.gap == BI_NO_GAP ? read.count != 8 : read.count > 7) return BI_HOST_BAD_IPV6;
  for (uint32_t i = 0; i < read.count; i++) {
    const uint32_t place = i < read.gap ? i : i + 8 - read.count;
    words[place >> 1] |= (uint32_t)read.piece[i] << (place & 1 ? 0 : 16);
  }
  bi_host_of_addr6(out, words);
  return BI_HOST_OK;
}

#endif
