#pragma once

#include <stdbool.h>
#include <string.h>

#include "kernel.h"

// A matrix of `rows` outputs by `cols` inputs, each weight plus 128, in the layout of its kernels:
// blocks of outputs, [block][cols/group][outputs of a block][group] bytes.
typedef struct {
  int rows, cols;
  uint8_t *data;
  float *scale;  // per output, rows rounded up to panels
  float *bias;
} ak_matrix;

// Activations: rows of 8 bits, or of as many as cost nothing, with one scale
// each, and the sum of the row for taking the weights' 128 out again.
typedef struct {
  void *data;
  float *scale;
  int32_t *sum;
} ak_rows;

typedef enum { AK_STORE, AK_STORE_GELU, AK_ADD } ak_epilogue;

typedef struct ak_pool ak_pool;
ak_pool *ak_pool_new(int threads);
void ak_pool_free(ak_pool *p);
// Calls f(context, i) for every i below n, on all threads, and waits.
void ak_parallel(ak_pool *p, int n, void (*f)(void *context, int i), void *context);

// What is written for each kind of processor; the text comes out the same.
typedef struct {
  int block, group;  // of the weights' layout
  int activation;    // bytes of one in ak_rows

  // out[t][0..rows) = in[t] . matrix + bias, out has stride ld and room for whole panels.
  void (*gemm)(ak_pool *pool, const ak_matrix *w, const ak_rows *in, int t, float *out, int ld, ak_epilogue e);
  void (*quantize)(const float *in, int ld, int rows, int cols, ak_rows *out);
  // c[m][64 * panels] = a[m][k] . b; panel p of b begins at b + p * panel_stride and has rows of stride ldb.
  void (*sgemm)(int m, int panels, int k, const float *a, int lda, const float *b, int ldb, size_t panel_stride, float *c, int ldc);

  void (*layer_norm)(const float *in, int rows, int n, const float *scale_shift, float *out);
  void (*softmax)(float *x, int n, int padded, float scale);
  void (*add_bias_gelu)(float *x, int rows, int n, const float *bias);
  void (*add)(float *x, const float *y, size_t n);

  // Turns t rows of one head into 64 rows of pad places.
  void (*turn)(const float *k, int ld, int t, float *keys, int pad);
  void (*keep_half)(uint16_t *to, const float *from, size_t n);
  // One head of one token: over n rows of keys and values with stride s, and over t positions of the audio.
  void (*attend_self)(const float *q, const float *keys, const float *values, const int32_t *rows, int n, int s, float *scores, float *out);
  void (*attend_audio)(const float *q, const uint16_t *keys, const uint16_t *values, int t, int pad, int s, float *scores, float *out);

  int (*best)(const float *logits, int n, float *log_probability);
  int (*top)(const float *logits, int n, int k, int32_t *tokens, float *log_probabilities);
  float (*log_sum)(const float *logits, int n);
} ak_kernels;

extern const ak_kernels ak_avx512, ak_avx2;

typedef struct {
  ak_matrix qkv, out, cross_q, cross_kv, cross_out, fc1, fc2;
  float *ln1, *ln2, *ln_cross;
} ak_layer;

struct ak_model {
  ak_shape shape;
  ak_pool *pool;
  const ak_kernels *k;

  ak_layer *encoder, *decoder;
  float *conv1, *conv1_bias, *conv2, *conv2_bias, *enc_position, *ln_post;
  float *dec_position, *dec_ln, *filters;
  float *dft, *filter_panels;
  ak_matrix embedding;

  // one window
  int positions, positions_padded;
  float *mel, *hidden, *x, *normal, *wide, *heads, *scores, *keys;
  ak_rows rows;
  uint16_t **cross_keys, **cross_values;  // f16: [state][positions_padded], [positions][state]
  float **self_keys, **self_values;       // [AK_BEAMS * text_ctx][state]
  int32_t *self_rows, *self_rows_before;  // [AK_BEAMS][text_ctx]: where a text keeps the keys and values of its places
  float *logits, *attention;              // [AK_BEAMS][vocab_padded], [AK_BEAMS][positions]
  int vocab_padded;
  int32_t align[64];
  int aligned;
};

void *ak_alloc(size_t bytes);  // 64-byte aligned, zero, touched only when used
void ak_unpack_row(const ak_model *m, const ak_matrix *w, int row, float *out);
void ak_log_mel(ak_model *m, const int16_t *pcm, int samples, int frames);
void ak_mel_tables(ak_model *m);

static inline bool ak_stopped(const int32_t *flag) { return __atomic_load_n(flag, __ATOMIC_RELAXED) != 0; }
