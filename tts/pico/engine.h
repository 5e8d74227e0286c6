// One SVOX Pico system with one voice and one engine, in memory of its own.
// Nothing is shared between two of them, so each may run in its own thread.
#ifndef AMTSLEITUNG_PICO_ENGINE_H
#define AMTSLEITUNG_PICO_ENGINE_H

#include <stdint.h>

typedef struct pico_voice pico_voice;

// Loads the two files of a voice. On failure *out is NULL and message (200
// bytes) says why.
int pico_voice_open(const char *text_analysis, const char *signal, pico_voice **out, char *message);
void pico_voice_close(pico_voice *v);

// Takes some bytes of text (a 0 byte ends it); returns how many, or below 0.
int pico_voice_put(pico_voice *v, const char *text, int n);

// Appends up to max samples. Returns 1 while there is more to come, 0 when
// the text put so far is spoken, below 0 on error.
int pico_voice_get(pico_voice *v, int16_t *pcm, int max, int *got);

#endif
