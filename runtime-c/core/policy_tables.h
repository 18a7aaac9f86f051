/* The tables of one compiled policy, as views over the sections of the policy image (compiler/image/types.ts). */
#ifndef BI_POLICY_TABLES_H
#define BI_POLICY_TABLES_H

#include "policy_abi.h"

/*
 * A generated header builds one of these as a local value, never as a static object: then every pointer is an address that
 * the compiler writes into the code, and the table needs no relocation and no work at load. Offsets and numbers were
 * bounds-checked when the image was made or loaded.
 */
struct bi_tables {
  const uint8_t *names;           /* name entries one after another, then 8 bytes; a wildcard's begins with its dot */
  const uint32_t *name_offsets;   /* name_count + 1 */
  const uint32_t *name_slots;     /* slot_count, a power of two */
  const uint32_t *suffix_lengths; /* 8 words: bit L is set where a wildcard, with its dot, has L bytes */
  const uint32_t *addr4_starts;   /* addr4_count, ascending, the first 0 */
  const void *addr4_entries;      /* addr4_count numbers of entry_width bytes */
  const uint32_t *addr6_starts;   /* addr6_count times four words, most significant first */
  const void *addr6_entries;      /* addr6_count numbers of entry_width bytes */
  const void *entry_port_maps;    /* root + 1 numbers of port_map_width bytes */
  const void *dialled_port_maps;  /* root - name_count numbers of port_map_width bytes */
  const uint32_t *port_map_offsets; /* port_map_count + 1 */
  const uint32_t *port_map_parents; /* port_map_count */
  const uint32_t *port_segments;
  uint32_t name_count;
  uint32_t slot_count;
  uint32_t wildcard_count; /* 0: no suffix is ever probed */
  uint32_t addr4_count;
  uint32_t addr6_count;
  uint32_t port_map_count;
  uint32_t root; /* the entry of `*` and of the default; also name_count + number of address entries */
  uint8_t entry_width;         /* 1, 2 or 4 */
  uint8_t port_map_width;      /* 1, 2 or 4 */
  uint8_t dialled_map_width;   /* 1, 2 or 4 */
};

/* Element `index` of an array of numbers of 1, 2 or 4 bytes. */
BI_INLINE uint32_t bi_narrow(const void *array, uint8_t width, uint32_t index) {
  if (width == 1) return ((const uint8_t *)array)[index];
  if (width == 2) return ((const uint16_t *)array)[index];
  return ((const uint32_t *)array)[index];
}

#endif
