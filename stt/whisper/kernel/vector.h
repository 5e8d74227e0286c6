// Norms, softmax and the choice of tokens, sixteen numbers at a time.
#pragma once

#include <math.h>

#include "lanes.h"

static void layer_norm(const float *in, int rows, int n, const float *scale_shift, float *out) {
  for (int r = 0; r < rows; r++, in += n, out += n) {
    v16 sum = v16_zero(), square = v16_zero();
    for (int i = 0; i < n; i += 16) sum = v16_add(sum, v16_load(in + i));
    const v16 mean = v16_set(v16_sum(sum) / n);
    for (int i = 0; i < n; i += 16) {
      const v16 d = v16_sub(v16_load(in + i), mean);
      square = v16_fmadd(d, d, square);
    }
    const v16 inverse = v16_set(1.0f / sqrtf(v16_sum(square) / n + 1e-5f));
    for (int i = 0; i < n; i += 16) {
      const v16 d = v16_mul(v16_sub(v16_load(in + i), mean), inverse);
      v16_store(out + i, v16_fmadd(d, v16_load(scale_shift + i), v16_load(scale_shift + n + i)));
    }
  }
}

// Softmax over n of `padded` places; the others become zero.
static void softmax(float *x, int n, int padded, float scale) {
  v16 most = v16_set(-INFINITY), sum = v16_zero();
  for (int i = 0; i < n; i += 16) most = v16_max(most, v16_load_masked(most, v16_first(n - i), x + i));
  const v16 top = v16_set(v16_most(most)), by = v16_set(scale);
  for (int i = 0; i < padded; i += 16) {
    const v16_mask there = v16_first(n - i);
    v16 v = v16_exp(v16_mul(v16_sub(v16_load_masked(top, there, x + i), top), by));
    v = v16_keep(there, v);
    sum = v16_add(sum, v);
    v16_store(x + i, v);
  }
  const v16 inverse = v16_set(1.0f / v16_sum(sum));
  for (int i = 0; i < padded; i += 16) v16_store(x + i, v16_mul(v16_load(x + i), inverse));
}

static void add_bias_gelu(float *x, int rows, int n, const float *bias) {
  for (int r = 0; r < rows; r++, x += n)
    for (int i = 0; i < n; i += 16) v16_store(x + i, v16_gelu(v16_add(v16_load(x + i), v16_load(bias + i))));
}

static void add(float *x, const float *y, size_t n) {
  for (size_t i = 0; i < n; i += 16) v16_store(x + i, v16_add(v16_load(x + i), v16_load(y + i)));
}

static float most_of(const float *logits, int n) {
  v16 most = v16_set(-INFINITY);
  for (int i = 0; i < n; i += 16) most = v16_max(most, v16_load_masked(most, v16_first(n - i), logits + i));
  return v16_most(most);
}

static float log_sum(const float *logits, int n) {
  const float top = most_of(logits, n);
  if (top == -INFINITY) return top;
  v16 sum = v16_zero();
  for (int i = 0; i < n; i += 16) {
    const v16_mask there = v16_first(n - i);
    sum = v16_add(sum, v16_keep(there, v16_exp(v16_sub(v16_load_masked(v16_zero(), there, logits + i), v16_set(top)))));
  }
  return top + logf(v16_sum(sum));
}

static int best(const float *logits, int n, float *log_probability) {
  const float top = most_of(logits, n);
  *log_probability = top - log_sum(logits, n);
  for (int i = 0; i < n; i += 16) {
    const v16_mask there = v16_first(n - i);
    const unsigned hit = v16_equal(there, v16_load_masked(v16_zero(), there, logits + i), v16_set(top));
    if (hit) return i + __builtin_ctz(hit);
  }
  return 0;
}

static int top(const float *logits, int n, int k, int32_t *tokens, float *log_probabilities) {
  int found = 0;
  float least = -INFINITY;  // what a token must exceed
  for (int i = 0; i < n; i += 16) {
    const v16_mask there = v16_first(n - i);
    unsigned hit = v16_greater(there, v16_load_masked(v16_zero(), there, logits + i), v16_set(least));
    for (; hit; hit &= hit - 1) {
      const int token = i + __builtin_ctz(hit);
      const float v = logits[token];
      if (v <= least) continue;
      int at = found < k ? found++ : k - 1;
      for (; at > 0 && log_probabilities[at - 1] < v; at--) log_probabilities[at] = log_probabilities[at - 1], tokens[at] = tokens[at - 1];
      log_probabilities[at] = v, tokens[at] = token;
      if (found == k) least = log_probabilities[k - 1];
    }
  }
  const float sum = log_sum(logits, n);
  for (int i = 0; i < found; i++) log_probabilities[i] -= sum;
  return found;
}
