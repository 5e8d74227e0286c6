"""Reads TTML, SubRip and Word files with ttconv and python-docx; prints their cues or paragraphs as JSON."""
import json
import sys
import xml.etree.ElementTree as et

sys.path.insert(0, sys.argv[1])
import docx  # noqa: E402
import ttconv.imsc.reader as imsc  # noqa: E402
import ttconv.srt.reader as srt  # noqa: E402
from ttconv.model import Br, P, Text  # noqa: E402


def text(element):
    if isinstance(element, Text):
        return element.get_text()
    if isinstance(element, Br):
        return "\n"
    return "".join(text(child) for child in element)


def cues(model):
    body = model.get_body()
    out = []
    for p in body.dfs_iterator() if body is not None else []:
        if isinstance(p, P):
            out.append({"start": float(p.get_begin() or 0), "end": float(p.get_end()), "text": text(p)})
    return out


def read(path):
    if path.endswith(".ttml"):
        return {"cues": cues(imsc.to_model(et.parse(path)))}
    if path.endswith(".srt"):
        with open(path, encoding="utf-8") as f:
            return {"cues": cues(srt.to_model(f))}
    d = docx.Document(path)
    return {
        "title": d.core_properties.title,
        "paragraphs": [p.text for p in d.paragraphs],
        "styles": [p.style.name for p in d.paragraphs],
        "footer": [p.text for s in d.sections for p in s.footer.paragraphs],
    }


print(json.dumps([read(path) for path in sys.argv[2:]]))
