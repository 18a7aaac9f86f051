/*
 * One policy as a translation unit: include its broker_host_table.h and define BI_ANSWER, then this file. Policies whose
 * tables have the same names stand in one program that way.
 */
#include "policy_match.h"
#include "units.h"

uint32_t BI_ANSWER(uint32_t dialled, const struct bi_host *host, uint32_t port);

uint32_t BI_ANSWER(uint32_t dialled, const struct bi_host *host, uint32_t port) {
  const struct bi_tables tables = bi_policy_tables();
  const uint32_t entry = bi_find_host(&tables, host);
  /* A name is never dialled; were one asked so, its entry is no block's, and that is an error. */
  return dialled ? bi_dialled_entry_verdict(&tables, entry, port) : bi_entry_verdict(&tables, entry, port);
}
