/* Answers a batch of questions through the same functions that judge a connect(): how `decide --runtime bpf` asks the kernel. */

#include "policy_decide.bpf.h"

#include "decide_batch.h"

struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(map_flags, BPF_F_MMAPABLE);
  __uint(max_entries, BI_BATCH_MAX);
  __type(key, uint32_t);
  __type(value, struct bi_bpf_question);
} bi_questions SEC(".maps");

static uint32_t answer(struct bi_bpf_question *question) {
  const int dialled = question->kind == BI_ASK_DIALLED;
  if (question->kind == BI_ASK_NAME) {
    if (bi_bpf_make_name_key(&question->key, question->name, question->length) != 0) return BI_ERROR;
    return bi_bpf_verdict_name(&question->key, question->port);
  }
  if (question->kind != BI_ASK_ADDRESS && !dialled) return BI_ERROR;
  if (question->family == 4) return bi_bpf_verdict_addr4(question->address, question->port, dialled);
  if (question->family == 6) return bi_bpf_verdict_addr6(question->address, question->port, dialled);
  return BI_ERROR;
}

static long answer_one(uint32_t index, void *context) {
  struct bi_bpf_question *question = bpf_map_lookup_elem(&bi_questions, &index);
  if (!question) return 1;
  question->verdict = answer(question);
  *(uint32_t *)context += 1;
  return 0;
}

SEC("syscall")
int decide(struct bi_bpf_batch *batch) {
  uint32_t answered = 0;
  const uint32_t count = batch->count;
  if (count > BI_BATCH_MAX) return -1;
  bpf_loop(count, answer_one, &answered, 0);
  batch->answered = answered;
  return 0;
}

char _license[] SEC("license") = "Apache-2.0";
