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

INLINE void tile(int n, const ak_matrix *w, int panel, const ak_rows *in, int row, float *out, int ld, ak_epilogue e) {
  const int k4 = w->cols / 4;
  const uint8_t *b = w->data + (size_t)panel * w->cols * AK_PANEL;
  const int8_t *a = in->data + (size_t)row * w->cols;
  __m512i acc[TILE][4];
#pragma GCC unroll 6
  for (int i = 0; i < n; i++)
#pragma GCC unroll 4
    for (int j = 0; j < 4; j++) acc[i][j] = _mm512_setzero_si512();
  for (int k = 0; k < k4; k++, b += 256) {
    __m512i b0 = _mm512_load_si512(b), b1 = _mm512_load_si512(b + 64);
    __m512i b2 = _mm512_load_si512(b + 128), b3 = _mm512_load_si512(b + 192);
#pragma GCC unroll 6
    for (int i = 0; i < n; i++) {
      int32_t four;
      memcpy(&four, a + (size_t)i * w->cols + 4 * k, 4);
      __m512i v = _mm512_set1_epi32(four);
      acc[i][0] = _mm512_dpbusd_epi32(acc[i][0], b0, v);
      acc[i][1] = _mm512_dpbusd_epi32(acc[i][1], b1, v);
      acc[i][2] = _mm512_dpbusd_epi32(acc[i][2], b2, v);
      acc[i][3] = _mm512_dpbusd_epi32(acc[i][3], b3, v);
    }
  }
#pragma GCC unroll 6
  for (int i = 0; i < n; i++) {
    const __m512i offset = _mm512_set1_epi32(128 * in->sum[row + i]);
    const __m512 scale = _mm512_set1_ps(in->scale[row + i]);
#pragma GCC unroll 4
    for (int j = 0; j < 4; j++) {
      const int column = panel * AK_PANEL + 16 * j;
      __m512 v = _mm512_cvtepi32_ps(_mm512_sub_epi32(acc[i][j], offset));
      v = _mm512_mul_ps(v, _mm512_mul_ps(scale, _mm512_load_ps(w->scale + column)));
      v = _mm512_add_ps(v, _mm512_load_ps(w->bias + column));
      store(v, out + (size_t)(row + i) * ld + column, e);
    }
  }
}

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
  for (; row + TILE <= g->t; row += TILE) tile(TILE, g->w, panel, g->in, row, g->out, g->ld, g->e);
  switch (g->t - row) {
    case 5: tile(5, g->w, panel, g->in, row, g->out, g->ld, g->e); break;
    case 4: tile(4, g->w, panel, g->in, row, g->out, g->ld, g->e); break;
    case 3: tile(3, g->w, panel, g->in, row, g->out, g->ld, g->e); break;
    case 2: tile(2, g->w, panel, g->in, row, g->out, g->ld, g->e); break;
    case 1: tile(1, g->w, panel, g->in, row, g->out, g->ld, g->e); break;
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

INLINE void stile(int n, int k, const float *a, int lda, const float *b, int ldb, float *c, int ldc) {
  __m512 acc[TILE][4];
#pragma GCC unroll 6
  for (int i = 0; i < n; i++)
#pragma GCC unroll 4
    for (int j = 0; j < 4; j++) acc[i][j] = _mm512_setzero_ps();
  for (int p = 0; p < k; p++, b += ldb) {
    __m512 b0 = _mm512_loadu_ps(b), b1 = _mm512_loadu_ps(b + 16), b2 = _mm512_loadu_ps(b + 32), b3 = _mm512_loadu_ps(b + 48);
#pragma GCC unroll 6
    for (int i = 0; i < n; i++) {
      __m512 v = _mm512_set1_ps(a[(size_t)i * lda + p]);
      acc[i][0] = _mm512_fmadd_ps(v, b0, acc[i][0]);
      acc[i][1] = _mm512_fmadd_ps(v, b1, acc[i][1]);
      acc[i][2] = _mm512_fmadd_ps(v, b2, acc[i][2]);
      acc[i][3] = _mm512_fmadd_ps(v, b3, acc[i][3]);
    }
  }
#pragma GCC unroll 6
  for (int i = 0; i < n; i++)
#pragma GCC unroll 4
    for (int j = 0; j < 4; j++) _mm512_storeu_ps(c + (size_t)i * ldc + 16 * j, acc[i][j]);
}

void ak_sgemm(int m, int panels, int k, const float *a, int lda, const float *b, int ldb, size_t panel_stride, float *c, int ldc) {
  for (int p = 0; p < panels; p++) {
    const float *bp = b + p * panel_stride;
    float *cp = c + (size_t)p * AK_PANEL;
    int row = 0;
    for (; row + TILE <= m; row += TILE) stile(TILE, k, a + (size_t)row * lda, lda, bp, ldb, cp + (size_t)row * ldc, ldc);
    const float *ar = a + (size_t)row * lda;
    float *cr = cp + (size_t)row * ldc;
    switch (m - row) {
      case 5: stile(5, k, ar, lda, bp, ldb, cr, ldc); break;
      case 4: stile(4, k, ar, lda, bp, ldb, cr, ldc); break;
      case 3: stile(3, k, ar, lda, bp, ldb, cr, ldc); break;
      case 2: stile(2, k, ar, lda, bp, ldb, cr, ldc); break;
      case 1: stile(1, k, ar, lda, bp, ldb, cr, ldc); break;
    }
  }
}
