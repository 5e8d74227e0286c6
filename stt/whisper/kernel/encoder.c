#include "internal.h"

enum { BLOCK = 48 };  // query rows at a time, so that their scores stay in the cache

typedef struct {
  ak_model *m;
  int rows, k, lda;
  const float *a, *b;
  float *c;
} convolution;

static void convolve_panel(void *context, int p) {
  const convolution *j = context;
  const int s = j->m->shape.state;
  ak_sgemm(j->rows, 1, j->k, j->a, j->lda, j->b + (size_t)p * j->k * AK_PANEL, AK_PANEL, 0, j->c + p * AK_PANEL, s);
}

// Two convolutions over time with kernel 3, the second with stride 2. Rows of
// time overlap in memory, so that three taps are one row of a product.
static void convolve(ak_model *m) {
  const int t = m->positions, s = m->shape.state, mels = m->shape.mels;
  memset(m->hidden, 0, s * sizeof(float));
  memset(m->hidden + (size_t)(2 * t + 1) * s, 0, s * sizeof(float));
  convolution first = {m, 2 * t, 3 * mels, mels, m->mel, m->conv1, m->hidden + s};
  ak_parallel(m->pool, s / AK_PANEL, convolve_panel, &first);
  ak_add_bias_gelu(m->hidden + s, 2 * t, s, m->conv1_bias);
  convolution second = {m, t, 3 * s, 2 * s, m->hidden, m->conv2, m->x};
  ak_parallel(m->pool, s / AK_PANEL, convolve_panel, &second);
  ak_add_bias_gelu(m->x, t, s, m->conv2_bias);
  for (size_t i = 0; i < (size_t)t * s; i += 16)
    _mm512_storeu_ps(m->x + i, _mm512_add_ps(_mm512_loadu_ps(m->x + i), _mm512_loadu_ps(m->enc_position + i)));
}

// Turns t rows of one head into 64 rows of pad places, 16 at a time: a cache line.
static void turn(const float *k, int ld, int t, float *keys, int pad) {
  for (int i = 0; i < pad; i += 16) {
    const __m512i rows = _mm512_mullo_epi32(_mm512_set1_epi32(ld), _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15));
    const __mmask16 there = t - i >= 16 ? 0xffff : t > i ? (1u << (t - i)) - 1 : 0;
    for (int d = 0; d < AK_HEAD; d++)
      _mm512_storeu_ps(keys + (size_t)d * pad + i, _mm512_mask_i32gather_ps(_mm512_setzero_ps(), there, rows, k + (size_t)i * ld + d, 4));
  }
}

// One head's attention: m->wide has query, key and value in each row.
static void attend_head(void *context, int h) {
  ak_model *m = context;
  const int t = m->positions, pad = m->positions_padded, s = m->shape.state;
  const float *q = m->wide + h * AK_HEAD, *k = q + s, *v = k + s;
  float *keys = m->keys + (size_t)h * AK_HEAD * pad;
  float *scores = m->scores + (size_t)h * BLOCK * pad;
  turn(k, 3 * s, t, keys, pad);
  for (int r = 0; r < t; r += BLOCK) {
    const int n = t - r < BLOCK ? t - r : BLOCK;
    ak_sgemm(n, pad / AK_PANEL, AK_HEAD, q + (size_t)r * 3 * s, 3 * s, keys, pad, AK_PANEL, scores, pad);
    for (int i = 0; i < n; i++) ak_softmax(scores + (size_t)i * pad, t, pad, 0.125f);  // 1/sqrt(64)
    ak_sgemm(n, 1, t, scores, pad, v, 3 * s, 0, m->heads + (size_t)r * s + h * AK_HEAD, s);
  }
}

static void encoder_layer(ak_model *m, const ak_layer *l) {
  const int t = m->positions, s = m->shape.state;
  ak_layer_norm(m->x, t, s, l->ln1, m->normal);
  ak_quantize(m->normal, s, t, s, &m->rows);
  ak_gemm(m->pool, &l->qkv, &m->rows, t, m->wide, 3 * s, AK_STORE);
  ak_parallel(m->pool, s / AK_HEAD, attend_head, m);
  ak_quantize(m->heads, s, t, s, &m->rows);
  ak_gemm(m->pool, &l->out, &m->rows, t, m->x, s, AK_ADD);
  ak_layer_norm(m->x, t, s, l->ln2, m->normal);
  ak_quantize(m->normal, s, t, s, &m->rows);
  ak_gemm(m->pool, &l->fc1, &m->rows, t, m->wide, 4 * s, AK_STORE_GELU);
  ak_quantize(m->wide, 4 * s, t, 4 * s, &m->rows);
  ak_gemm(m->pool, &l->fc2, &m->rows, t, m->x, s, AK_ADD);
}

typedef struct {
  ak_model *m;
  int layer;
} cross_job;

static void keep_half(uint16_t *to, const float *from) {
  _mm256_storeu_si256((__m256i *)to, _mm512_cvtps_ph(_mm512_loadu_ps(from), _MM_FROUND_TO_NEAREST_INT));
}

// Keys are kept by dimension and values by position, each as the decoder reads them.
static void keep_cross_head(void *context, int h) {
  const cross_job *j = context;
  const ak_model *m = j->m;
  const int t = m->positions, pad = m->positions_padded, s = m->shape.state;
  const float *k = m->wide + h * AK_HEAD, *v = k + s;
  uint16_t *keys = m->cross_keys[j->layer] + (size_t)h * AK_HEAD * pad;
  uint16_t *values = m->cross_values[j->layer] + h * AK_HEAD;
  float *turned = m->keys + (size_t)h * AK_HEAD * pad;
  turn(k, 2 * s, t, turned, pad);
  for (size_t i = 0; i < (size_t)AK_HEAD * pad; i += 16) keep_half(keys + i, turned + i);
  for (int i = 0; i < t; i++)
    for (int d = 0; d < AK_HEAD; d += 16) keep_half(values + (size_t)i * s + d, v + (size_t)i * 2 * s + d);
}

int ak_encode(ak_model *m, const int16_t *pcm, int samples, int positions, const int32_t *stop) {
  const int s = m->shape.state;
  m->positions = positions;
  m->positions_padded = (positions + AK_PANEL - 1) / AK_PANEL * AK_PANEL;
  ak_log_mel(m, pcm, samples, 2 * positions);
  convolve(m);
  for (int i = 0; i < m->shape.audio_layers; i++) {
    if (ak_stopped(stop)) return 1;
    encoder_layer(m, m->encoder + i);
  }
  ak_layer_norm(m->x, positions, s, m->ln_post, m->normal);
  ak_quantize(m->normal, s, positions, s, &m->rows);
  for (int i = 0; i < m->shape.text_layers; i++) {
    if (ak_stopped(stop)) return 1;
    ak_gemm(m->pool, &m->decoder[i].cross_kv, &m->rows, positions, m->wide, 2 * s, AK_STORE);
    cross_job j = {m, i};
    ak_parallel(m->pool, s / AK_HEAD, keep_cross_head, &j);
  }
  return ak_stopped(stop);
}
