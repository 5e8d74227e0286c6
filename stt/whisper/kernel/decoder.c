#include "internal.h"

// Attention of one token over the tokens up to its own place.
static void attend_self(ak_model *m, int layer, const float *q, int place, float *out) {
  const int s = m->shape.state;
  const float *keys = m->self_keys[layer], *values = m->self_values[layer];
  float *scores = m->scores;
  const int n = place + 1, pad = (n + 15) / 16 * 16;
  for (int h = 0; h < s; h += AK_HEAD) {
    const __m512 q0 = _mm512_loadu_ps(q + h), q1 = _mm512_loadu_ps(q + h + 16);
    const __m512 q2 = _mm512_loadu_ps(q + h + 32), q3 = _mm512_loadu_ps(q + h + 48);
    for (int i = 0; i < n; i++) {
      const float *k = keys + (size_t)i * s + h;
      __m512 a = _mm512_mul_ps(q0, _mm512_loadu_ps(k)), b = _mm512_mul_ps(q1, _mm512_loadu_ps(k + 16));
      a = _mm512_fmadd_ps(q2, _mm512_loadu_ps(k + 32), a);
      b = _mm512_fmadd_ps(q3, _mm512_loadu_ps(k + 48), b);
      scores[i] = _mm512_reduce_add_ps(_mm512_add_ps(a, b));
    }
    ak_softmax(scores, n, pad, 0.125f);
    ak_sgemm(1, 1, n, scores, pad, values + h, s, 0, out + h, s);
  }
}

static __m512 half(const uint16_t *p) { return _mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)p)); }

// Attention of one token over the audio; aligned heads leave their weights in m->attention.
static void attend_audio(ak_model *m, int layer, const float *q, float *out) {
  const int t = m->positions, pad = m->positions_padded, s = m->shape.state;
  float *scores = m->scores;
  for (int h = 0; h < s / AK_HEAD; h++) {
    const uint16_t *keys = m->cross_keys[layer] + (size_t)h * AK_HEAD * pad;
    for (int i = 0; i < pad; i += 64) {
      __m512 a[4] = {_mm512_setzero_ps(), _mm512_setzero_ps(), _mm512_setzero_ps(), _mm512_setzero_ps()};
      for (int d = 0; d < AK_HEAD; d++) {
        const __m512 qd = _mm512_set1_ps(q[h * AK_HEAD + d]);
        for (int j = 0; j < 4; j++) a[j] = _mm512_fmadd_ps(qd, half(keys + (size_t)d * pad + i + 16 * j), a[j]);
      }
      for (int j = 0; j < 4; j++) _mm512_storeu_ps(scores + i + 16 * j, a[j]);
    }
    ak_softmax(scores, t, pad, 0.125f);
    __m512 a[4] = {_mm512_setzero_ps(), _mm512_setzero_ps(), _mm512_setzero_ps(), _mm512_setzero_ps()};
    for (int i = 0; i < t; i++) {
      const uint16_t *v = m->cross_values[layer] + (size_t)i * s + h * AK_HEAD;
      const __m512 p = _mm512_set1_ps(scores[i]);
      for (int j = 0; j < 4; j++) a[j] = _mm512_fmadd_ps(p, half(v + 16 * j), a[j]);
    }
    for (int j = 0; j < 4; j++) _mm512_storeu_ps(out + h * AK_HEAD + 16 * j, a[j]);
    for (int i = 0; i < m->aligned; i++)
      if (m->align[i] == layer * 256 + h)
        for (int k = 0; k < t; k++) m->attention[k] += scores[k] / m->aligned;
  }
}

static void decoder_layer(ak_model *m, int layer, int n, int past) {
  const ak_layer *l = m->decoder + layer;
  const int s = m->shape.state;
  ak_layer_norm(m->x, n, s, l->ln1, m->normal);
  ak_quantize(m->normal, s, n, s, &m->rows);
  ak_gemm(m->pool, &l->qkv, &m->rows, n, m->wide, 3 * s, AK_STORE);
  for (int i = 0; i < n; i++) {
    const float *row = m->wide + (size_t)i * 3 * s;
    memcpy(m->self_keys[layer] + (size_t)(past + i) * s, row + s, s * sizeof(float));
    memcpy(m->self_values[layer] + (size_t)(past + i) * s, row + 2 * s, s * sizeof(float));
    attend_self(m, layer, row, past + i, m->heads + (size_t)i * s);
  }
  ak_quantize(m->heads, s, n, s, &m->rows);
  ak_gemm(m->pool, &l->out, &m->rows, n, m->x, s, AK_ADD);

  ak_layer_norm(m->x, n, s, l->ln_cross, m->normal);
  ak_quantize(m->normal, s, n, s, &m->rows);
  ak_gemm(m->pool, &l->cross_q, &m->rows, n, m->wide, s, AK_STORE);
  for (int i = 0; i < n; i++) {
    if (i == n - 1 && layer == 0) memset(m->attention, 0, m->positions * sizeof(float));
    const int aligned = m->aligned;
    if (i < n - 1) m->aligned = 0;  // only the last token's attention is asked for
    attend_audio(m, layer, m->wide + (size_t)i * s, m->heads + (size_t)i * s);
    m->aligned = aligned;
  }
  ak_quantize(m->heads, s, n, s, &m->rows);
  ak_gemm(m->pool, &l->cross_out, &m->rows, n, m->x, s, AK_ADD);

  ak_layer_norm(m->x, n, s, l->ln2, m->normal);
  ak_quantize(m->normal, s, n, s, &m->rows);
  ak_gemm(m->pool, &l->fc1, &m->rows, n, m->wide, 4 * s, AK_STORE_GELU);
  ak_quantize(m->wide, 4 * s, n, 4 * s, &m->rows);
  ak_gemm(m->pool, &l->fc2, &m->rows, n, m->x, s, AK_ADD);
}

int ak_decode(ak_model *m, const int32_t *tokens, int n, int past, const int32_t *stop) {
  const int s = m->shape.state;
  for (int i = 0; i < n; i++) {
    float *x = m->x + (size_t)i * s;
    const float *position = m->dec_position + (size_t)(past + i) * s;
    ak_unpack_row(&m->embedding, tokens[i], x);
    for (int k = 0; k < s; k++) x[k] += position[k];
  }
  for (int i = 0; i < m->shape.text_layers; i++) {
    if (ak_stopped(stop)) return 1;
    decoder_layer(m, i, n, past);
  }
  ak_layer_norm(m->x + (size_t)(n - 1) * s, 1, s, m->dec_ln, m->normal);
  ak_quantize(m->normal, s, 1, s, &m->rows);
  ak_gemm(m->pool, &m->embedding, &m->rows, 1, m->logits, 0, AK_STORE);
  return ak_stopped(stop);
}
