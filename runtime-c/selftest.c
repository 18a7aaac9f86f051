/* Self-test of core/ over tables written by hand: the least that a new compiler or machine must get right. */

#include <stdio.h>
#include <string.h>

#include "policy_match.h"

/* `.b.example` and `a.b.example`; 10.0.0.0/8; root. Slots are filled at start, by the hash under test. */
static const uint8_t names[] = ".b.examplea.b.example\0\0\0\0\0\0\0";
static const uint32_t name_offsets[] = {0, 10, 21};
static const uint32_t suffix_lengths[8] = {1u << 10};
static const uint32_t addr4_starts[] = {0, 0x0a000000, 0x0b000000};
static const uint8_t addr4_entries[] = {3, 2, 3};
static const uint32_t addr6_starts[] = {0, 0, 0, 0};
static const uint8_t addr6_entries[] = {3};
static const uint8_t entry_port_maps[] = {1, 2, 1, 0};
static const uint8_t dialled_port_maps[] = {1};
static const uint32_t port_map_offsets[] = {0, 1, 2, 5};
static const uint32_t port_map_parents[] = {BI_NONE, 0, 1};
static const uint32_t port_segments[] = {BI_PASS, BI_DENY, BI_INHERIT, 443 << 8 | BI_CAPTURE, 444 << 8 | BI_INHERIT};

static uint32_t slots[4];
static int failures;

static struct bi_tables tables(void) {
  const struct bi_tables made = {
      .names = names, .name_offsets = name_offsets, .name_slots = slots, .suffix_lengths = suffix_lengths,
      .addr4_starts = addr4_starts, .addr4_entries = addr4_entries, .addr6_starts = addr6_starts,
      .addr6_entries = addr6_entries, .entry_port_maps = entry_port_maps, .dialled_port_maps = dialled_port_maps,
      .port_map_offsets = port_map_offsets, .port_map_parents = port_map_parents, .port_segments = port_segments,
      .name_count = 2, .slot_count = 4, .wildcard_count = 1, .addr4_count = 3, .addr6_count = 1, .port_map_count = 3,
      .root = 3, .entry_width = 1, .port_map_width = 1, .dialled_map_width = 1,
  };
  return made;
}

static void fill_slots(void) {
  for (uint32_t entry = 0; entry < 2; entry++) {
    struct bi_pass pass;
    bi_pass_any(&pass, names + name_offsets[entry], name_offsets[entry + 1] - name_offsets[entry]);
    uint32_t at = pass.hash & 3;
    while (slots[at] != 0) at = (at + 1) & 3;
    slots[at] = (pass.hash >> 21 << 21) | (entry + 1);
  }
}

static void expect(const char *host, uint32_t port, uint32_t wanted) {
  struct bi_host canonical;
  const struct bi_tables t = tables();
  const int error = bi_canonical_host(&canonical, (const uint8_t *)host, strlen(host));
  const uint32_t got = error != BI_HOST_OK ? (uint32_t)BI_ERROR : bi_entry_verdict(&t, bi_find_host(&t, &canonical), port);
  if (got == wanted) return;
  fprintf(stderr, "%s port %u: %u, not %u\n", host, port, got, wanted);
  failures++;
}

static void expect_hash(const char *name, uint32_t wanted) {
  struct bi_pass pass;
  bi_pass_any(&pass, (const uint8_t *)name, (uint32_t)strlen(name));
  if (pass.hash == wanted) return;
  fprintf(stderr, "hash of %s: %u, not %u\n", name, pass.hash, wanted);
  failures++;
}

int main(void) {
  fill_slots();
  expect_hash("a", 2848373082u);
  expect_hash("api.openai.com", 2388831641u);
  expect("A.b.example.", 443, BI_CAPTURE);
  expect("a.b.example", 80, BI_DENY);
  expect("x.b.example", 443, BI_DENY);
  expect("b.example", 443, BI_PASS);
  expect("other.example", 443, BI_PASS);
  expect("0xa.1", 443, BI_DENY);
  expect("::ffff:10.0.0.1", 443, BI_DENY);
  expect("11.0.0.0", 443, BI_PASS);
  expect("a..b", 443, BI_ERROR);
  expect("a.b.example", 0, BI_ERROR);
  expect("fe80::1%lo", 443, BI_ERROR);
  if (bi_stricter(BI_PASS, BI_CAPTURE) != BI_CAPTURE || bi_stricter(BI_DENY, BI_CAPTURE) != BI_DENY ||
      bi_stricter(BI_PASS, BI_INHERIT) != BI_ERROR || bi_stricter(BI_ERROR, BI_DENY) != BI_ERROR) {
    fprintf(stderr, "bi_stricter does not take the stricter\n");
    failures++;
  }
  return failures == 0 ? 0 : 1;
}
