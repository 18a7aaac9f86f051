/* Creates, fills and freezes the maps of one policy, and loads a program over them. Everything that fails is reported. */
#ifndef BI_LOAD_POLICY_H
#define BI_LOAD_POLICY_H

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "decide_batch.h"
#include "policy_layout.h"

struct bi_loaded {
  struct bpf_object *object;
  int program;
  struct bi_bpf_question *questions; /* mapped */
};

static int bi_load_failed(const char *what) {
  fprintf(stderr, "%s: %s\n", what, strerror(errno));
  return -1;
}

/* A trie of the shape that the outer map expects; at least one place, since the kernel makes no empty map. */
static int bi_make_trie(const char *name, uint32_t key_size, uint32_t count) {
  LIBBPF_OPTS(bpf_map_create_opts, options, .map_flags = BPF_F_NO_PREALLOC | BPF_F_RDONLY_PROG);
  const int fd = bpf_map_create(BPF_MAP_TYPE_LPM_TRIE, name, key_size, sizeof(struct bi_bpf_entry),
                                count == 0 ? 1 : count, &options);
  return fd < 0 ? bi_load_failed("a trie cannot be made") : fd;
}

static int bi_put(int fd, const void *key, const void *value) {
  return bpf_map_update_elem(fd, key, value, BPF_NOEXIST) == 0 ? 0 : bi_load_failed("a trie cannot be filled");
}

static int bi_fill_names(int fd, const struct bi_bpf_policy *policy) {
  for (uint32_t i = 0; i < policy->head->name_count; i++) {
    struct bi_bpf_name_key key;
    const struct bi_bpf_name_row *row = &policy->names[i];
    if (row->length > sizeof key.reversed) {
      fprintf(stderr, "a name is longer than a trie takes\n");
      return -1;
    }
    memset(&key, 0, sizeof key);
    key.prefix_bits = row->length * 8;
    memcpy(key.reversed, policy->name_bytes + row->offset, row->length);
    if (bi_put(fd, &key, &row->value) != 0) return -1;
  }
  return 0;
}

static int bi_fill_addr4(int fd, const struct bi_bpf_policy *policy) {
  for (uint32_t i = 0; i < policy->head->addr4_count; i++) {
    if (bi_put(fd, &policy->addr4[i].key, &policy->addr4[i].value) != 0) return -1;
  }
  return 0;
}

static int bi_fill_addr6(int fd, const struct bi_bpf_policy *policy) {
  for (uint32_t i = 0; i < policy->head->addr6_count; i++) {
    if (bi_put(fd, &policy->addr6[i].key, &policy->addr6[i].value) != 0) return -1;
  }
  return 0;
}

static int bi_find_map(struct bpf_object *object, const char *name) {
  const int fd = bpf_object__find_map_fd_by_name(object, name);
  return fd < 0 ? bi_load_failed(name) : fd;
}

typedef int bi_fill(int fd, const struct bi_bpf_policy *policy);

/* Makes a trie, fills it, freezes it, and only then puts it in its place. */
static int bi_install_trie(struct bpf_object *object, const char *name, uint32_t key_size, uint32_t count, bi_fill *fill,
                           const struct bi_bpf_policy *policy) {
  const uint32_t place = 0;
  const int outer = bi_find_map(object, name);
  const int trie = outer < 0 ? -1 : bi_make_trie(name, key_size, count);
  if (trie < 0) return -1;
  int status = fill(trie, policy);
  if (status == 0 && bpf_map_freeze(trie) != 0) status = bi_load_failed("a trie cannot be frozen");
  if (status == 0 && bpf_map_update_elem(outer, &place, &trie, BPF_ANY) != 0) status = bi_load_failed(name);
  close(trie);
  if (status == 0 && bpf_map_freeze(outer) != 0) status = bi_load_failed("a map of tries cannot be frozen");
  return status;
}

