"""faster-whisper with all the time: 16 kHz mono s16le comes on standard input, words with times go out as JSON.

It hears twice: as its documentation shows it (beam of 5, each window told the
text before it, fallback to other temperatures), and with its voice activity
filter and without the text before. Which is better depends on the talk.
"""

import json
import resource
import sys
import time

WAYS = {
    "as documented": {},
    "voice activity filter, no text before": {"vad_filter": True, "condition_on_previous_text": False},
}


def main():
    import numpy as np
    from faster_whisper import WhisperModel

    folder, language = sys.argv[1], sys.argv[2]
    model = WhisperModel(folder, device="cpu", compute_type="int8")
    audio = np.frombuffer(sys.stdin.buffer.read(), dtype=np.int16).astype(np.float32) / 32768
    json.dump([hear(model, audio, language, name, way) for name, way in WAYS.items()], sys.stdout)


def hear(model, audio, language, name, way):
    cpu = time.process_time()
    segments, _ = model.transcribe(audio, language=language, beam_size=5, word_timestamps=True, **way)
    words = [{"text": w.word, "end": w.end} for s in segments for w in s.words]
    return {
        "way": name,
        "words": words,
        "cpu": time.process_time() - cpu,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    }


if __name__ == "__main__":
    main()
