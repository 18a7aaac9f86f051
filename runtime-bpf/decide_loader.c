/*
 * `decide --runtime bpf`: `decide_loader OBJECT` loads the decision program with the maps of the policies that were compiled
 * in, and puts questions to the kernel. The protocol stands in runtime-c/decide/wire.h.
 */

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "load_policy.h"
#include "policies.h"
#include "wire.h"

static const char *object_path;
static struct bi_loaded *loaded; /* one a policy; opened when it is first asked */

static struct bi_loaded *policy_of(uint32_t number) {
  struct bi_loaded *policy = &loaded[number];
  if (policy->object == NULL) {
    const struct bi_bpf_policy tables = bi_policies[number]();
    if (bi_load_policy(policy, object_path, &tables) != 0) return NULL;
  }
  return policy;
}

static void put_address(uint8_t *to, const uint32_t *words, uint32_t count) {
  for (uint32_t i = 0; i < 4 * count; i++) to[i] = (uint8_t)(words[i / 4] >> (24 - 8 * (i % 4)));
}

static void put_question(struct bi_bpf_question *to, const struct bi_asked *asked) {
  memset(to, 0, sizeof *to);
  to->verdict = BI_ERROR;
  to->port = asked->port;
  if (asked->refused != 0) {
    to->kind = BI_ASK_NOTHING;
    return;
  }
  if (asked->host.kind == BI_HOST_NAME) {
    to->kind = BI_ASK_NAME;
    to->length = asked->host.length;
    memcpy(to->name, asked->host.name, asked->host.length);
    return;
  }
  to->kind = asked->kind == BI_DIALLED_ASKED ? BI_ASK_DIALLED : BI_ASK_ADDRESS;
  to->family = asked->host.kind == BI_HOST_IPV4 ? 4 : 6;
  put_address(to->address, asked->host.words, to->family == 4 ? 1 : 4);
}

/* Up to BI_BATCH_MAX questions in one run of the program. */
static int answer_run(struct bi_loaded *policy, const struct bi_asked *asked, uint32_t count, uint8_t *answers) {
  for (uint32_t i = 0; i < count; i++) put_question(&policy->questions[i], &asked[i]);
  struct bi_bpf_batch batch = {count, 0};
  LIBBPF_OPTS(bpf_test_run_opts, options, .ctx_in = &batch, .ctx_size_in = sizeof batch);
  if (bpf_prog_test_run_opts(policy->program, &options) != 0 || options.retval != 0) {
    fprintf(stderr, "the decision program cannot be run: %s\n", strerror(errno));
    return -1;
  }
  if (batch.answered != count) {
    fprintf(stderr, "the decision program answered %u of %u questions\n", batch.answered, count);
    return -1;
  }
  for (uint32_t i = 0; i < count; i++) answers[i] = (uint8_t)policy->questions[i].verdict;
  return 0;
}

static int answer(uint32_t number, const struct bi_asked *asked, uint32_t count, uint8_t *answers) {
  struct bi_loaded *policy = policy_of(number);
  if (policy == NULL) return -1;
  for (uint32_t from = 0; from < count; from += BI_BATCH_MAX) {
    const uint32_t left = count - from;
    const uint32_t part = left < BI_BATCH_MAX ? left : BI_BATCH_MAX;
    if (answer_run(policy, asked + from, part, answers + from) != 0) return -1;
  }
  return 0;
}

int main(int argc, char **argv) {
  if (argc != 2) {
    fprintf(stderr, "usage: decide_loader OBJECT\n");
    return 2;
  }
  object_path = argv[1];
  loaded = calloc(bi_policy_count, sizeof *loaded);
  if (loaded == NULL) bi_fail("out of memory");
  /* Loaded before the first question, so that a machine that cannot is known at once. */
  if (bi_policy_count == 0 || policy_of(0) == NULL) return 3;
  const uint8_t ready = 0x52;
  if (fwrite(&ready, 1, 1, stdout) != 1 || fflush(stdout) != 0) return 1;
  const int status = bi_serve(bi_policy_count, answer);
  for (uint32_t i = 0; i < bi_policy_count; i++) bi_unload_policy(&loaded[i]);
  free(loaded);
  return status;
}
