/* `decide --runtime c`: asks the generated tables, compiled. The protocol stands in wire.h. */

#include "units.h"
#include "wire.h"

static int answer(uint32_t policy, const struct bi_asked *asked, uint32_t count, uint8_t *answers) {
  for (uint32_t i = 0; i < count; i++) {
    if (asked[i].refused != 0) continue;
    answers[i] = (uint8_t)bi_units[policy](asked[i].kind == BI_DIALLED_ASKED, &asked[i].host, asked[i].port);
  }
  return 0;
}

int main(void) { return bi_serve(bi_unit_count, answer); }
