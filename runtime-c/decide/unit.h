/*
 * One policy as a translation unit: include its broker_host_table.h and define BI_ANSWER, then this file. Policies whose
 * tables have the same names stand in one program that way.
 */
#include "policy_match.h"
#include "units.h"

uint32_t BI_ANSWER(uint32_t dialled, const struct bi_host *host, uint32_t port);

uint32_t BI_ANSWER(uint32_t dialled, const struct bi_host *host, uint32_t port) {
  const struct bi_tables tables = bi_policy_tables();
  if (dialled) return bi_verdict_dialled(&tables, host, port);
  if (host->kind == BI_HOST_NAME) return bi_verdict_name(&tables, host->name, host->length, port);
  return bi_verdict_addr(&tables, host, port);
}
