#include "engine.h"

#include <picoapi.h>
#include <stdlib.h>
#include <string.h>

// The largest voice needs about 1.7 MB for its files and the engine 1 MB.
#define MEMORY (4 * 1024 * 1024)
// Bytes asked for at a time: Pico hands its output out in small items.
#define PIECE 640
// Steps without output before control goes back, so that a cancel is seen.
#define STEPS 64

struct pico_voice {
	void *memory;
	pico_System system;
	pico_Resource ta, sg;
	pico_Engine engine;
};

static const pico_Char *NAME = (const pico_Char *)"voice";

static int load(pico_voice *v, const char *file, pico_Resource *r) {
	pico_Retstring name;
	int rc = pico_loadResource(v->system, (const pico_Char *)file, r);
	if (rc == PICO_OK) rc = pico_getResourceName(v->system, *r, name);
	if (rc == PICO_OK) rc = pico_addResourceToVoiceDefinition(v->system, NAME, (const pico_Char *)name);
	return rc;
}

int pico_voice_open(const char *ta, const char *sg, pico_voice **out, char *message) {
	*out = NULL;
	pico_voice *v = calloc(1, sizeof *v);
	// Pico reads memory it never wrote: zeroes make every run the same.
	if (!v || !(v->memory = calloc(1, MEMORY))) {
		free(v);
		strcpy(message, "out of memory");
		return PICO_EXC_OUT_OF_MEM;
	}
	int rc = pico_initialize(v->memory, MEMORY, &v->system);
	if (rc == PICO_OK) rc = pico_createVoiceDefinition(v->system, NAME);
	if (rc == PICO_OK) rc = load(v, ta, &v->ta);
	if (rc == PICO_OK) rc = load(v, sg, &v->sg);
	if (rc == PICO_OK) rc = pico_newEngine(v->system, NAME, &v->engine);
	if (rc != PICO_OK && v->system) pico_getSystemStatusMessage(v->system, rc, message);
	if (rc != PICO_OK) {
		pico_voice_close(v);
		return rc;
	}
	*out = v;
	return PICO_OK;
}

void pico_voice_close(pico_voice *v) {
	if (!v) return;
	if (v->system) {
		if (v->engine) pico_disposeEngine(v->system, &v->engine);
		pico_releaseVoiceDefinition(v->system, NAME);
		if (v->sg) pico_unloadResource(v->system, &v->sg);
		if (v->ta) pico_unloadResource(v->system, &v->ta);
		pico_terminate(&v->system);
	}
	free(v->memory);
	free(v);
}

int pico_voice_put(pico_voice *v, const char *text, int n) {
	pico_Int16 put = 0;
	int rc = pico_putTextUtf8(v->engine, (const pico_Char *)text, (pico_Int16)(n > 4096 ? 4096 : n), &put);
	return rc == PICO_OK ? put : (rc < 0 ? rc : -1);
}

int pico_voice_get(pico_voice *v, int16_t *pcm, int max, int *got) {
	int step = 0, rc = PICO_STEP_BUSY;
	*got = 0;
	while (step < STEPS && *got + PIECE / 2 <= max) {
		pico_Int16 bytes = 0, type = 0;
		rc = pico_getData(v->engine, pcm + *got, PIECE, &bytes, &type);
		*got += bytes / 2;
		if (rc != PICO_STEP_BUSY) break;
		if (bytes == 0) step++;
	}
	if (rc == PICO_STEP_BUSY) return 1;
	return rc == PICO_STEP_IDLE ? 0 : -1;
}
