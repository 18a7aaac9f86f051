/* The policies that were compiled into a loader; the list is generated for each build. */
#ifndef BI_POLICIES_H
#define BI_POLICIES_H

#include "policy_layout.h"

typedef struct bi_bpf_policy bi_policy_source(void);

extern bi_policy_source *const bi_policies[];
extern const uint32_t bi_policy_count;

#endif
