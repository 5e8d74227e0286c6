#include <math.h>

#include "internal.h"

void ak_layer_norm(const float *in, int rows, int n, const float *scale_shift, float *out) {
  for (int r = 0; r < rows; r++, in += n, out += n) {
    __m512 sum = _mm512_setzero_ps(), square = _mm512_setzero_ps();
    for (int i = 0; i < n; i += 16) sum = _mm512_add_ps(sum, _mm512_loadu_ps(in + i));
    const __m512 mean = _mm512_set1_ps(_mm512_reduce_add_ps(sum) / n);
    for (int i = 0; i < n; i += 16) {
      __m512 d = _mm512_sub_ps(_mm512_loadu_ps(in + i), mean);
      square = _mm512_fmadd_ps(d, d, square);
    }
    const __m512 inverse = _mm512_set1_ps(1.0f / sqrtf(_mm512_reduce_add_ps(square) / n + 1e-5f));
    for (int i = 0; i < n; i += 16) {
      __m512 d = _mm512_mul_ps(_mm512_sub_ps(_mm512_loadu_ps(in + i), mean), inverse);
      _mm512_storeu_ps(out + i, _mm512_fmadd_ps(d, _mm512_loadu_ps(scale_shift + i), _mm512_loadu_ps(scale_shift + n + i)));
    }
  }
}

static __mmask16 first(int n) { return n >= 16 ? 0xffff : (__mmask16)((1u << n) - 1); }

// Softmax over n of `padded` places; the others become zero.
void ak_softmax(float *x, int n, int padded, float scale) {
  __m512 most = _mm512_set1_ps(-INFINITY), sum = _mm512_setzero_ps();
  for (int i = 0; i < n; i += 16) most = _mm512_mask_max_ps(most, first(n - i), most, _mm512_loadu_ps(x + i));
  const __m512 top = _mm512_set1_ps(_mm512_reduce_max_ps(most)), by = _mm512_set1_ps(scale);
  for (int i = 0; i < padded; i += 16) {
    const __mmask16 mask = i < n ? first(n - i) : 0;
    __m512 v = ak_exp(_mm512_mul_ps(_mm512_sub_ps(_mm512_maskz_loadu_ps(mask, x + i), top), by));
    v = _mm512_maskz_mov_ps(mask, v);
    sum = _mm512_add_ps(sum, v);
    _mm512_storeu_ps(x + i, v);
  }
  const __m512 inverse = _mm512_set1_ps(1.0f / _mm512_reduce_add_ps(sum));
  for (int i = 0; i < padded; i += 16) _mm512_storeu_ps(x + i, _mm512_mul_ps(_mm512_loadu_ps(x + i), inverse));
}

void ak_add_bias_gelu(float *x, int rows, int n, const float *bias) {
  for (int r = 0; r < rows; r++, x += n)
    for (int i = 0; i < n; i += 16)
      _mm512_storeu_ps(x + i, ak_gelu16(_mm512_add_ps(_mm512_loadu_ps(x + i), _mm512_loadu_ps(bias + i))));
}

float ak_log_sum(const float *logits, int n) {
  __m512 most = _mm512_set1_ps(-INFINITY);
  for (int i = 0; i < n; i += 16) most = _mm512_mask_max_ps(most, first(n - i), most, _mm512_maskz_loadu_ps(first(n - i), logits + i));
  const float top = _mm512_reduce_max_ps(most);
  if (top == -INFINITY) return top;
  __m512 sum = _mm512_setzero_ps();
  for (int i = 0; i < n; i += 16) {
    const __mmask16 mask = first(n - i);
    __m512 v = ak_exp(_mm512_sub_ps(_mm512_maskz_loadu_ps(mask, logits + i), _mm512_set1_ps(top)));
    sum = _mm512_mask_add_ps(sum, mask, sum, v);
  }
  return top + logf(_mm512_reduce_add_ps(sum));
}

int ak_best(const float *logits, int n, float *log_probability) {
  __m512 most = _mm512_set1_ps(-INFINITY);
  for (int i = 0; i < n; i += 16) most = _mm512_mask_max_ps(most, first(n - i), most, _mm512_maskz_loadu_ps(first(n - i), logits + i));
  const float top = _mm512_reduce_max_ps(most);
  *log_probability = top - ak_log_sum(logits, n);
  const __m512 wanted = _mm512_set1_ps(top);
  for (int i = 0; i < n; i += 16) {
    const __mmask16 hit = _mm512_mask_cmp_ps_mask(first(n - i), _mm512_maskz_loadu_ps(first(n - i), logits + i), wanted, _CMP_EQ_OQ);
    if (hit) return i + __builtin_ctz(hit);
  }
  return 0;
}

int ak_top(const float *logits, int n, int k, int32_t *tokens, float *log_probabilities) {
  int found = 0;
  float least = -INFINITY;  // what a token must exceed
  for (int i = 0; i < n; i += 16) {
    __mmask16 hit = _mm512_mask_cmp_ps_mask(first(n - i), _mm512_maskz_loadu_ps(first(n - i), logits + i), _mm512_set1_ps(least), _CMP_GT_OQ);
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
  const float sum = ak_log_sum(logits, n);
  for (int i = 0; i < found; i++) log_probabilities[i] -= sum;
  return found;
}
