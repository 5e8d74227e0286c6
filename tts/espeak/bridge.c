#include "bridge.h"

#include <espeak-ng/speak_lib.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

// espeak_Terminate after a second espeak_Initialize waits for ever on a
// semaphore that is gone (1.51), so the library starts once and stays.
static int started_rate;
static atomic_int is_open;

// Samples handed over at a time, in ms: the time until a cancel is seen.
#define BUFFER_MS 20

static int take(short *wav, int n, espeak_EVENT *events) {
	bridge_audio *a = events ? events->user_data : NULL;
	if (!a || a->cancel) return 1;
	if (!wav || n <= 0) return 0;
	if (a->count + n > a->max) return 1;
	if (a->count + n > a->room) {
		int room = a->room ? a->room : 1 << 16;
		while (room < a->count + n) room *= 2;
		int16_t *grown = realloc(a->pcm, room * sizeof *grown);
		if (!grown) {
			a->failed = 1;
			return 1;
		}
		a->pcm = grown;
		a->room = room;
	}
	memcpy(a->pcm + a->count, wav, n * sizeof *wav);
	a->count += n;
	return 0;
}

int bridge_open(const char *data) {
	int expected = 0;
	if (!atomic_compare_exchange_strong(&is_open, &expected, 1)) return -2;
	if (started_rate > 0) return started_rate;
	int rate = espeak_Initialize(AUDIO_OUTPUT_SYNCHRONOUS, BUFFER_MS, data, espeakINITIALIZE_DONT_EXIT);
	if (rate <= 0) {
		atomic_store(&is_open, 0);
		return -1;
	}
	espeak_SetSynthCallback(take);
	return started_rate = rate;
}

void bridge_close(void) { atomic_store(&is_open, 0); }

int bridge_voice(const char *name) { return espeak_SetVoiceByName(name) == EE_OK ? 0 : -1; }

int bridge_say(const char *text, int words, int notation, bridge_audio *out) {
	espeak_SetParameter(espeakRATE, words, 0);
	unsigned flags = espeakCHARS_UTF8 | (notation ? espeakPHONEMES : 0);
	espeak_ERROR rc = espeak_Synth(text, strlen(text) + 1, 0, POS_CHARACTER, 0, flags, NULL, out);
	return rc == EE_OK && !out->failed ? 0 : -1;
}

void bridge_cancel(bridge_audio *a) { a->cancel = 1; }

const char *bridge_phonemes(const char **text) {
	const void *at = *text;
	const char *said = espeak_TextToPhonemes(&at, espeakCHARS_UTF8, espeakPHONEMES_IPA);
	*text = at;
	return said;
}

int bridge_languages(char *out, int max) {
	int n = 0;
	const espeak_VOICE **voices = espeak_ListVoices(NULL);
	for (; voices && *voices; voices++) {
		const char *lang = (*voices)->languages; // a priority byte, then the tag
		if (!lang || !lang[0]) continue;
		int len = strlen(lang + 1);
		if (n + len + 2 > max) break;
		memcpy(out + n, lang + 1, len);
		n += len;
		out[n++] = ' ';
	}
	return n;
}
