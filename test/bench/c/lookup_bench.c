/*
 * Look-ups side by side: usage `lookup_bench NAMES HITS MISSES ROUNDS`, each a file of one name a line. Prints one line a
 * measure: label, nanoseconds of a look-up (median of the rounds), entries found.
 *
 * Each table is its own function that is not inlined; rounds of all tables alternate, so that a slow stretch of the machine
 * falls on all of them.
 */
#define _POSIX_C_SOURCE 200809L
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <uthash.h>

#define MAX_ROUNDS 101
#define PASSES 8

struct query {
  const char *name;
  uint32_t length;
};

struct queries {
  struct query *all;
  uint32_t count;
};

struct row {
  UT_hash_handle hh;
  const char *name;
};

int find_exact(const char *name, uint32_t length);
int find_wild(const char *name, uint32_t length);
int find_canonical(const char *name, uint32_t length);
#ifdef WITH_GPERF
const char *in_gperf(const char *name, size_t length);
static int find_gperf(const char *name, uint32_t length) { return in_gperf(name, length) != NULL; }
#endif

static struct row *hash_rows;

static __attribute__((noinline)) int find_uthash(const char *name, uint32_t length) {
  struct row *found;
  HASH_FIND(hh, hash_rows, name, length, found);
  return found != NULL;
}

static void die(const char *what) {
  perror(what);
  exit(1);
}

/* Hosts reach a look-up from somewhere on the heap, not in a row: each has cache lines of its own. */
static const char *own_copy(const char *text) {
  char *copy = aligned_alloc(64, (strlen(text) + 64) / 64 * 64);
  if (copy == NULL) die("aligned_alloc");
  return strcpy(copy, text);
}

static struct queries read_queries(const char *path) {
  FILE *file = fopen(path, "rb");
  if (file == NULL || fseek(file, 0, SEEK_END) != 0) die(path);
  const long size = ftell(file);
  rewind(file);
  char *text = malloc((size_t)size + 1);
  if (text == NULL || fread(text, 1, (size_t)size, file) != (size_t)size) die(path);
  fclose(file);
  text[size] = 0;
  struct queries out = {calloc((size_t)size + 1, sizeof(struct query)), 0};
  for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n")) {
    out.all[out.count++] = (struct query){own_copy(line), (uint32_t)strlen(line)};
  }
  free(text);
  return out;
}

static double now_ns(void) {
  struct timespec at;
  clock_gettime(CLOCK_MONOTONIC, &at);
  return (double)at.tv_sec * 1e9 + (double)at.tv_nsec;
}

struct measure {
  const char *label;
  int (*find)(const char *, uint32_t);
  const struct queries *queries;
  double rounds[MAX_ROUNDS];
  uint32_t found;
};

static void run_round(struct measure *measure, int round) {
  uint32_t found = 0;
  const double start = now_ns();
  for (int pass = 0; pass < PASSES; pass++) {
    for (uint32_t i = 0; i < measure->queries->count; i++) {
      found += (uint32_t)measure->find(measure->queries->all[i].name, measure->queries->all[i].length);
    }
  }
  measure->rounds[round] = (now_ns() - start) / PASSES / measure->queries->count;
  measure->found = found / PASSES;
}

static int compare(const void *left, const void *right) {
  const double a = *(const double *)left;
  const double b = *(const double *)right;
  return (a > b) - (a < b);
}

int main(int argc, char **argv) {
  if (argc != 5) return 2;
  const struct queries names = read_queries(argv[1]);
  const struct queries hits = read_queries(argv[2]);
  const struct queries misses = read_queries(argv[3]);
  const int rounds = atoi(argv[4]);
  if (rounds < 1 || rounds > MAX_ROUNDS) return 2;
  for (uint32_t i = 0; i < names.count; i++) {
    struct row *row = calloc(1, sizeof *row);
    row->name = names.all[i].name;
    HASH_ADD_KEYPTR(hh, hash_rows, row->name, names.all[i].length, row);
  }
  struct measure measures[] = {
#ifdef WITH_GPERF
      {"gperf hit", find_gperf, &hits, {0}, 0},
      {"gperf miss", find_gperf, &misses, {0}, 0},
#endif
      {"uthash hit", find_uthash, &hits, {0}, 0},
      {"uthash miss", find_uthash, &misses, {0}, 0},
      {"ours hit", find_exact, &hits, {0}, 0},
      {"ours miss", find_exact, &misses, {0}, 0},
      {"wild miss", find_wild, &misses, {0}, 0},
      {"canonical hit", find_canonical, &hits, {0}, 0},
      {"canonical miss", find_canonical, &misses, {0}, 0},
  };
  const int count = (int)(sizeof measures / sizeof measures[0]);
  for (int i = 0; i < count; i++) run_round(&measures[i], 0); /* warm up */
  for (int round = 0; round < rounds; round++) {
    for (int i = 0; i < count; i++) run_round(&measures[i], round);
  }
  for (int i = 0; i < count; i++) {
    qsort(measures[i].rounds, (size_t)rounds, sizeof(double), compare);
    printf("%s\t%.3f\t%u\n", measures[i].label, measures[i].rounds[rounds / 2], measures[i].found);
  }
  return 0;
}
