#include "bridge.h"

#include <math.h>
#include <stdbool.h>
#include <whisper.h>

static void discard_log(enum ggml_log_level level, const char *text, void *user) {
  (void)level, (void)text, (void)user;
}

static struct whisper_context *load(void *data, size_t size) {
  struct whisper_context_params p = whisper_context_default_params();
  p.use_gpu = false;
  // With flash attention the encoder reads up to the next multiple of 256
  // positions, which holds the previous window's keys.
  p.flash_attn = false;
  return whisper_init_from_buffer_with_params_no_state(data, size, p);
}

int amt_open(amt_whisper *w, void *data, size_t size) {
  whisper_log_set(discard_log, NULL);
  w->context = load(data, size);
  if (!w->context) return 1;
  w->state = whisper_init_state(w->context);
  if (w->state) return 0;
  amt_close(w);
  return 2;
}

void amt_close(amt_whisper *w) {
  if (w->state) whisper_free_state(w->state);
  if (w->context) whisper_free(w->context);
  w->state = NULL;
  w->context = NULL;
}

static bool stop_before_encoding(struct whisper_context *ctx, struct whisper_state *state, void *user) {
  (void)ctx, (void)state, (void)user;
  return false;
}

// set_audio_ctx goes through whisper_full because the library has no other
// way to set the context length of a state; the callback ends it before any
// work is done.
static int set_audio_ctx(amt_whisper *w, int audio_ctx) {
  struct whisper_full_params p = whisper_full_default_params(WHISPER_SAMPLING_GREEDY);
  p.audio_ctx = audio_ctx;
  p.language = "en";
  p.no_context = true;
  p.encoder_begin_callback = stop_before_encoding;
  return whisper_full_with_state(w->context, w->state, p, NULL, 0);
}

int amt_encode(amt_whisper *w, const float *samples, int n, int audio_ctx, int threads) {
  int rc = whisper_pcm_to_mel_with_state(w->context, w->state, samples, n, threads);
  if (rc) return rc;
  rc = set_audio_ctx(w, audio_ctx);
  if (rc) return rc;
  return whisper_encode_with_state(w->context, w->state, 0, threads);
}

int amt_decode(amt_whisper *w, const int32_t *tokens, int n, int past, int threads, float **logits) {
  int rc = whisper_decode_with_state(w->context, w->state, tokens, n, past, threads);
  *logits = whisper_get_logits_from_state(w->state) + (size_t)(n - 1) * whisper_n_vocab(w->context);
  return rc;
}

int amt_best(const float *logits, int n) {
  int best = 0;
  for (int i = 1; i < n; i++)
    if (logits[i] > logits[best]) best = i;
  return best;
}

double amt_log_sum(const float *logits, int n) {
  const float top = logits[amt_best(logits, n)];
  if (isinf(top)) return top;
  double sum = 0;
  for (int i = 0; i < n; i++) sum += expf(logits[i] - top);
  return top + log(sum);
}
