/* C interface of the Rust parts. Every function may be called from any thread; an amt_translator may be used by
 * several threads at once. Errors are returned as a status with one line in err (never the text itself: it may be a
 * caller's words), not kept per thread, since a goroutine can change its thread between two calls. */
#ifndef AMTSLEITUNG_NATIVE_H
#define AMTSLEITUNG_NATIVE_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct amt_translator amt_translator;

enum {
    AMT_OK = 0,
    AMT_LOAD = 1,      /* a file is missing, damaged or does not fit the others */
    AMT_NOT_UTF8 = 2,
    AMT_TOO_LONG = 3,  /* over AMT_MAX_CHARS, or over AMT_MAX_RUN characters without a space */
    AMT_FAILED = 4     /* the engine panicked; the translator stays usable */
};

/* Translation of long input takes seconds and cannot be cancelled. */
#define AMT_MAX_CHARS 300
#define AMT_MAX_RUN 60

/* Loads one direction. Paths are NUL-terminated UTF-8; pass the same path twice when both languages share a
 * vocabulary; lex is the shortlist (without it every word of the vocabulary is tried), NULL for none. canary is a sentence of the source language
 * that must come out neither empty nor unchanged, since a wrong vocabulary gives "" without any error.
 * On AMT_OK *out is to be freed by amt_translate_free. */
int amt_translate_load(const char *model, const char *source_vocab, const char *target_vocab, const char *lex,
                       const char *canary, amt_translator **out, char *err, size_t err_cap);

/* Translates len bytes of UTF-8, one sentence: the caller cuts. On AMT_OK *out is NUL-terminated and to be freed by amt_string_free. */
int amt_translate(const amt_translator *t, const char *text, size_t len, char **out, char *err, size_t err_cap);

void amt_translate_free(amt_translator *t); /* NULL is fine */
void amt_string_free(char *s);              /* NULL is fine */

#ifdef __cplusplus
}
#endif
#endif
