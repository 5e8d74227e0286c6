#include "internal.h"

// The tile is 6 rows by 64 columns: 24 of the 32 registers accumulate.
enum { TILE = 6 };

// Products smaller than this are done before another thread is awake.
enum { WORTH_WAKING = 8 << 20 };

#define INLINE static inline __attribute__((always_inline))

INLINE void store(__m512 v, float *out, ak_epilogue e) {
  if (e == AK_ADD) v = _mm512_add_ps(v, _mm512_loadu_ps(out));
  if (e == AK_STORE_GELU) v = ak_gelu16(v);
  _mm512_storeu_ps(out, v);
}

// The accumulators have names, because the compiler keeps arrays in memory.
#define ROWS1(X) X(0)
#define ROWS2(X) ROWS1(X) X(1)
#define ROWS3(X) ROWS2(X) X(2)
#define ROWS4(X) ROWS3(X) X(3)
#define ROWS5(X) ROWS4(X) X(4)
#define ROWS6(X) ROWS5(X) X(5)

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
  static void tile##n(const ak_matrix *w, int panel, const ak_rows *in, int row, float *out, int ld, ak_epilogue e) { \
    const int cols = w->cols, column = panel * AK_PANEL;                                                            \
    const uint8_t *b = w->data + (size_t)panel * cols * AK_PANEL;                                                   \
    const int8_t *a = in->data + (size_t)row * cols;                                                                \
    const __m512i zero = _mm512_setzero_si512();                                                                    \
    ROWS##n(BEGIN) for (int k = 0; k < cols / 4; k++, b += 256) {                                                   \
      const __m512i b0 = _mm512_load_si512(b), b1 = _mm512_load_si512(b + 64);                                      \
      const __m512i b2 = _mm512_load_si512(b + 128), b3 = _mm512_load_si512(b + 192);                               \
      __m512i v;                                                                                                    \
      ROWS##n(STEP)                                                                                                 \
    }                                                                                                               \
    ROWS##n(FINISH)                                                                                                 \
  }

DEFINE_TILE(1)
DEFINE_TILE(2)
DEFINE_TILE(3)
DEFINE_TILE(4)
DEFINE_TILE(5)
DEFINE_TILE(6)

typedef struct {
  const ak_matrix *w;
  const ak_rows *in;
  int t, ld;
  float *out;
  ak_epilogue e;
} gemm_job;

static void gemm_panel(void *context, int panel) {
  const gemm_job *g = context;
  int row = 0;
  for (; row + TILE <= g->t; row += TILE) tile6(g->w, panel, g->in, row, g->out, g->ld, g->e);
  switch (g->t - row) {
    case 5: tile5(g->w, panel, g->in, row, g->out, g->ld, g->e); break;
    case 4: tile4(g->w, panel, g->in, row, g->out, g->ld, g->e); break;
    case 3: tile3(g->w, panel, g->in, row, g->out, g->ld, g->e); break;
    case 2: tile2(g->w, panel, g->in, row, g->out, g->ld, g->e); break;
    case 1: tile1(g->w, panel, g->in, row, g->out, g->ld, g->e); break;
  }
}

void ak_gemm(ak_pool *pool, const ak_matrix *w, const ak_rows *in, int t, float *out, int ld, ak_epilogue e) {
  gemm_job g = {w, in, t, ld, out, e};
  const int panels = (w->rows + AK_PANEL - 1) / AK_PANEL;
  if ((size_t)w->rows * w->cols * t >= WORTH_WAKING) {
    ak_parallel(pool, panels, gemm_panel, &g);
    return;
  }
  for (int p = 0; p < panels; p++) gemm_panel(&g, p);
}

void ak_quantize(const float *in, int ld, int rows, int cols, ak_rows *out) {
  for (int r = 0; r < rows; r++) {
    const float *x = in + (size_t)r * ld;
    int8_t *q = out->data + (size_t)r * cols;
    __m512 most = _mm512_setzero_ps();
    for (int i = 0; i < cols; i += 16) most = _mm512_max_ps(most, _mm512_abs_ps(_mm512_loadu_ps(x + i)));
    const float top = _mm512_reduce_max_ps(most);
    const __m512 inverse = _mm512_set1_ps(top > 0 ? 127.0f / top : 0);
    __m512i sum = _mm512_setzero_si512();
    for (int i = 0; i < cols; i += 16) {
      __m512i v = _mm512_cvtps_epi32(_mm512_mul_ps(_mm512_loadu_ps(x + i), inverse));
      sum = _mm512_add_epi32(sum, v);
      _mm_store_si128((__m128i *)(q + i), _mm512_cvtepi32_epi8(v));
    }
    out->scale[r] = top / 127.0f;
    out->sum[r] = _mm512_reduce_add_epi32(sum);
  }
}

void ak_unpack_row(const ak_matrix *w, int row, float *out) {
  const uint8_t *b = w->data + (size_t)(row / AK_PANEL) * w->cols * AK_PANEL + 4 * (row % AK_PANEL);
  for (int k = 0; k < w->cols; k++) out[k] = (b[(size_t)(k / 4) * 256 + k % 4] - 128) * w->scale[row];
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

DEFINE_STILE(1)
DEFINE_STILE(2)
DEFINE_STILE(3)
DEFINE_STILE(4)
DEFINE_STILE(5)
DEFINE_STILE(6)

void ak_sgemm(int m, int panels, int k, const float *a, int lda, const float *b, int ldb, size_t panel_stride, float *c, int ldc) {
  for (int p = 0; p < panels; p++) {
    const float *bp = b + p * panel_stride;
    float *cp = c + (size_t)p * AK_PANEL;
    int row = 0;
    for (; row + TILE <= m; row += TILE) stile6(k, a + (size_t)row * lda, lda, bp, ldb, cp + (size_t)row * ldc, ldc);
    const float *ar = a + (size_t)row * lda;
    float *cr = cp + (size_t)row * ldc;
    switch (m - row) {
      case 5: stile5(k, ar, lda, bp, ldb, cr, ldc); break;
      case 4: stile4(k, ar, lda, bp, ldb, cr, ldc); break;
      case 3: stile3(k, ar, lda, bp, ldb, cr, ldc); break;
      case 2: stile2(k, ar, lda, bp, ldb, cr, ldc); break;
      case 1: stile1(k, ar, lda, bp, ldb, cr, ldc); break;
    }
  }
}
