#pragma once

#pragma GCC target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,avx2,fma,f16c")

#include <immintrin.h>
#include <stdbool.h>
#include <string.h>

#include "kernel.h"

// A matrix of `rows` outputs by `cols` inputs in panels of 64 outputs:
// [panel][cols/4][64][4] bytes, each weight plus 128.
typedef struct {
  int rows, cols;
  uint8_t *data;
  float *scale;  // per output, rows rounded up to panels
  float *bias;
} ak_matrix;

// Activations: rows of 8 bits with one scale each, and the sum of the row for
// taking the weights' 128 out again.
typedef struct {
  int8_t *data;
  float *scale;
  int32_t *sum;
} ak_rows;

typedef enum { AK_STORE, AK_STORE_GELU, AK_ADD } ak_epilogue;

typedef struct ak_pool ak_pool;
ak_pool *ak_pool_new(int threads);
void ak_pool_free(ak_pool *p);
// Calls f(context, i) for every i below n, on all threads, and waits.
void ak_parallel(ak_pool *p, int n, void (*f)(void *context, int i), void *context);

// out[t][0..rows) = in[t] . matrix + bias, out has stride ld and room for whole panels.
void ak_gemm(ak_pool *pool, const ak_matrix *w, const ak_rows *in, int t, float *out, int ld, ak_epilogue e);
void ak_quantize(const float *in, int ld, int rows, int cols, ak_rows *out);
void ak_unpack_row(const ak_matrix *w, int row, float *out);

// c[m][64 * panels] = a[m][k] . b; panel p of b begins at b + p * panel_stride and has rows of stride ldb.
void ak_sgemm(int m, int panels, int k, const float *a, int lda, const float *b, int ldb, size_t panel_stride, float *c, int ldc);

void ak_layer_norm(const float *in, int rows, int n, const float *scale_shift, float *out);
void ak_softmax(float *x, int n, int padded, float scale);
void ak_add_bias_gelu(float *x, int rows, int n, const float *bias);

typedef struct {
  ak_matrix qkv, out, cross_q, cross_kv, cross_out, fc1, fc2;
  float *ln1, *ln2, *ln_cross;
} ak_layer;

struct ak_model {
  ak_shape shape;
  ak_pool *pool;

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
void ak_log_mel(ak_model *m, const int16_t *pcm, int samples, int frames);
void ak_mel_tables(ak_model *m);

static inline bool ak_stopped(const int32_t *flag) { return __atomic_load_n(flag, __ATOMIC_RELAXED) != 0; }

static inline __m512 ak_exp(__m512 x) {
  // 2^n * 2^f with |f| <= 0.5; the polynomial is exact to 2^-22.
  x = _mm512_max_ps(_mm512_mul_ps(x, _mm512_set1_ps(1.44269504f)), _mm512_set1_ps(-126.0f));
  __m512 n = _mm512_roundscale_ps(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
  __m512 f = _mm512_sub_ps(x, n);
  __m512 p = _mm512_set1_ps(1.3333558e-3f);
  p = _mm512_fmadd_ps(p, f, _mm512_set1_ps(9.6181291e-3f));
  p = _mm512_fmadd_ps(p, f, _mm512_set1_ps(5.5504109e-2f));
  p = _mm512_fmadd_ps(p, f, _mm512_set1_ps(2.4022651e-1f));
  p = _mm512_fmadd_ps(p, f, _mm512_set1_ps(6.9314718e-1f));
  p = _mm512_fmadd_ps(p, f, _mm512_set1_ps(1.0f));
  return _mm512_scalef_ps(p, n);
}

static inline __m512 ak_gelu16(__m512 x) {
  // x * sigmoid(1.5957691 (x + 0.044715 x^3)): the tanh form of GELU.
  __m512 u = _mm512_fmadd_ps(_mm512_mul_ps(x, x), _mm512_set1_ps(0.044715f), _mm512_set1_ps(1.0f));
  u = _mm512_mul_ps(_mm512_mul_ps(x, u), _mm512_set1_ps(-1.5957691216f));
  u = _mm512_min_ps(u, _mm512_set1_ps(80.0f));
  return _mm512_div_ps(x, _mm512_add_ps(_mm512_set1_ps(1.0f), ak_exp(u)));
}
