#include "internal.h"

// Tokens that are decoded at once: one after the other in text 0, or the next of each text.
typedef struct {
  int n, past;
  bool beams;
} batch;

static int place(const batch *b, int i) { return b->beams ? b->past : b->past + i; }
static int text(const batch *b, int i) { return b->beams ? i : 0; }
static int32_t *rows_of(const ak_model *m, int text) { return m->self_rows + (size_t)text * m->shape.text_ctx; }

// Attention of one token over the tokens of its text up to its own place.
static void attend_self(ak_model *m, int layer, const float *q, const int32_t *rows, int place, float *out) {
  const int s = m->shape.state;
  for (int h = 0; h < s; h += AK_HEAD)
    m->k->attend_self(q + h, m->self_keys[layer] + h, m->self_values[layer] + h, rows, place + 1, s, m->scores, out + h);
}

// Attention of one token over the audio; aligned heads add their weights to attention, if that is asked for.
static void attend_audio(ak_model *m, int layer, const float *q, float *out, float *attention) {
  const int t = m->positions, pad = m->positions_padded, s = m->shape.state;
  for (int h = 0; h < s / AK_HEAD; h++) {
    const uint16_t *keys = m->cross_keys[layer] + (size_t)h * AK_HEAD * pad, *values = m->cross_values[layer] + h * AK_HEAD;
    m->k->attend_audio(q + h * AK_HEAD, keys, values, t, pad, s, m->scores, out + h * AK_HEAD);
    for (int i = 0; attention && i < m->aligned; i++)
      if (m->align[i] == layer * 256 + h)
        for (int k = 0; k < t; k++) attention[k] += m->scores[k] / m->aligned;
  }
}

// The attention of the last token of each text is asked for.
static float *attention_of(ak_model *m, const batch *b, int i) {
  return b->beams || i == b->n - 1 ? (float *)ak_attention(m, text(b, i)) : NULL;
}

static void decoder_layer(ak_model *m, int layer, const batch *b) {
  const ak_layer *l = m->decoder + layer;
  const int s = m->shape.state, n = b->n;
  m->k->layer_norm(m->x, n, s, l->ln1, m->normal);
  m->k->quantize(m->normal, s, n, s, &m->rows);
  m->k->gemm(m->pool, &l->qkv, &m->rows, n, m->wide, 3 * s, AK_STORE);
  for (int i = 0; i < n; i++) {
    const float *row = m->wide + (size_t)i * 3 * s;
    const int32_t *rows = rows_of(m, text(b, i));
    memcpy(m->self_keys[layer] + (size_t)rows[place(b, i)] * s, row + s, s * sizeof(float));
    memcpy(m->self_values[layer] + (size_t)rows[place(b, i)] * s, row + 2 * s, s * sizeof(float));
    attend_self(m, layer, row, rows, place(b, i), m->heads + (size_t)i * s);
  }
  m->k->quantize(m->heads, s, n, s, &m->rows);
  m->k->gemm(m->pool, &l->out, &m->rows, n, m->x, s, AK_ADD);

  m->k->layer_norm(m->x, n, s, l->ln_cross, m->normal);
  m->k->quantize(m->normal, s, n, s, &m->rows);
  m->k->gemm(m->pool, &l->cross_q, &m->rows, n, m->wide, s, AK_STORE);
  for (int i = 0; i < n; i++) {
    float *attention = attention_of(m, b, i);
    if (attention && layer == 0) memset(attention, 0, m->positions * sizeof(float));
    attend_audio(m, layer, m->wide + (size_t)i * s, m->heads + (size_t)i * s, attention);
  }
  m->k->quantize(m->heads, s, n, s, &m->rows);
  m->k->gemm(m->pool, &l->cross_out, &m->rows, n, m->x, s, AK_ADD);

  m->k->layer_norm(m->x, n, s, l->ln2, m->normal);
  m->k->quantize(m->normal, s, n, s, &m->rows);
  m->k->gemm(m->pool, &l->fc1, &m->rows, n, m->wide, 4 * s, AK_STORE_GELU);
  m->k->quantize(m->wide, 4 * s, n, 4 * s, &m->rows);
  m->k->gemm(m->pool, &l->fc2, &m->rows, n, m->x, s, AK_ADD);
}

static int decode(ak_model *m, const int32_t *tokens, const batch *b, const int32_t *stop) {
  const int s = m->shape.state;
  for (int i = 0; i < b->n; i++) {
    float *x = m->x + (size_t)i * s;
    ak_unpack_row(m, &m->embedding, tokens[i], x);
    m->k->add(x, m->dec_position + (size_t)place(b, i) * s, s);
  }
  for (int i = 0; i < m->shape.text_layers; i++) {
    if (ak_stopped(stop)) return 1;
    decoder_layer(m, i, b);
  }
  const int texts = b->beams ? b->n : 1;
  m->k->layer_norm(m->x + (size_t)(b->n - texts) * s, texts, s, m->dec_ln, m->normal);
  m->k->quantize(m->normal, s, texts, s, &m->rows);
  m->k->gemm(m->pool, &m->embedding, &m->rows, texts, m->logits, m->vocab_padded, AK_STORE);
  return ak_stopped(stop);
}

int ak_decode(ak_model *m, const int32_t *tokens, int n, int past, const int32_t *stop) {
  for (int i = 0; i < n; i++) rows_of(m, 0)[past + i] = past + i;
  return decode(m, tokens, &(batch){n, past, false}, stop);
}

// A text that goes on from another shares its rows up to here: only the list of them is copied.
int ak_decode_beams(ak_model *m, const int32_t *tokens, const int32_t *from, int n, int past, const int32_t *stop) {
  const int places = m->shape.text_ctx;
  memcpy(m->self_rows_before, m->self_rows, (size_t)AK_BEAMS * places * sizeof *m->self_rows);
  for (int i = 0; i < n; i++) {
    int32_t *rows = rows_of(m, i);
    memcpy(rows, m->self_rows_before + (size_t)from[i] * places, past * sizeof *rows);
    rows[past] = i * places + past;
  }
  return decode(m, tokens, &(batch){n, past, true}, stop);
}
