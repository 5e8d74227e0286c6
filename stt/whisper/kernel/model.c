// Reads half precision, as all processors that have kernels can.
#pragma GCC target("avx2,f16c")

#include <immintrin.h>
#include <stdlib.h>

#include "internal.h"

void *ak_alloc(size_t bytes) {
  bytes = (bytes + 127) / 64 * 64;  // and room for one load too far
  void *p = aligned_alloc(64, bytes);
  if (p) memset(p, 0, bytes);
  return p;
}

// Fresh pages are zero and take no memory until they are written, so that the
// places for 30 s cost nothing while callers speak for 5.
static float *lazy(size_t floats) { return calloc(floats + 32, sizeof(float)); }

static size_t padded(size_t n) { return (n + AK_PANEL - 1) / AK_PANEL * AK_PANEL; }

static void new_matrix(ak_matrix *w, int rows, int cols) {
  const size_t r = padded(rows);
  w->rows = rows, w->cols = cols;
  w->data = ak_alloc(r * cols);
  memset(w->data, 128, r * cols);
  w->scale = ak_alloc(r * sizeof(float));
  w->bias = ak_alloc(r * sizeof(float));
}

static void free_matrix(ak_matrix *w) {
  free(w->data), free(w->scale), free(w->bias);
}

static ak_layer *new_layers(int n, int s, bool cross) {
  ak_layer *layers = calloc(n, sizeof *layers);
  for (int i = 0; i < n; i++) {
    ak_layer *l = layers + i;
    new_matrix(&l->qkv, 3 * s, s);
    new_matrix(&l->out, s, s);
    new_matrix(&l->fc1, 4 * s, s);
    new_matrix(&l->fc2, s, 4 * s);
    l->ln1 = ak_alloc(2 * s * sizeof(float));
    l->ln2 = ak_alloc(2 * s * sizeof(float));
    if (!cross) continue;
    new_matrix(&l->cross_q, s, s);
    new_matrix(&l->cross_kv, 2 * s, s);
    new_matrix(&l->cross_out, s, s);
    l->ln_cross = ak_alloc(2 * s * sizeof(float));
  }
  return layers;
}

static void free_layers(ak_layer *layers, int n) {
  for (int i = 0; i < n; i++) {
    ak_layer *l = layers + i;
    ak_matrix *all[] = {&l->qkv, &l->out, &l->fc1, &l->fc2, &l->cross_q, &l->cross_kv, &l->cross_out};
    for (size_t k = 0; k < sizeof all / sizeof *all; k++) free_matrix(all[k]);
    free(l->ln1), free(l->ln2), free(l->ln_cross);
  }
  free(layers);
}

static void new_window(ak_model *m) {
  const size_t t = m->shape.audio_ctx, s = m->shape.state, text = m->shape.text_ctx;
  const size_t t_padded = padded(t), wide = t > text ? t : text;
  m->mel = lazy((2 * t + 2) * m->shape.mels);
  m->hidden = lazy((2 * t + 2) * s);
  m->x = lazy(wide * s);
  m->normal = lazy(wide * s);
  m->heads = lazy(wide * s);
  m->wide = lazy(wide * 4 * s);
  m->keys = lazy(s * t_padded);
  m->scores = lazy(s / AK_HEAD * 48 * t_padded);
  m->rows.data = aligned_alloc(64, wide * 4 * s * m->k->activation);
  m->rows.scale = lazy(wide);
  m->rows.sum = calloc(wide, sizeof(int32_t));
  m->vocab_padded = padded(m->shape.vocab);
  m->logits = lazy((size_t)AK_BEAMS * m->vocab_padded);
  m->attention = lazy(AK_BEAMS * t_padded);
  m->self_rows = calloc(2 * AK_BEAMS * text, sizeof *m->self_rows);
  m->self_rows_before = m->self_rows + AK_BEAMS * text;
  const size_t layers = m->shape.text_layers;
  m->cross_keys = calloc(layers, sizeof *m->cross_keys);
  m->cross_values = calloc(layers, sizeof *m->cross_values);
  m->self_keys = calloc(layers, sizeof *m->self_keys);
  m->self_values = calloc(layers, sizeof *m->self_values);
  for (size_t i = 0; i < layers; i++) {
    m->cross_keys[i] = calloc(s * t_padded + 64, sizeof(uint16_t));
    m->cross_values[i] = calloc(s * t_padded + 64, sizeof(uint16_t));
    m->self_keys[i] = lazy(AK_BEAMS * text * s);
    m->self_values[i] = lazy(AK_BEAMS * text * s);
  }
}

