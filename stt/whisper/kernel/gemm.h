// Products of matrices, in the tiles that the file including this has defined.
#pragma once

#include "lanes.h"

enum { TILE = 6 };  // rows at most

// Products smaller than this are done before another thread is awake.
enum { WORTH_WAKING = 8 << 20 };

// The accumulators have names, because the compiler keeps arrays in memory.
#define ROWS1(X) X(0)
#define ROWS2(X) ROWS1(X) X(1)
#define ROWS3(X) ROWS2(X) X(2)
#define ROWS4(X) ROWS3(X) X(3)
#define ROWS5(X) ROWS4(X) X(4)
#define ROWS6(X) ROWS5(X) X(5)

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

static void gemm_block(const gemm_job *g, int column) {
  int row = 0;
  for (; row + TILE <= g->t; row += TILE) tile6(g->w, column, g->in, row, g->out, g->ld, g->e);
  switch (g->t - row) {
    case 5: tile5(g->w, column, g->in, row, g->out, g->ld, g->e); break;
    case 4: tile4(g->w, column, g->in, row, g->out, g->ld, g->e); break;
    case 3: tile3(g->w, column, g->in, row, g->out, g->ld, g->e); break;
    case 2: tile2(g->w, column, g->in, row, g->out, g->ld, g->e); break;
    case 1: tile1(g->w, column, g->in, row, g->out, g->ld, g->e); break;
  }
}

static void gemm_panel(void *context, int panel) {
  for (int i = 0; i < AK_PANEL; i += BLOCK) gemm_block(context, panel * AK_PANEL + i);
}

static void gemm(ak_pool *pool, const ak_matrix *w, const ak_rows *in, int t, float *out, int ld, ak_epilogue e) {
  gemm_job g = {w, in, t, ld, out, e};
  const int panels = (w->rows + AK_PANEL - 1) / AK_PANEL;
  if ((size_t)w->rows * w->cols * t >= WORTH_WAKING) {
    ak_parallel(pool, panels, gemm_panel, &g);
    return;
  }
  for (int p = 0; p < panels; p++) gemm_panel(&g, p);
}

static void quantize(const float *in, int ld, int rows, int cols, ak_rows *out) {
  for (int r = 0; r < rows; r++) {
    const float *x = in + (size_t)r * ld;
    activation *q = (activation *)out->data + (size_t)r * cols;
    v16 most = v16_zero();
    for (int i = 0; i < cols; i += 16) most = v16_max(most, v16_abs(v16_load(x + i)));
    const float top = v16_most(most);
    const v16 inverse = v16_set(top > 0 ? MOST / top : 0);
    sums sum = {0};
    for (int i = 0; i < cols; i += 16) sum = quantize16(q + i, v16_mul(v16_load(x + i), inverse), sum);
    out->scale[r] = top / MOST;
    out->sum[r] = total(sum);
  }
}

DEFINE_STILE(1)
DEFINE_STILE(2)
DEFINE_STILE(3)
DEFINE_STILE(4)
DEFINE_STILE(5)
DEFINE_STILE(6)

static void sgemm_block(int m, int k, const float *a, int lda, const float *b, int ldb, float *c, int ldc) {
  int row = 0;
  for (; row + TILE <= m; row += TILE) stile6(k, a + (size_t)row * lda, lda, b, ldb, c + (size_t)row * ldc, ldc);
  a += (size_t)row * lda;
  c += (size_t)row * ldc;
  switch (m - row) {
    case 5: stile5(k, a, lda, b, ldb, c, ldc); break;
    case 4: stile4(k, a, lda, b, ldb, c, ldc); break;
    case 3: stile3(k, a, lda, b, ldb, c, ldc); break;
    case 2: stile2(k, a, lda, b, ldb, c, ldc); break;
    case 1: stile1(k, a, lda, b, ldb, c, ldc); break;
  }
}

static void sgemm(int m, int panels, int k, const float *a, int lda, const float *b, int ldb, size_t panel_stride, float *c, int ldc) {
  for (int p = 0; p < panels; p++)
    for (int i = 0; i < AK_PANEL; i += BLOCK) sgemm_block(m, k, a, lda, b + p * panel_stride + i, ldb, c + (size_t)p * AK_PANEL + i, ldc);
}
