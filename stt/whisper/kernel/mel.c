#include <math.h>
#include <stdlib.h>

#include "internal.h"

// Whisper's features: 400-point DFT every 160 samples, Hann window, 201
// powers, mel filters, log10 with a floor 8 below the loudest.
// The DFT is a matrix product: 201 cosines in panels, then 201 sines.
enum { FFT = 400, HOP = 160, BINS = 201, BIN_PANELS = 4, BINS_PADDED = BIN_PANELS * AK_PANEL };
enum { BLOCK = 96 };  // frames at a time, so that the powers stay in the cache

void ak_mel_tables(ak_model *m) {
  m->dft = ak_alloc(sizeof(float) * 2 * BIN_PANELS * FFT * AK_PANEL);
  for (int part = 0; part < 2; part++)
    for (int bin = 0; bin < BINS; bin++)
      for (int i = 0; i < FFT; i++) {
        const double window = 0.5 * (1 - cos(2 * M_PI * i / FFT));
        const double angle = 2 * M_PI * ((long)i * bin % FFT) / FFT;
        const int panel = part * BIN_PANELS + bin / AK_PANEL;
        m->dft[((size_t)panel * FFT + i) * AK_PANEL + bin % AK_PANEL] = window * (part ? sin(angle) : cos(angle));
      }
}

// The filters come as mels x 201; the product wants 256 x mels in panels.
static void pack_filters(ak_model *m) {
  const int panels = (m->shape.mels + AK_PANEL - 1) / AK_PANEL;
  m->filter_panels = ak_alloc(sizeof(float) * panels * BINS_PADDED * AK_PANEL);
  for (int mel = 0; mel < m->shape.mels; mel++)
    for (int bin = 0; bin < BINS; bin++)
      m->filter_panels[((size_t)(mel / AK_PANEL) * BINS_PADDED + bin) * AK_PANEL + mel % AK_PANEL] = m->filters[mel * BINS + bin];
}

// The signal with 200 samples mirrored before its beginning and silence behind its end.
static float *padded(const int16_t *pcm, int samples, int frames) {
  float *x = ak_alloc(sizeof(float) * ((size_t)frames * HOP + 2 * FFT));
  const int room = frames * HOP + 2 * FFT - FFT / 2;
  for (int i = 1; i <= FFT / 2 && i < samples; i++) x[FFT / 2 - i] = pcm[i] / 32768.0f;
  for (int i = 0; i < samples && i < room; i++) x[FFT / 2 + i] = pcm[i] / 32768.0f;
  return x;
}

void ak_log_mel(ak_model *m, const int16_t *pcm, int samples, int frames) {
  if (!m->filter_panels) pack_filters(m);
  const int mels = m->shape.mels, panels = (mels + AK_PANEL - 1) / AK_PANEL;
  float *x = padded(pcm, samples, frames);
  float *spectrum = ak_alloc(sizeof(float) * BLOCK * (2 * BINS_PADDED + panels * AK_PANEL));
  float *bands = spectrum + BLOCK * 2 * BINS_PADDED;
  // Row 0 and the row behind the last stay zero: the convolution's padding.
  float *out = m->mel + mels;
  memset(m->mel, 0, sizeof(float) * mels * ((size_t)frames + 2));
  int sounding = (samples + FFT / 2) / HOP + 1;
  if (sounding > frames) sounding = frames;
  float top = -10;
  for (int f = 0; f < sounding; f += BLOCK) {
    const int n = sounding - f < BLOCK ? sounding - f : BLOCK;
    m->k->sgemm(n, 2 * BIN_PANELS, FFT, x + (size_t)f * HOP, HOP, m->dft, AK_PANEL, FFT * AK_PANEL, spectrum, 2 * BINS_PADDED);
    for (int r = 0; r < n; r++) {
      float *re = spectrum + (size_t)r * 2 * BINS_PADDED, *im = re + BINS_PADDED;
      for (int i = 0; i < BINS_PADDED; i++) re[i] = re[i] * re[i] + im[i] * im[i];
    }
    m->k->sgemm(n, panels, BINS_PADDED, spectrum, 2 * BINS_PADDED, m->filter_panels, AK_PANEL, BINS_PADDED * AK_PANEL, bands, panels * AK_PANEL);
    for (int r = 0; r < n; r++)
      for (int i = 0; i < mels; i++) {
        const float v = log10f(fmaxf(bands[(size_t)r * panels * AK_PANEL + i], 1e-10f));
        out[(size_t)(f + r) * mels + i] = v;
        top = fmaxf(top, v);
      }
  }
  for (size_t i = (size_t)sounding * mels; i < (size_t)frames * mels; i++) out[i] = -10;
  for (size_t i = 0; i < (size_t)frames * mels; i++) out[i] = (fmaxf(out[i], top - 8) + 4) / 4;
  free(spectrum);
  free(x);
}
