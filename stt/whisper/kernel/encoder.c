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
  j->m->k->sgemm(j->rows, 1, j->k, j->a, j->lda, j->b + (size_t)p * j->k * AK_PANEL, AK_PANEL, 0, j->c + p * AK_PANEL, s);
}

// Two convolutions over time with kernel 3, the second with stride 2. Rows of
// time overlap in memory, so that three taps are one row of a product.
static void convolve(ak_model *m) {
  const int t = m->positions, s = m->shape.state, mels = m->shape.mels;
  memset(m->hidden, 0, s * sizeof(float));
  memset(m->hidden + (size_t)(2 * t + 1) * s, 0, s * sizeof(float));
  convolution first = {m, 2 * t, 3 * mels, mels, m->mel, m->conv1, m->hidden + s};
  ak_parallel(m->pool, s / AK_PANEL, convolve_panel, &first);
  m->k->add_bias_gelu(m->hidden + s, 2 * t, s, m->conv1_bias);
  convolution second = {m, t, 3 * s, 2 * s, m->hidden, m->conv2, m->x};
  ak_parallel(m->pool, s / AK_PANEL, convolve_panel, &second);
  m->k->add_bias_gelu(m->x, t, s, m->conv2_bias);
  m->k->add(m->x, m->enc_position, (size_t)t * s);
}

// One head's attention: m->wide has query, key and value in each row.
static void attend_head(void *context, int h) {
  ak_model *m = context;
  const int t = m->positions, pad = m->positions_padded, s = m->shape.state;
  const float *q = m->wide + h * AK_HEAD, *k = q + s, *v = k + s;
  float *keys = m->keys + (size_t)h * AK_HEAD * pad;
  float *scores = m->scores + (size_t)h * BLOCK * pad;
  m->k->turn(k, 3 * s, t, keys, pad);
  for (int r = 0; r < t; r += BLOCK) {
    const int n = t - r < BLOCK ? t - r : BLOCK;
    m->k->sgemm(n, pad / AK_PANEL, AK_HEAD, q + (size_t)r * 3 * s, 3 * s, keys, pad, AK_PANEL, scores, pad);
    for (int i = 0; i < n; i++) m->k->softmax(scores + (size_t)i * pad, t, pad, 0.125f);  // 1/sqrt(64)
    m->k->sgemm(n, 1, t, scores, pad, v, 3 * s, 0, m->heads + (size_t)r * s + h * AK_HEAD, s);
  }
}

static void encoder_layer(ak_model *m, const ak_layer *l) {
  const int t = m->positions, s = m->shape.state;
  m->k->layer_norm(m->x, t, s, l->ln1, m->normal);
  m->k->quantize(m->normal, s, t, s, &m->rows);
  m->k->gemm(m->pool, &l->qkv, &m->rows, t, m->wide, 3 * s, AK_STORE);
  ak_parallel(m->pool, s / AK_HEAD, attend_head, m);
  m->k->quantize(m->heads, s, t, s, &m->rows);
  m->k->gemm(m->pool, &l->out, &m->rows, t, m->x, s, AK_ADD);
  m->k->layer_norm(m->x, t, s, l->ln2, m->normal);
  m->k->quantize(m->normal, s, t, s, &m->rows);
  m->k->gemm(m->pool, &l->fc1, &m->rows, t, m->wide, 4 * s, AK_STORE_GELU);
  m->k->quantize(m->wide, 4 * s, t, 4 * s, &m->rows);
  m->k->gemm(m->pool, &l->fc2, &m->rows, t, m->x, s, AK_ADD);
}

typedef struct {
  ak_model *m;
  int layer;
} cross_job;

// Keys are kept by dimension and values by position, each as the decoder reads them.
static void keep_cross_head(void *context, int h) {
  const cross_job *j = context;
  const ak_model *m = j->m;
  const int t = m->positions, pad = m->positions_padded, s = m->shape.state;
  const float *k = m->wide + h * AK_HEAD, *v = k + s;
  uint16_t *keys = m->cross_keys[j->layer] + (size_t)h * AK_HEAD * pad;
  uint16_t *values = m->cross_values[j->layer] + h * AK_HEAD;
  float *turned = m->keys + (size_t)h * AK_HEAD * pad;
  m->k->turn(k, 2 * s, t, turned, pad);
  m->k->keep_half(keys, turned, (size_t)AK_HEAD * pad);
  for (int i = 0; i < t; i++) m->k->keep_half(values + (size_t)i * s, v + (size_t)i * 2 * s, AK_HEAD);
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
  m->k->layer_norm(m->x, positions, s, m->ln_post, m->normal);
  m->k->quantize(m->normal, s, positions, s, &m->rows);
  for (int i = 0; i < m->shape.text_layers; i++) {
    if (ak_stopped(stop)) return 1;
    m->k->gemm(m->pool, &m->decoder[i].cross_kv, &m->rows, positions, m->wide, 2 * s, AK_STORE);
    cross_job j = {m, i};
    ak_parallel(m->pool, s / AK_HEAD, keep_cross_head, &j);
  }
  return ak_stopped(stop);
}
