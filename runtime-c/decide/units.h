/* The policies that were compiled into a runner; the list is generated for each build. */
#ifndef BI_UNITS_H
#define BI_UNITS_H

#include <stdint.h>

#include "policy_address.h"

/* A verdict, or BI_ERROR. */
typedef uint32_t bi_unit(uint32_t dialled, const struct bi_host *host, uint32_t port);

extern bi_unit *const bi_units[];
extern const uint32_t bi_unit_count;

#endif
