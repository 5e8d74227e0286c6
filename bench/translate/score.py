"""Marks translations with sacrebleu: {"out": [...], "want": [...]} comes in, {"bleu", "chrf", "signature"} goes out."""

import json
import sys

from sacrebleu.metrics import BLEU, CHRF

job = json.load(sys.stdin)
bleu, chrf = BLEU(), CHRF()
marks = {"bleu": bleu.corpus_score(job["out"], [job["want"]]).score, "chrf": chrf.corpus_score(job["out"], [job["want"]]).score}
json.dump({**marks, "signature": f"{bleu.get_signature()}; {chrf.get_signature()}"}, sys.stdout)
