// The part of whisper.cpp that this package uses: one encoder pass, then one
// decoder pass per token, without whisper_full().
#pragma once

#include <stddef.h>
#include <stdint.h>

struct whisper_context;
struct whisper_state;

typedef struct {
  struct whisper_context *context;
  struct whisper_state *state;
} amt_whisper;

// Returns 0, or the step that failed: 1 model, 2 state.
int amt_open(amt_whisper *w, void *data, size_t size);
void amt_close(amt_whisper *w);

// Runs the encoder over n samples with a context of audio_ctx positions of 20 ms.
int amt_encode(amt_whisper *w, const float *samples, int n, int audio_ctx, int threads);

// Runs the decoder over n tokens behind the first `past` ones; the logits of
// the last token are then at *logits, one for each token of the vocabulary.
int amt_decode(amt_whisper *w, const int32_t *tokens, int n, int past, int threads, float **logits);

// The highest of n logits, and the logarithm of the sum of their exponentials.
int amt_best(const float *logits, int n);
double amt_log_sum(const float *logits, int n);