ak_model *ak_new(const ak_shape *shape) {
  ak_model *m = calloc(1, sizeof *m);
  const size_t s = shape->state, mels = shape->mels;
  m->shape = *shape;
  m->k = shape->processor == AK_WITH_AVX512 ? &ak_avx512 : &ak_avx2;
  m->pool = ak_pool_new(shape->threads);
  m->encoder = new_layers(shape->audio_layers, s, false);
  m->decoder = new_layers(shape->text_layers, s, true);
  new_matrix(&m->embedding, shape->vocab, s);
  m->conv1 = ak_alloc(3 * mels * s * sizeof(float));
  m->conv2 = ak_alloc(3 * s * s * sizeof(float));
  m->conv1_bias = ak_alloc(s * sizeof(float));
  m->conv2_bias = ak_alloc(s * sizeof(float));
  m->enc_position = ak_alloc(shape->audio_ctx * s * sizeof(float));
  m->dec_position = ak_alloc(shape->text_ctx * s * sizeof(float));
  m->ln_post = ak_alloc(2 * s * sizeof(float));
  m->dec_ln = ak_alloc(2 * s * sizeof(float));
  m->filters = ak_alloc(mels * 201 * sizeof(float));
  new_window(m);
  ak_mel_tables(m);
  return m;
}

void ak_free(ak_model *m) {
  ak_pool_free(m->pool);
  free_layers(m->encoder, m->shape.audio_layers);
  free_layers(m->decoder, m->shape.text_layers);
  free_matrix(&m->embedding);
  for (int i = 0; i < m->shape.text_layers; i++) {
    free(m->cross_keys[i]), free(m->cross_values[i]);
    free(m->self_keys[i]), free(m->self_values[i]);
  }
  void *all[] = {m->conv1, m->conv2, m->conv1_bias, m->conv2_bias, m->enc_position, m->dec_position, m->ln_post, m->dec_ln,
                 m->filters, m->dft, m->filter_panels, m->mel, m->hidden, m->x, m->normal, m->heads, m->wide, m->keys, m->scores,
                 m->rows.data, m->rows.scale, m->rows.sum, m->logits, m->attention, m->self_rows, m->cross_keys, m->cross_values,
                 m->self_keys, m->self_values};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) free(all[i]);
  free(m);
}

static ak_matrix *matrix(ak_model *m, int kind, int layer) {
  const int layers = kind <= AK_ENC_FC2 ? m->shape.audio_layers : m->shape.text_layers;
  if (kind == AK_EMBEDDING) return &m->embedding;
  if (layer < 0 || layer >= layers) return NULL;
  ak_layer *e = m->encoder + layer, *d = m->decoder + layer;
  switch (kind) {
    case AK_ENC_QKV: return &e->qkv;
    case AK_ENC_OUT: return &e->out;
    case AK_ENC_FC1: return &e->fc1;
    case AK_ENC_FC2: return &e->fc2;
    case AK_DEC_QKV: return &d->qkv;
    case AK_DEC_OUT: return &d->out;
    case AK_DEC_CROSS_Q: return &d->cross_q;
    case AK_DEC_CROSS_KV: return &d->cross_kv;
    case AK_DEC_CROSS_OUT: return &d->cross_out;
    case AK_DEC_FC1: return &d->fc1;
    case AK_DEC_FC2: return &d->fc2;
  }
  return NULL;
}

static float *vector(ak_model *m, int kind, int layer, size_t *size) {
  const size_t s = m->shape.state;
  if (kind < AK_MATRICES) {
    ak_matrix *w = matrix(m, kind, layer);
    *size = w ? w->rows : 0;
    return w ? w->bias : NULL;
  }
  const bool encoder = kind == AK_ENC_LN1 || kind == AK_ENC_LN2;
  if (layer < 0 || layer >= (encoder ? m->shape.audio_layers : m->shape.text_layers)) return *size = 0, NULL;
  switch (kind) {
    case AK_ENC_POSITION: return *size = m->shape.audio_ctx * s, m->enc_position;
    case AK_ENC_CONV1: return *size = 3 * s * m->shape.mels, m->conv1;
    case AK_ENC_CONV1_BIAS: return *size = s, m->conv1_bias;
    case AK_ENC_CONV2: return *size = 3 * s * s, m->conv2;
    case AK_ENC_CONV2_BIAS: return *size = s, m->conv2_bias;
    case AK_ENC_LN1: return *size = 2 * s, m->encoder[layer].ln1;
    case AK_ENC_LN2: return *size = 2 * s, m->encoder[layer].ln2;
    case AK_ENC_LN_POST: return *size = 2 * s, m->ln_post;
    case AK_DEC_POSITION: return *size = m->shape.text_ctx * s, m->dec_position;
    case AK_DEC_LN1: return *size = 2 * s, m->decoder[layer].ln1;
    case AK_DEC_LN_CROSS: return *size = 2 * s, m->decoder[layer].ln_cross;
    case AK_DEC_LN2: return *size = 2 * s, m->decoder[layer].ln2;
    case AK_DEC_LN: return *size = 2 * s, m->dec_ln;
    case AK_FILTERS: return *size = 201 * m->shape.mels, m->filters;
  }
  return *size = 0, NULL;
}

