"""Does what programs do with the official Python client, and prints what came of it as JSON.

Arguments: base URL, key, folder with english.flac, long.flac, german.flac, broken.flac and large.wav.
"""

import json
import sys
import time

import openai

base, key, folder = sys.argv[1:4]
client = openai.OpenAI(base_url=base, api_key=key, max_retries=0, timeout=120)
out = {"version": openai.__version__}


def file(name):
    return open(f"{folder}/{name}", "rb")


def refused(do):
    try:
        do()
    except openai.APIStatusError as e:
        return {"kind": type(e).__name__, "status": e.status_code, "code": e.code, "param": e.param, "message": e.message}
    except openai.OpenAIError as e:
        return {"kind": type(e).__name__, "status": 0, "code": "", "message": str(e)}
    return None


out["models"] = [m.id for m in client.models.list()]
out["text"] = client.audio.transcriptions.create(model="whisper-1", file=file("english.flac"), language="en").text

verbose = client.audio.transcriptions.create(
    model="whisper-1", file=file("english.flac"), response_format="verbose_json", timestamp_granularities=["word", "segment"]
)
out["language"] = verbose.language
out["duration"] = float(verbose.duration)
out["words"] = [{"word": w.word, "start": w.start, "end": w.end} for w in verbose.words]
out["segments"] = [{"text": s.text, "start": s.start, "end": s.end} for s in verbose.segments]
out["vtt"] = client.audio.transcriptions.create(model="whisper-1", file=file("english.flac"), response_format="vtt")

begun = time.monotonic()
deltas = []
for event in client.audio.transcriptions.create(model="gpt-4o-mini-transcribe", file=file("long.flac"), language="en", stream=True):
    if event.type == "transcript.text.delta":
        deltas.append(event.delta)
        out.setdefault("first_delta_s", time.monotonic() - begun)
    elif event.type == "transcript.text.done":
        out["streamed"] = event.text
        out["done_s"] = time.monotonic() - begun
out["deltas"] = deltas

out["german"] = client.audio.transcriptions.create(model="whisper-1", file=file("german.flac")).text
out["translation"] = client.audio.translations.create(model="whisper-1", file=file("german.flac")).text

spoken = "Das Bürgeramt ist am Montag von acht bis zwölf Uhr geöffnet."
out["spoken"] = spoken
begun = time.monotonic()
with client.audio.speech.with_streaming_response.create(
    model="tts-1", voice="alloy", input=spoken, response_format="flac", extra_body={"language": "de"}
) as response:
    data = b""
    for piece in response.iter_bytes():
        out.setdefault("first_sound_s", time.monotonic() - begun)
        data += piece
with open(f"{folder}/spoken.flac", "wb") as f:
    f.write(data)
out["heard"] = client.audio.transcriptions.create(model="whisper-1", file=file("spoken.flac"), language="de").text
out["wav"] = len(client.audio.speech.create(model="tts-1", voice="nova", input=spoken, response_format="wav", speed=1.5).content)

out["unknown_key"] = refused(lambda: openai.OpenAI(base_url=base, api_key="wrong", max_retries=0).models.list())
out["broken"] = refused(lambda: client.audio.transcriptions.create(model="whisper-1", file=file("broken.flac")))
out["large"] = refused(lambda: client.audio.transcriptions.create(model="whisper-1", file=file("large.wav")))
out["mp3"] = refused(lambda: client.audio.speech.create(model="tts-1", voice="nova", input="Tag", response_format="mp3"))
out["model"] = refused(lambda: client.audio.transcriptions.create(model="nobody", file=file("english.flac")))
print(json.dumps(out))
