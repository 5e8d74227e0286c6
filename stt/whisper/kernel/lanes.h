// Sixteen floats at a time, for the processor that the file including this is
// compiled for: one register of AVX-512, two of AVX2.
#pragma once

#include <immintrin.h>
#include <stdint.h>

#define INLINE static inline __attribute__((always_inline))

#ifdef AK_AVX512

typedef __m512 v16;
typedef __mmask16 v16_mask;

INLINE v16 v16_set(float x) { return _mm512_set1_ps(x); }
INLINE v16 v16_load(const float *p) { return _mm512_loadu_ps(p); }
INLINE void v16_store(float *p, v16 v) { _mm512_storeu_ps(p, v); }
INLINE v16 v16_load_half(const uint16_t *p) { return _mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)p)); }
INLINE void v16_store_half(uint16_t *p, v16 v) { _mm256_storeu_si256((__m256i *)p, _mm512_cvtps_ph(v, _MM_FROUND_TO_NEAREST_INT)); }
INLINE v16 v16_add(v16 a, v16 b) { return _mm512_add_ps(a, b); }
INLINE v16 v16_sub(v16 a, v16 b) { return _mm512_sub_ps(a, b); }
INLINE v16 v16_mul(v16 a, v16 b) { return _mm512_mul_ps(a, b); }
INLINE v16 v16_div(v16 a, v16 b) { return _mm512_div_ps(a, b); }
INLINE v16 v16_max(v16 a, v16 b) { return _mm512_max_ps(a, b); }
INLINE v16 v16_min(v16 a, v16 b) { return _mm512_min_ps(a, b); }
INLINE v16 v16_abs(v16 a) { return _mm512_abs_ps(a); }
INLINE v16 v16_fmadd(v16 a, v16 b, v16 c) { return _mm512_fmadd_ps(a, b, c); }
INLINE v16 v16_round(v16 a) { return _mm512_roundscale_ps(a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC); }
INLINE v16 v16_scale2(v16 a, v16 n) { return _mm512_scalef_ps(a, n); }  // a * 2^n
INLINE float v16_sum(v16 a) { return _mm512_reduce_add_ps(a); }
INLINE float v16_most(v16 a) { return _mm512_reduce_max_ps(a); }

// The first n of sixteen, none for n <= 0.
INLINE v16_mask v16_first(int n) { return n >= 16 ? 0xffff : n > 0 ? (__mmask16)((1u << n) - 1) : 0; }
// What is outside of the mask is taken from other, and not read.
INLINE v16 v16_load_masked(v16 other, v16_mask m, const float *p) { return _mm512_mask_loadu_ps(other, m, p); }
INLINE v16 v16_gather(v16_mask m, const float *p, int stride) {
  const __m512i at = _mm512_mullo_epi32(_mm512_set1_epi32(stride), _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15));
  return _mm512_mask_i32gather_ps(_mm512_setzero_ps(), m, at, p, 4);
}
INLINE v16 v16_keep(v16_mask m, v16 a) { return _mm512_maskz_mov_ps(m, a); }
// A bit for each of the sixteen.
INLINE unsigned v16_equal(v16_mask m, v16 a, v16 b) { return _mm512_mask_cmp_ps_mask(m, a, b, _CMP_EQ_OQ); }
INLINE unsigned v16_greater(v16_mask m, v16 a, v16 b) { return _mm512_mask_cmp_ps_mask(m, a, b, _CMP_GT_OQ); }

#else

typedef struct {
  __m256 a, b;
} v16;
typedef struct {
  __m256i a, b;  // all ones where it holds
} v16_mask;

INLINE v16 v16_set(float x) { return (v16){_mm256_set1_ps(x), _mm256_set1_ps(x)}; }
INLINE v16 v16_load(const float *p) { return (v16){_mm256_loadu_ps(p), _mm256_loadu_ps(p + 8)}; }
INLINE void v16_store(float *p, v16 v) { _mm256_storeu_ps(p, v.a), _mm256_storeu_ps(p + 8, v.b); }
INLINE v16 v16_load_half(const uint16_t *p) {
  return (v16){_mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)p)), _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)(p + 8)))};
}
INLINE void v16_store_half(uint16_t *p, v16 v) {
  _mm_storeu_si128((__m128i *)p, _mm256_cvtps_ph(v.a, _MM_FROUND_TO_NEAREST_INT));
  _mm_storeu_si128((__m128i *)(p + 8), _mm256_cvtps_ph(v.b, _MM_FROUND_TO_NEAREST_INT));
}
INLINE v16 v16_add(v16 x, v16 y) { return (v16){_mm256_add_ps(x.a, y.a), _mm256_add_ps(x.b, y.b)}; }
INLINE v16 v16_sub(v16 x, v16 y) { return (v16){_mm256_sub_ps(x.a, y.a), _mm256_sub_ps(x.b, y.b)}; }
INLINE v16 v16_mul(v16 x, v16 y) { return (v16){_mm256_mul_ps(x.a, y.a), _mm256_mul_ps(x.b, y.b)}; }
INLINE v16 v16_div(v16 x, v16 y) { return (v16){_mm256_div_ps(x.a, y.a), _mm256_div_ps(x.b, y.b)}; }
INLINE v16 v16_max(v16 x, v16 y) { return (v16){_mm256_max_ps(x.a, y.a), _mm256_max_ps(x.b, y.b)}; }
INLINE v16 v16_min(v16 x, v16 y) { return (v16){_mm256_min_ps(x.a, y.a), _mm256_min_ps(x.b, y.b)}; }
INLINE v16 v16_fmadd(v16 x, v16 y, v16 z) { return (v16){_mm256_fmadd_ps(x.a, y.a, z.a), _mm256_fmadd_ps(x.b, y.b, z.b)}; }
INLINE v16 v16_abs(v16 x) {
  const __m256 sign = _mm256_set1_ps(-0.0f);
  return (v16){_mm256_andnot_ps(sign, x.a), _mm256_andnot_ps(sign, x.b)};
}
INLINE v16 v16_round(v16 x) {
  enum { NEAREST = _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC };
  return (v16){_mm256_round_ps(x.a, NEAREST), _mm256_round_ps(x.b, NEAREST)};
}
// a * 2^n for whole n from -126 to 127.
INLINE __m256 v8_scale2(__m256 a, __m256 n) {
  return _mm256_mul_ps(a, _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_add_epi32(_mm256_cvtps_epi32(n), _mm256_set1_epi32(127)), 23)));
}
INLINE v16 v16_scale2(v16 x, v16 n) { return (v16){v8_scale2(x.a, n.a), v8_scale2(x.b, n.b)}; }
INLINE float v16_sum(v16 x) {
  const __m256 v = _mm256_add_ps(x.a, x.b);
  __m128 s = _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
  s = _mm_add_ps(s, _mm_movehl_ps(s, s));
  return _mm_cvtss_f32(_mm_add_ss(s, _mm_movehdup_ps(s)));
}
INLINE float v16_most(v16 x) {
  const __m256 v = _mm256_max_ps(x.a, x.b);
  __m128 s = _mm_max_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
  s = _mm_max_ps(s, _mm_movehl_ps(s, s));
  return _mm_cvtss_f32(_mm_max_ss(s, _mm_movehdup_ps(s)));
}

