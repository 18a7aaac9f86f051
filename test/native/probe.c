/*
 * Test probe: reads hosts (u16 length, little-endian, then bytes) from stdin and prints a line for each: `error N`, or the
 * canonical form, and for a name its hash and the entry that is found. Every host, and every name handed on, stands alone in
 * memory of exactly its size, so that a sanitizer sees the first byte read past it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "broker_host_table.h"

static uint8_t *alone(const uint8_t *bytes, size_t length) {
  uint8_t *copy = malloc(length == 0 ? 1 : length);
  if (copy == NULL) abort();
  memcpy(copy, bytes, length);
  return copy;
}

static uint32_t hash_of(const uint8_t *name, uint32_t length) {
  struct bi_pass pass;
  bi_pass_any(&pass, name, length);
  return pass.hash;
}

static void print_name(const struct bi_host *host) {
  const struct bi_tables tables = bi_policy_tables();
  uint8_t *name = alone(host->name, host->length);
  const uint32_t entry = bi_find_name(&tables, name, host->length);
  printf("name %.*s %u %u\n", (int)host->length, (const char *)name, hash_of(name, host->length), entry);
  free(name);
}

int main(void) {
  uint8_t head[2];
  static uint8_t bytes[65536];
  while (fread(head, 1, 2, stdin) == 2) {
    const size_t length = (size_t)head[0] | (size_t)head[1] << 8;
    if (fread(bytes, 1, length, stdin) != length) return 1;
    uint8_t *text = alone(bytes, length);
    struct bi_host *host = malloc(sizeof *host);
    if (host == NULL) abort();
    const int error = bi_canonical_host(host, text, length);
    if (error != BI_HOST_OK) printf("error %d\n", error);
    else if (host->kind == BI_HOST_NAME) print_name(host);
    else if (host->kind == BI_HOST_IPV4) printf("ipv4 %u\n", host->words[0]);
    else printf("ipv6 %u %u %u %u\n", host->words[0], host->words[1], host->words[2], host->words[3]);
    free(host);
    free(text);
  }
  return 0;
}
