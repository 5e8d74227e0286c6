// espeak-ng keeps all its state in global variables: there is one engine per
// process, and one caller at a time, which the Go side sees to.
#ifndef AMTSLEITUNG_ESPEAK_BRIDGE_H
#define AMTSLEITUNG_ESPEAK_BRIDGE_H

#include <stdint.h>

// The audio of one piece of text. The caller frees pcm.
typedef struct {
	int16_t *pcm;
	int count, room, max;
	volatile int cancel; // set from another thread to stop
	int failed;          // out of memory
} bridge_audio;

// Starts the library once per process; later calls keep its first data folder.
// Returns the sampling rate; -1 when the data is missing, -2 when it is open already.
int bridge_open(const char *data);
void bridge_close(void);
int bridge_voice(const char *name);
// words per minute; notation: text within [[ ]] is phonemes.
int bridge_say(const char *text, int words, int notation, bridge_audio *out);
void bridge_cancel(bridge_audio *a);
// Phonemes of the next clause in IPA; *text moves on and is NULL at the end.
const char *bridge_phonemes(const char **text);
// Writes the languages of all voices, separated by spaces, to a buffer.
int bridge_languages(char *out, int max);

#endif
