// Reads WebVTT files with the parser of the W3C's validator; prints their errors and cues as JSON.
const fs = require("fs");
const { createRequire } = require("module");
const [place, ...files] = process.argv.slice(2);
const { WebVTTParser } = createRequire(place + "/package.json")("webvtt-parser");
const entities = JSON.parse(fs.readFileSync(place + "/node_modules/webvtt-parser/html-entities.json", "utf8"));
const out = files.map((file) => {
  const parsed = new WebVTTParser(entities).parse(fs.readFileSync(file, "utf8"), "subtitles/captions/descriptions");
  const text = (node) => (node.type === "text" ? node.value : (node.children || []).map(text).join(""));
  const voices = (node) => [...(node.name === "v" ? [node.value] : []), ...(node.children || []).flatMap(voices)];
  return {
    errors: parsed.errors.map((e) => `${e.line}:${e.col || 0} ${e.message}`),
    cues: parsed.cues.map((c) => ({ start: c.startTime, end: c.endTime, text: text(c.tree), voice: voices(c.tree)[0] || "" })),
  };
});
console.log(JSON.stringify(out));
