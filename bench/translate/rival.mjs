// Marian as compiled for browsers, the engine that Firefox had: JSON lines
// with sentences come in, translations and times go out, as in rival.py.
import fs from "node:fs";
import path from "node:path";
import readline from "node:readline";
import { Worker } from "node:worker_threads";

const [worker, root] = process.argv.slice(2);
const thread = new Worker(worker);
let last = 0;
const waiting = new Map();

thread.on("message", ({ id, result, error }) => {
  const { resolve, reject } = waiting.get(id);
  waiting.delete(id);
  error ? reject(new Error(error.message ?? error)) : resolve(result);
});

function ask(name, ...args) {
  const id = ++last;
  thread.postMessage({ id, name, args });
  return new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
}

function read(folder, prefix) {
  const file = fs.readdirSync(folder).find((name) => name.startsWith(prefix));
  const bytes = fs.readFileSync(path.join(folder, file));
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
}

await ask("initialize", { cacheSize: 0 });
for (const [from, to] of [["en", "pt"], ["pt", "en"]]) {
  const folder = path.join(root, from + to);
  const buffers = { model: read(folder, "model."), shortlist: read(folder, "lex."), vocabs: [read(folder, "vocab.")] };
  await ask("loadTranslationModel", { from, to }, buffers);
}
console.log(JSON.stringify({ ready: true }));
for await (const line of readline.createInterface({ input: process.stdin })) {
  const { from, to, text } = JSON.parse(line);
  const start = performance.now();
  const [answer] = await ask("translate", { models: [{ from, to }], texts: [{ text, html: false, qualityScores: false }] });
  console.log(JSON.stringify({ text: answer.target.text, seconds: (performance.now() - start) / 1000 }));
}
await thread.terminate();