// The first n of sixteen, none for n <= 0.
INLINE v16_mask v16_first(int n) {
  const __m256i many = _mm256_set1_epi32(n), at = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
  return (v16_mask){_mm256_cmpgt_epi32(many, at), _mm256_cmpgt_epi32(many, _mm256_add_epi32(at, _mm256_set1_epi32(8)))};
}
// What is outside of the mask is taken from other, and not read.
INLINE v16 v16_load_masked(v16 other, v16_mask m, const float *p) {
  return (v16){_mm256_blendv_ps(other.a, _mm256_maskload_ps(p, m.a), _mm256_castsi256_ps(m.a)),
               _mm256_blendv_ps(other.b, _mm256_maskload_ps(p + 8, m.b), _mm256_castsi256_ps(m.b))};
}
INLINE v16 v16_gather(v16_mask m, const float *p, int stride) {
  const __m256i at = _mm256_mullo_epi32(_mm256_set1_epi32(stride), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
  const __m256 zero = _mm256_setzero_ps();
  return (v16){_mm256_mask_i32gather_ps(zero, p, at, _mm256_castsi256_ps(m.a), 4),
               _mm256_mask_i32gather_ps(zero, p + 8 * (size_t)stride, at, _mm256_castsi256_ps(m.b), 4)};
}
INLINE v16 v16_keep(v16_mask m, v16 x) {
  return (v16){_mm256_and_ps(x.a, _mm256_castsi256_ps(m.a)), _mm256_and_ps(x.b, _mm256_castsi256_ps(m.b))};
}
// A bit for each of the sixteen.
INLINE unsigned v16_bits(v16_mask m, __m256 a, __m256 b) {
  return _mm256_movemask_ps(_mm256_and_ps(a, _mm256_castsi256_ps(m.a))) | _mm256_movemask_ps(_mm256_and_ps(b, _mm256_castsi256_ps(m.b))) << 8;
}
INLINE unsigned v16_equal(v16_mask m, v16 x, v16 y) { return v16_bits(m, _mm256_cmp_ps(x.a, y.a, _CMP_EQ_OQ), _mm256_cmp_ps(x.b, y.b, _CMP_EQ_OQ)); }
INLINE unsigned v16_greater(v16_mask m, v16 x, v16 y) { return v16_bits(m, _mm256_cmp_ps(x.a, y.a, _CMP_GT_OQ), _mm256_cmp_ps(x.b, y.b, _CMP_GT_OQ)); }

#endif

INLINE v16 v16_zero(void) { return v16_set(0); }

INLINE v16 v16_exp(v16 x) {
  // 2^n * 2^f with |f| <= 0.5; the polynomial is exact to 2^-22.
  x = v16_max(v16_mul(x, v16_set(1.44269504f)), v16_set(-126.0f));
  const v16 n = v16_round(x), f = v16_sub(x, n);
  v16 p = v16_set(1.3333558e-3f);
  p = v16_fmadd(p, f, v16_set(9.6181291e-3f));
  p = v16_fmadd(p, f, v16_set(5.5504109e-2f));
  p = v16_fmadd(p, f, v16_set(2.4022651e-1f));
  p = v16_fmadd(p, f, v16_set(6.9314718e-1f));
  p = v16_fmadd(p, f, v16_set(1.0f));
  return v16_scale2(p, n);
}

INLINE v16 v16_gelu(v16 x) {
  // x * sigmoid(1.5957691 (x + 0.044715 x^3)): the tanh form of GELU.
  v16 u = v16_fmadd(v16_mul(x, x), v16_set(0.044715f), v16_set(1.0f));
  u = v16_mul(v16_mul(x, u), v16_set(-1.5957691216f));
  u = v16_min(u, v16_set(80.0f));
  return v16_div(x, v16_add(v16_set(1.0f), v16_exp(u)));
}
