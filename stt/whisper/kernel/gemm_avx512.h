// Products for AVX-512 with VNNI: a tile is 6 rows by 64 columns, 24 of the 32
// registers accumulate. A weight of four inputs lies together for vpdpbusd.
#pragma once

#include "lanes.h"

enum { BLOCK = 64, GROUP = 4 };

enum { MOST = 127 };  // of an activation
typedef int8_t activation;

INLINE void store(__m512 v, float *out, ak_epilogue e) {
  if (e == AK_ADD) v = _mm512_add_ps(v, _mm512_loadu_ps(out));
  if (e == AK_STORE_GELU) v = v16_gelu(v);
  _mm512_storeu_ps(out, v);
}

INLINE void finish(__m512i c, const ak_matrix *w, int column, const ak_rows *in, int row, float *out, int ld, ak_epilogue e) {
  __m512 v = _mm512_cvtepi32_ps(_mm512_sub_epi32(c, _mm512_set1_epi32(128 * in->sum[row])));
  v = _mm512_mul_ps(v, _mm512_mul_ps(_mm512_set1_ps(in->scale[row]), _mm512_load_ps(w->scale + column)));
  v = _mm512_add_ps(v, _mm512_load_ps(w->bias + column));
  store(v, out + (size_t)row * ld + column, e);
}

INLINE __m512i broadcast(const int8_t *a) {
  int32_t four;
  memcpy(&four, a, 4);
  return _mm512_set1_epi32(four);
}

// c += b (unsigned) . v (signed). GCC 12 copies every accumulator to memory
// and back around the intrinsic of this instruction.
#define DOT(c, b, v) __asm__("vpdpbusd %2, %1, %0" : "+v"(c) : "v"(b), "v"(v))

#define BEGIN(i) __m512i c##i##0 = zero, c##i##1 = zero, c##i##2 = zero, c##i##3 = zero;
#define STEP(i)                                \
  v = broadcast(a + (size_t)i * cols + 4 * k); \
  DOT(c##i##0, b0, v); \
  DOT(c##i##1, b1, v); \
  DOT(c##i##2, b2, v); \
  DOT(c##i##3, b3, v);
#define FINISH(i)                                         \
  finish(c##i##0, w, column, in, row + i, out, ld, e);      \
  finish(c##i##1, w, column + 16, in, row + i, out, ld, e); \
  finish(c##i##2, w, column + 32, in, row + i, out, ld, e); \
  finish(c##i##3, w, column + 48, in, row + i, out, ld, e);

#define DEFINE_TILE(n)                                                                                              \
  static void tile##n(const ak_matrix *w, int column, const ak_rows *in, int row, float *out, int ld, ak_epilogue e) { \
    const int cols = w->cols;                                                                                       \
    const uint8_t *b = w->data + (size_t)column * cols;                                                             \
    const int8_t *a = (const int8_t *)in->data + (size_t)row * cols;                                                \
    const __m512i zero = _mm512_setzero_si512();                                                                    \
    ROWS##n(BEGIN) for (int k = 0; k < cols / 4; k++, b += 256) {                                                   \
      const __m512i b0 = _mm512_load_si512(b), b1 = _mm512_load_si512(b + 64);                                      \
      const __m512i b2 = _mm512_load_si512(b + 128), b3 = _mm512_load_si512(b + 192);                               \
      __m512i v;                                                                                                    \
      ROWS##n(STEP)                                                                                                 \
    }                                                                                                               \
    ROWS##n(FINISH)                                                                                                 \
  }

#define FBEGIN(i) __m512 c##i##0 = zero, c##i##1 = zero, c##i##2 = zero, c##i##3 = zero;
#define FSTEP(i)                               \
  v = _mm512_set1_ps(a[(size_t)i * lda + p]);  \
  c##i##0 = _mm512_fmadd_ps(v, b0, c##i##0);   \
  c##i##1 = _mm512_fmadd_ps(v, b1, c##i##1);   \
  c##i##2 = _mm512_fmadd_ps(v, b2, c##i##2);   \
  c##i##3 = _mm512_fmadd_ps(v, b3, c##i##3);
#define FFINISH(i)                                     \
  _mm512_storeu_ps(c + (size_t)i * ldc, c##i##0);      \
  _mm512_storeu_ps(c + (size_t)i * ldc + 16, c##i##1); \
  _mm512_storeu_ps(c + (size_t)i * ldc + 32, c##i##2); \
  _mm512_storeu_ps(c + (size_t)i * ldc + 48, c##i##3);

#define DEFINE_STILE(n)                                                                                \
  static void stile##n(int k, const float *a, int lda, const float *b, int ldb, float *c, int ldc) {   \
    const __m512 zero = _mm512_setzero_ps();                                                           \
    ROWS##n(FBEGIN) for (int p = 0; p < k; p++, b += ldb) {                                            \
      const __m512 b0 = _mm512_loadu_ps(b), b1 = _mm512_loadu_ps(b + 16);                              \
      const __m512 b2 = _mm512_loadu_ps(b + 32), b3 = _mm512_loadu_ps(b + 48);                         \
      __m512 v;                                                                                        \
      ROWS##n(FSTEP)                                                                                   \
    }                                                                                                  \
    ROWS##n(FFINISH)                                                                                   \
  }

// Rounds sixteen activations and adds them to a sum.
typedef __m512i sums;

INLINE sums quantize16(int8_t *to, v16 x, sums sum) {
  const __m512i v = _mm512_cvtps_epi32(x);
  _mm_store_si128((__m128i *)to, _mm512_cvtepi32_epi8(v));
  return _mm512_add_epi32(sum, v);
}

INLINE int total(sums sum) { return _mm512_reduce_add_epi32(sum); }
