/* A batch of questions, as user space writes them into the mapped array and the program answers them in place. */
#ifndef BI_DECIDE_BATCH_H
#define BI_DECIDE_BATCH_H

#include "policy_layout.h"

#define BI_BATCH_MAX 1024u

/* BI_ASK_NOTHING keeps the place of a question that was refused before; it is answered BI_ERROR. */
enum bi_question_kind { BI_ASK_NAME = 0, BI_ASK_ADDRESS = 1, BI_ASK_DIALLED = 2, BI_ASK_NOTHING = 3 };

struct bi_bpf_question {
  uint32_t kind;   /* enum bi_question_kind */
  uint32_t family; /* 4 or 6; 0 for a name */
  uint32_t port;
  uint32_t length; /* of `name` */
  uint32_t verdict;
  uint8_t address[16]; /* network order; IPv4: the first four */
  uint8_t name[256];
  struct bi_bpf_name_key key; /* the program's own; here, because it does not fit its stack */
};

_Static_assert(sizeof(struct bi_bpf_question) % 8 == 0, "user space maps an array of these");

/* Context of a run. `answered` is the program's: how many questions it got through. */
struct bi_bpf_batch {
  uint32_t count;
  uint32_t answered;
};

#endif
