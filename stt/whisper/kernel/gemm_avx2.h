// Products for AVX2: a tile is 6 rows by 16 columns, 12 of the 16 registers
// accumulate. Weights and activations are multiplied as 16 bits, two inputs at a
// time: the instruction for bytes would saturate.
#pragma once

#include "lanes.h"

enum { BLOCK = 16, GROUP = 2 };

enum { MOST = 1023 };  // of an activation: 8,192 products of it with 255 fit in 32 bits
typedef int16_t activation;

INLINE v16 scaled(__m256i c0, __m256i c1, const ak_matrix *w, int column, const ak_rows *in, int row) {
  const __m256i offset = _mm256_set1_epi32(128 * in->sum[row]);
  v16 v = {_mm256_cvtepi32_ps(_mm256_sub_epi32(c0, offset)), _mm256_cvtepi32_ps(_mm256_sub_epi32(c1, offset))};
  v = v16_mul(v, v16_mul(v16_set(in->scale[row]), v16_load(w->scale + column)));
  return v16_add(v, v16_load(w->bias + column));
}

INLINE void finish(v16 v, float *out, ak_epilogue e) {
  if (e == AK_ADD) v = v16_add(v, v16_load(out));
  if (e == AK_STORE_GELU) v = v16_gelu(v);
  v16_store(out, v);
}

// c0 += b0 . pair, c1 += b1 . pair. Left to itself, GCC 12 keeps the pairs of
// all rows in registers, and half of the accumulators in memory.
#define DOT(c0, c1, b0, b1, pair)                                  \
  do {                                                             \
    __m256i v, p;                                                  \
    __asm__("vpbroadcastd %4, %2\n\t"                              \
            "vpmaddwd %2, %5, %3\n\tvpaddd %3, %0, %0\n\t"         \
            "vpmaddwd %2, %6, %2\n\tvpaddd %2, %1, %1"             \
            : "+x"(c0), "+x"(c1), "=&x"(v), "=&x"(p)               \
            : "m"(*(const int32_t(*)[1])(pair)), "x"(b0), "x"(b1)); \
  } while (0)

#define BEGIN(i) __m256i c##i##0 = zero, c##i##1 = zero;
#define STEP(i) DOT(c##i##0, c##i##1, b0, b1, a + (size_t)i * cols + 2 * k);
#define FINISH(i) finish(scaled(c##i##0, c##i##1, w, column, in, row + i), out + (size_t)(row + i) * ld + column, e);

#define DEFINE_TILE(n)                                                                                                 \
  static void tile##n(const ak_matrix *w, int column, const ak_rows *in, int row, float *out, int ld, ak_epilogue e) { \
    const int cols = w->cols;                                                                                          \
    const uint8_t *b = w->data + (size_t)column * cols;                                                                \
    const int16_t *a = (const int16_t *)in->data + (size_t)row * cols;                                                 \
    const __m256i zero = _mm256_setzero_si256();                                                                       \
    ROWS##n(BEGIN) for (int k = 0; k < cols / 2; k++, b += 32) {                                                       \
      const __m256i b0 = _mm256_cvtepu8_epi16(_mm_load_si128((const __m128i *)b));                                     \
      const __m256i b1 = _mm256_cvtepu8_epi16(_mm_load_si128((const __m128i *)(b + 16)));                              \
      ROWS##n(STEP)                                                                                                    \
    }                                                                                                                  \
    ROWS##n(FINISH)                                                                                                    \
  }

#define FDOT(c0, c1, b0, b1, x)                                                                  \
  do {                                                                                           \
    __m256 v;                                                                                    \
    __asm__("vbroadcastss %3, %2\n\tvfmadd231ps %2, %4, %0\n\tvfmadd231ps %2, %5, %1"            \
            : "+x"(c0), "+x"(c1), "=&x"(v) : "m"(x), "x"(b0), "x"(b1));                          \
  } while (0)

#define FBEGIN(i) __m256 c##i##0 = zero, c##i##1 = zero;
#define FSTEP(i) FDOT(c##i##0, c##i##1, b0, b1, a[(size_t)i * lda + p]);
#define FFINISH(i)                                \
  _mm256_storeu_ps(c + (size_t)i * ldc, c##i##0); \
  _mm256_storeu_ps(c + (size_t)i * ldc + 8, c##i##1);

#define DEFINE_STILE(n)                                                                              \
  static void stile##n(int k, const float *a, int lda, const float *b, int ldb, float *c, int ldc) { \
    const __m256 zero = _mm256_setzero_ps();                                                         \
    ROWS##n(FBEGIN) for (int p = 0; p < k; p++, b += ldb) {                                          \
      const __m256 b0 = _mm256_loadu_ps(b), b1 = _mm256_loadu_ps(b + 8);                             \
      ROWS##n(FSTEP)                                                                                 \
    }                                                                                                \
    ROWS##n(FFINISH)                                                                                 \
  }

// Rounds sixteen activations and adds them to a sum.
typedef __m256i sums;

INLINE sums quantize16(int16_t *to, v16 x, sums sum) {
  const __m256i a = _mm256_cvtps_epi32(x.a), b = _mm256_cvtps_epi32(x.b);
  _mm256_store_si256((__m256i *)to, _mm256_permute4x64_epi64(_mm256_packs_epi32(a, b), 0xd8));
  return _mm256_add_epi32(sum, _mm256_add_epi32(a, b));
}

INLINE int total(sums sum) {
  __m128i s = _mm_add_epi32(_mm256_castsi256_si128(sum), _mm256_extracti128_si256(sum, 1));
  s = _mm_add_epi32(s, _mm_shuffle_epi32(s, 0x4e));
  return _mm_cvtsi128_si32(_mm_add_epi32(s, _mm_shuffle_epi32(s, 0xb1)));
}
