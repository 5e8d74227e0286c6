/* Translates with real weights and tries what must be refused. Usage: smoke FOLDER-OF-enpt */
#include "amtsleitung_native.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static char err[256];

static void expect(const char *what, int got, int want) {
    if (got != want) {
        fprintf(stderr, "smoke: %s: status %d instead of %d (%s)\n", what, got, want, err);
        exit(1);
    }
}

static double now_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

static int load(const char *dir, const char *model, const char *vocab, amt_translator **t) {
    char m[4096], v[4096], l[4096];
    snprintf(m, sizeof m, "%s/%s", dir, model);
    snprintf(v, sizeof v, "%s/%s", dir, vocab);
    snprintf(l, sizeof l, "%s/lex.50.50.enpt.s2t.bin", dir);
    return amt_translate_load(m, v, v, l, "Where is the town hall?", t, err, sizeof err);
}

int main(int argc, char **argv) {
    if (argc != 2) return 2;
    const char *model = "model.enpt.intgemm.alphas.bin", *vocab = "vocab.enpt.spm";
    amt_translator *t = NULL;
    char *out = NULL;

    expect("missing model", load(argv[1], "nothing.bin", vocab, &t), AMT_LOAD);
    expect("a vocabulary that is none", load(argv[1], model, model, &t), AMT_LOAD);
    expect("a model that is none", load(argv[1], vocab, vocab, &t), AMT_LOAD);

    double start = now_ms();
    expect("load", load(argv[1], model, vocab, &t), AMT_OK);
    double loaded = now_ms();
    const char *text = "Where can I register my new flat?";
    expect("translate", amt_translate(t, text, strlen(text), &out, err, sizeof err), AMT_OK);
    printf("smoke: \"%s\" -> \"%s\" (load %.0f ms, sentence %.1f ms)\n", text, out, loaded - start, now_ms() - loaded);
    if (!strstr(out, "apartamento")) {
        fprintf(stderr, "smoke: the translation does not say \"apartamento\"\n");
        return 1;
    }
    amt_string_free(out);

    char run[64], many[512];
    memset(run, 'a', sizeof run);
    for (size_t i = 0; i < sizeof many; i++) many[i] = i % 5 ? 'a' : ' ';
    expect("61 letters without a space", amt_translate(t, run, 61, &out, err, sizeof err), AMT_TOO_LONG);
    expect("301 characters", amt_translate(t, many, 301, &out, err, sizeof err), AMT_TOO_LONG);
    expect("not UTF-8", amt_translate(t, "\xff\xfe", 2, &out, err, sizeof err), AMT_NOT_UTF8);
    expect("nothing", amt_translate(t, NULL, 0, &out, err, sizeof err), AMT_OK);
    amt_string_free(out);
    expect("no translator", amt_translate_load(NULL, NULL, NULL, NULL, NULL, &t, NULL, 0), AMT_LOAD);
    amt_translate_free(t);
    return 0;
}
