// Whisper's encoder and decoder with 8-bit weights, for AVX-512 with VNNI and for AVX2.
// One ak_model holds the weights and the memory of one window.
#pragma once

#include <stddef.h>
#include <stdint.h>

enum { AK_PANEL = 64, AK_HEAD = 64, AK_BEAMS = 5 };

// What ak_weights fills: matrices of 8 bits, one row per output.
enum ak_matrix_kind {
  AK_ENC_QKV, AK_ENC_OUT, AK_ENC_FC1, AK_ENC_FC2,
  AK_DEC_QKV, AK_DEC_OUT, AK_DEC_CROSS_Q, AK_DEC_CROSS_KV, AK_DEC_CROSS_OUT, AK_DEC_FC1, AK_DEC_FC2,
  AK_EMBEDDING,
  AK_MATRICES,
};

// What ak_floats fills beside the biases of the matrices, which have the matrices' numbers.
enum ak_vector_kind {
  AK_ENC_POSITION = AK_MATRICES, AK_ENC_CONV1, AK_ENC_CONV1_BIAS, AK_ENC_CONV2, AK_ENC_CONV2_BIAS,
  AK_ENC_LN1, AK_ENC_LN2, AK_ENC_LN_POST,  // scale, then shift
  AK_DEC_POSITION, AK_DEC_LN1, AK_DEC_LN_CROSS, AK_DEC_LN2, AK_DEC_LN,
  AK_FILTERS,  // mels x 201
  AK_KINDS,
};

enum ak_type { AK_F32 = 0, AK_F16 = 1 };

enum ak_processor { AK_OTHER, AK_WITH_AVX2, AK_WITH_AVX512 };

typedef struct {
  int processor, vocab, audio_ctx, state, audio_layers, text_ctx, text_layers, mels, threads;
} ak_shape;

typedef struct ak_model ak_model;

// What this processor has that there are kernels for; those for less run on it, too.
enum ak_processor ak_supported(void);

ak_model *ak_new(const ak_shape *shape);
void ak_free(ak_model *m);

// Both copy data, and return how many elements the place holds; a caller who
// has another number of them has the wrong file, and nothing is written then.
size_t ak_weights(ak_model *m, int kind, int layer, int first_row, int rows, int type, const void *data, size_t count);
size_t ak_floats(ak_model *m, int kind, int layer, size_t first, int type, const void *data, size_t count);

// Both return 0, or 1 when *stop became non-zero.
int ak_encode(ak_model *m, const int16_t *pcm, int samples, int positions, const int32_t *stop);
int ak_decode(ak_model *m, const int32_t *tokens, int n, int past, const int32_t *stop);

// Goes on with n texts at once, at most AK_BEAMS: text i puts tokens[i] behind the first `past` ones of what was text
// from[i]. Behind ak_decode there is one text, 0.
int ak_decode_beams(ak_model *m, const int32_t *tokens, const int32_t *from, int n, int past, const int32_t *stop);

// Logits of the token behind the last one decoded of a text.
float *ak_logits(ak_model *m, int text);

// Weights of the alignment heads of the last token decoded of a text, averaged: one per position.
const float *ak_attention(const ak_model *m, int text);

// Whose attention is averaged: heads of layers, as layer * 256 + head.
void ak_align(ak_model *m, const int32_t *heads, int n);

// A flag that one thread sets while another computes.
int32_t *ak_new_flag(void);
void ak_set_flag(int32_t *flag);
void ak_free_flag(int32_t *flag);

// The most probable of n logits with its natural log probability; ln of the sum of exponentials.
int ak_best(const ak_model *m, const float *logits, int n, float *log_probability);
// The k most probable of n logits, the best first: their numbers and natural log probabilities. Returns how many there are.
int ak_top(const ak_model *m, const float *logits, int n, int k, int32_t *tokens, float *log_probabilities);
float ak_log_sum(const ak_model *m, const float *logits, int n);
