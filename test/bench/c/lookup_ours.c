/* One table of ours behind a function that is not inlined; FIND names it, HEADER the generated header. */
#include HEADER

int FIND(const char *name, uint32_t length);

int FIND(const char *name, uint32_t length) {
  const struct bi_tables tables = bi_policy_tables();
#ifdef CANONICAL
  struct bi_host host;
  if (bi_canonical_host(&host, (const uint8_t *)name, length) != BI_HOST_OK || host.kind != BI_HOST_NAME) return 0;
  return bi_find_name(&tables, host.name, host.length) < tables.root;
#else
  return bi_find_name(&tables, (const uint8_t *)name, length) < tables.root;
#endif
}