static float element(int type, const void *data, size_t i) {
  return type == AK_F16 ? _cvtsh_ss(((const uint16_t *)data)[i]) : ((const float *)data)[i];
}

// Where the first weights of an output are; the next group follows a block behind them.
static uint8_t *weights_of(const ak_kernels *k, const ak_matrix *w, int row) {
  return w->data + (size_t)(row / k->block) * k->block * w->cols + (size_t)(row % k->block) * k->group;
}

void ak_unpack_row(const ak_model *m, const ak_matrix *w, int row, float *out) {
  const int group = m->k->group;
  const uint8_t *b = weights_of(m->k, w, row);
  for (int i = 0; i < w->cols; i += group, b += (size_t)m->k->block * group)
    for (int g = 0; g < group; g++) out[i + g] = (b[g] - 128) * w->scale[row];
}

static void pack_row(const ak_kernels *to, ak_matrix *w, int row, int type, const void *data, size_t first) {
  float top = 0;
  for (int k = 0; k < w->cols; k++) {
    const float v = element(type, data, first + k);
    top = v > top ? v : -v > top ? -v : top;
  }
  const float inverse = top > 0 ? 127 / top : 0;
  uint8_t *b = weights_of(to, w, row);
  for (int k = 0; k < w->cols; k += to->group, b += (size_t)to->block * to->group)
    for (int g = 0; g < to->group; g++) {
      const float v = element(type, data, first + k + g) * inverse;
      b[g] = (uint8_t)(128 + (int)(v + (v < 0 ? -0.5f : 0.5f)));
    }
  w->scale[row] = top / 127;
}

size_t ak_weights(ak_model *m, int kind, int layer, int first_row, int rows, int type, const void *data, size_t count) {
  ak_matrix *w = matrix(m, kind, layer);
  if (!w || first_row < 0 || first_row + rows > w->rows) return 0;
  const size_t want = (size_t)rows * w->cols;
  if (count != want) return want;
  for (int r = 0; r < rows; r++) pack_row(m->k, w, first_row + r, type, data, (size_t)r * w->cols);
  return want;
}

// A convolution comes as [out][in][3] and is wanted in panels of [tap][in][64 outs].
static void pack_convolution(float *to, int outs, int ins, int type, const void *data) {
  for (int o = 0; o < outs; o++)
    for (int i = 0; i < ins; i++)
      for (int tap = 0; tap < 3; tap++) {
        const size_t row = (size_t)(o / AK_PANEL) * 3 * ins + (size_t)tap * ins + i;
        to[row * AK_PANEL + o % AK_PANEL] = element(type, data, ((size_t)o * ins + i) * 3 + tap);
      }
}

size_t ak_floats(ak_model *m, int kind, int layer, size_t first, int type, const void *data, size_t count) {
  size_t size;
  float *to = vector(m, kind, layer, &size);
  if (!to || first + count > size) return size;
  if (kind == AK_ENC_CONV1 || kind == AK_ENC_CONV2) {
    if (count != size) return size;
    pack_convolution(to, m->shape.state, kind == AK_ENC_CONV1 ? m->shape.mels : m->shape.state, type, data);
    return count;
  }
  for (size_t i = 0; i < count; i++) to[first + i] = element(type, data, i);
  return count;
}

void ak_align(ak_model *m, const int32_t *heads, int n) {
  m->aligned = n < 64 ? n : 64;
  memcpy(m->align, heads, m->aligned * sizeof *heads);
}

float *ak_logits(ak_model *m, int text) { return m->logits + (size_t)text * m->vocab_padded; }
const float *ak_attention(const ak_model *m, int text) { return m->attention + (size_t)text * padded(m->shape.audio_ctx); }

int32_t *ak_new_flag(void) { return calloc(1, sizeof(int32_t)); }
void ak_set_flag(int32_t *flag) { __atomic_store_n(flag, 1, __ATOMIC_RELAXED); }
void ak_free_flag(int32_t *flag) { free(flag); }

int ak_best(const ak_model *m, const float *logits, int n, float *log_probability) { return m->k->best(logits, n, log_probability); }
int ak_top(const ak_model *m, const float *logits, int n, int k, int32_t *tokens, float *log_probabilities) {
  return m->k->top(logits, n, k, tokens, log_probabilities);
}
float ak_log_sum(const ak_model *m, const float *logits, int n) { return m->k->log_sum(logits, n); }