/* Fills an array from consecutive rows of `size` bytes, and freezes it. */
static int bi_install_array(struct bpf_object *object, const char *name, const void *rows, uint32_t size, uint32_t count) {
  const int fd = bi_find_map(object, name);
  if (fd < 0) return -1;
  for (uint32_t i = 0; i < count; i++) {
    if (bpf_map_update_elem(fd, &i, (const uint8_t *)rows + (size_t)i * size, BPF_ANY) != 0) return bi_load_failed(name);
  }
  return bpf_map_freeze(fd) == 0 ? 0 : bi_load_failed("an array cannot be frozen");
}

static int bi_size_array(struct bpf_object *object, const char *name, uint32_t count) {
  struct bpf_map *map = bpf_object__find_map_by_name(object, name);
  if (map == NULL || bpf_map__set_max_entries(map, count) != 0) return bi_load_failed(name);
  return 0;
}

static int bi_install(struct bpf_object *object, const struct bi_bpf_policy *policy) {
  const struct bi_bpf_head *head = policy->head;
  /* The head comes last: without it, nothing that the root decides has an answer. */
  if (bi_install_trie(object, "bi_names", sizeof(struct bi_bpf_name_key), head->name_count, bi_fill_names, policy) != 0 ||
      bi_install_trie(object, "bi_addr4", sizeof(struct bi_bpf_addr4_key), head->addr4_count, bi_fill_addr4, policy) != 0 ||
      bi_install_trie(object, "bi_addr6", sizeof(struct bi_bpf_addr6_key), head->addr6_count, bi_fill_addr6, policy) != 0 ||
      bi_install_array(object, "bi_port_maps", policy->port_maps, sizeof *policy->port_maps, head->port_map_count) != 0 ||
      bi_install_array(object, "bi_segments", policy->segments, sizeof *policy->segments, head->segment_count) != 0) {
    return -1;
  }
  return bi_install_array(object, "bi_head", head, sizeof *head, 1);
}

static int bi_map_questions(struct bi_loaded *loaded) {
  const int fd = bi_find_map(loaded->object, "bi_questions");
  if (fd < 0) return -1;
  void *at = mmap(NULL, BI_BATCH_MAX * sizeof(struct bi_bpf_question), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (at == MAP_FAILED) return bi_load_failed("the questions cannot be mapped");
  loaded->questions = at;
  return 0;
}

static void bi_unload_policy(struct bi_loaded *loaded) {
  if (loaded->questions != NULL) munmap(loaded->questions, BI_BATCH_MAX * sizeof(struct bi_bpf_question));
  if (loaded->object != NULL) bpf_object__close(loaded->object);
  memset(loaded, 0, sizeof *loaded);
}

static int bi_open_and_load(struct bi_loaded *loaded, const char *path, const struct bi_bpf_policy *policy) {
  loaded->object = bpf_object__open_file(path, NULL);
  if (loaded->object == NULL) return bi_load_failed("the program cannot be opened");
  if (bi_size_array(loaded->object, "bi_port_maps", policy->head->port_map_count) != 0 ||
      bi_size_array(loaded->object, "bi_segments", policy->head->segment_count) != 0) {
    return -1;
  }
  if (bpf_object__load(loaded->object) != 0) return bi_load_failed("the program cannot be loaded");
  struct bpf_program *program = bpf_object__find_program_by_name(loaded->object, "decide");
  loaded->program = program == NULL ? -1 : bpf_program__fd(program);
  return loaded->program < 0 ? bi_load_failed("the program is not in its object") : 0;
}

/* 0, or -1 with the reason on stderr and nothing left behind. */
static int bi_load_policy(struct bi_loaded *loaded, const char *path, const struct bi_bpf_policy *policy) {
  libbpf_set_strict_mode(LIBBPF_STRICT_ALL);
  if (bi_open_and_load(loaded, path, policy) == 0 && bi_install(loaded->object, policy) == 0 &&
      bi_map_questions(loaded) == 0) {
    return 0;
  }
  bi_unload_policy(loaded);
  return -1;
}

#endif
