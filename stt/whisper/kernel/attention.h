// Attention of one head, sixteen numbers at a time.
#pragma once

#include "lanes.h"

// 16 places at a time: a cache line.
static void turn(const float *k, int ld, int t, float *keys, int pad) {
  for (int i = 0; i < pad; i += 16)
    for (int d = 0; d < AK_HEAD; d++) v16_store(keys + (size_t)d * pad + i, v16_gather(v16_first(t - i), k + (size_t)i * ld + d, ld));
}

static void keep_half(uint16_t *to, const float *from, size_t n) {
  for (size_t i = 0; i < n; i += 16) v16_store_half(to + i, v16_load(from + i));
}

static void attend_self(const float *q, const float *keys, const float *values, const int32_t *rows, int n, int s, float *scores, float *out) {
  const v16 q0 = v16_load(q), q1 = v16_load(q + 16), q2 = v16_load(q + 32), q3 = v16_load(q + 48);
  for (int i = 0; i < n; i++) {
    const float *k = keys + (size_t)rows[i] * s;
    v16 a = v16_mul(q0, v16_load(k)), b = v16_mul(q1, v16_load(k + 16));
    a = v16_fmadd(q2, v16_load(k + 32), a);
    b = v16_fmadd(q3, v16_load(k + 48), b);
    scores[i] = v16_sum(v16_add(a, b));
  }
  softmax(scores, n, (n + 15) / 16 * 16, 0.125f);  // 1/sqrt(64)
  v16 a0 = v16_zero(), a1 = a0, a2 = a0, a3 = a0;
  for (int i = 0; i < n; i++) {
    const float *v = values + (size_t)rows[i] * s;
    const v16 p = v16_set(scores[i]);
    a0 = v16_fmadd(p, v16_load(v), a0);
    a1 = v16_fmadd(p, v16_load(v + 16), a1);
    a2 = v16_fmadd(p, v16_load(v + 32), a2);
    a3 = v16_fmadd(p, v16_load(v + 48), a3);
  }
  v16_store(out, a0), v16_store(out + 16, a1), v16_store(out + 32, a2), v16_store(out + 48, a3);
}

static void attend_audio(const float *q, const uint16_t *keys, const uint16_t *values, int t, int pad, int s, float *scores, float *out) {
  for (int i = 0; i < pad; i += 64) {
    v16 a0 = v16_zero(), a1 = a0, a2 = a0, a3 = a0;
    for (int d = 0; d < AK_HEAD; d++) {
      const uint16_t *k = keys + (size_t)d * pad + i;
      const v16 qd = v16_set(q[d]);
      a0 = v16_fmadd(qd, v16_load_half(k), a0);
      a1 = v16_fmadd(qd, v16_load_half(k + 16), a1);
      a2 = v16_fmadd(qd, v16_load_half(k + 32), a2);
      a3 = v16_fmadd(qd, v16_load_half(k + 48), a3);
    }
    v16_store(scores + i, a0), v16_store(scores + i + 16, a1), v16_store(scores + i + 32, a2), v16_store(scores + i + 48, a3);
  }
  softmax(scores, t, pad, 0.125f);
  v16 a0 = v16_zero(), a1 = a0, a2 = a0, a3 = a0;
  for (int i = 0; i < t; i++) {
    const uint16_t *v = values + (size_t)i * s;
    const v16 p = v16_set(scores[i]);
    a0 = v16_fmadd(p, v16_load_half(v), a0);
    a1 = v16_fmadd(p, v16_load_half(v + 16), a1);
    a2 = v16_fmadd(p, v16_load_half(v + 32), a2);
    a3 = v16_fmadd(p, v16_load_half(v + 48), a3);
  }
  v16_store(out, a0), v16_store(out + 16, a1), v16_store(out + 32, a2), v16_store(out + 48, a3);
}
