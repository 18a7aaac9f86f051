/*
 * Questions and answers between `decide` and the native runners, over stdin and stdout. Little-endian, no padding:
 *
 *   batch     u32 policy, u32 count (1 to 65536), then `count` questions
 *   question  u8 kind (0 name, 1 address, 2 dialled), u8 0, u16 port, u16 length, then `length` bytes of host
 *   answer    u32 count, then `count` bytes: a verdict (0 pass, 1 deny, 2 capture), else an error (from 4 on)
 *
 * End of input between two batches ends the program. Anything else that is out of place ends it with a failure.
 */
#ifndef BI_WIRE_H
#define BI_WIRE_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "policy_match.h"

#define BI_WIRE_BATCH_MAX 65536u

enum bi_ask { BI_NAME_ASKED = 0, BI_ADDRESS_ASKED = 1, BI_DIALLED_ASKED = 2 };

/* Answers that are no verdict, beside BI_ERROR. */
#define BI_WIRE_NOT_CANONICAL 5u
#define BI_WIRE_BAD_QUESTION 6u
#define BI_WIRE_BAD_HOST 16u /* plus enum bi_host_error */

struct bi_asked {
  uint32_t kind; /* enum bi_ask */
  uint32_t port;
  struct bi_host host;
  uint8_t refused; /* not 0: the answer, no table was asked */
};

/* Answers `count` questions to one policy into `answers`. 0, or -1 when the answers are not to be had. */
typedef int bi_answer_batch(uint32_t policy, const struct bi_asked *asked, uint32_t count, uint8_t *answers);

static void bi_fail(const char *reason) {
  fprintf(stderr, "%s\n", reason);
  exit(1);
}

static void bi_read_exactly(uint8_t *to, size_t length) {
  if (fread(to, 1, length, stdin) != length) bi_fail("questions end too early");
}

static uint32_t bi_u16_at(const uint8_t *at) { return (uint32_t)at[0] | (uint32_t)at[1] << 8; }
static uint32_t bi_u32_at(const uint8_t *at) { return bi_u16_at(at) | bi_u16_at(at + 2) << 16; }

/* Hosts come canonical; that this side would have spelled them the same is part of the answer. */
static uint8_t bi_take_host(struct bi_asked *asked, const uint8_t *text, uint32_t length) {
  const int error = bi_canonical_host(&asked->host, text, length);
  if (error != BI_HOST_OK) return (uint8_t)(BI_WIRE_BAD_HOST + (uint32_t)error);
  if (asked->host.kind == BI_HOST_NAME) {
    if (asked->kind != BI_NAME_ASKED) return BI_WIRE_BAD_QUESTION;
    if (asked->host.length != length) return BI_WIRE_NOT_CANONICAL;
    for (uint32_t i = 0; i < length; i++) {
      if (asked->host.name[i] != text[i]) return BI_WIRE_NOT_CANONICAL;
    }
  } else if (asked->kind == BI_NAME_ASKED) {
    /* A host that is an address is judged as one. */
    asked->kind = BI_ADDRESS_ASKED;
  }
  return 0;
}

static void bi_read_question(struct bi_asked *asked) {
  static uint8_t text[65536];
  uint8_t head[6];
  bi_read_exactly(head, sizeof head);
  const uint32_t length = bi_u16_at(head + 4);
  bi_read_exactly(text, length);
  asked->kind = head[0];
  asked->port = bi_u16_at(head + 2);
  asked->refused = 0;
  if (head[0] > BI_DIALLED_ASKED || head[1] != 0) bi_fail("a question of no known kind");
  asked->refused = asked->port == 0 ? BI_WIRE_BAD_QUESTION : bi_take_host(asked, text, length);
}

static void bi_write_answers(const struct bi_asked *asked, uint32_t count, uint8_t *answers) {
  const uint8_t head[4] = {(uint8_t)count, (uint8_t)(count >> 8), (uint8_t)(count >> 16), (uint8_t)(count >> 24)};
  for (uint32_t i = 0; i < count; i++) {
    if (asked[i].refused != 0) answers[i] = asked[i].refused;
  }
  if (fwrite(head, 1, sizeof head, stdout) != sizeof head || fwrite(answers, 1, count, stdout) != count ||
      fflush(stdout) != 0) {
    bi_fail("answers cannot be written");
  }
}

/* Serves batches until the input ends. Every answer begins as BI_ERROR. */
static int bi_serve(uint32_t policies, bi_answer_batch *answer) {
  static struct bi_asked asked[BI_WIRE_BATCH_MAX];
  static uint8_t answers[BI_WIRE_BATCH_MAX];
  uint8_t head[8];
  size_t got;
  while ((got = fread(head, 1, sizeof head, stdin)) == sizeof head) {
    const uint32_t policy = bi_u32_at(head);
    const uint32_t count = bi_u32_at(head + 4);
    if (policy >= policies) bi_fail("no such policy");
    if (count == 0 || count > BI_WIRE_BATCH_MAX) bi_fail("a batch of no allowed size");
    for (uint32_t i = 0; i < count; i++) {
      bi_read_question(&asked[i]);
      answers[i] = BI_ERROR;
    }
    if (answer(policy, asked, count, answers) != 0) bi_fail("the policy cannot be asked");
    bi_write_answers(asked, count, answers);
  }
  if (got != 0 || ferror(stdin)) bi_fail("questions end too early");
  return 0;
}

#endif
