// /anruf: calling from a web page. Before the call the microphone is explained
// and can be tested; during it the conversation is the page.
import { Audio } from "./conversation-audio.js";
import { Meter, devices, keyOf, microphone, missing, stop } from "./conversation-mic.js";
import { Panel } from "./conversation-panel.js";
import { tabMemory } from "./conversation.js";
import { T, fill, speak } from "./conversation-texts.js";

const byId = (id) => document.getElementById(id);
const heard = 0.35; // of the meter: a voice, not the room
const echoed = 3; // s of hearing oneself

document.documentElement.classList.add("works");

const panel = new Panel("anruf", { memory: tabMemory, on: { begun: () => calling(true), ended: stopTest } });
let tested = null; // the stream of the test
let testing = 0; // tests so far: who asks for a microphone twice keeps the last
let joining = false;
const testMeter = new Meter((level) => {
  byId("test-level").style.transform = `scaleX(${level})`;
  if (tested && level > heard) status("test-heard", T.level_heard);
});

byId("call").addEventListener("click", () => call());
byId("again").addEventListener("click", again);
byId("by-hand").addEventListener("click", () => { stopTest(); panel.begin(null).then(failed); });
byId("voice").addEventListener("click", join);
byId("test-mic").addEventListener("click", () => (tested ? stopTest() : startTest()));
byId("echo").addEventListener("click", echo);
byId("input").addEventListener("change", startTest);
byId("output").addEventListener("change", () => sink(byId("answers")));
document.querySelector(".tongues").addEventListener("click", tongue);

if (missing()) {
  panel.wrong(missing());
  byId("call").disabled = byId("test-mic").disabled = true;
}
resume();

// call asks for the microphone inside the press of the button, so that sound may be played later.
async function call() {
  Audio.prepare(byId("answers"));
  sink(byId("answers"));
  panel.wrong("");
  asking(true);
  try {
    const stream = await microphone(byId("input").value);
    stopTest();
    asking(false);
    failed(await panel.begin(stream));
  } catch (e) {
    asking(false);
    panel.wrong(keyOf(e));
  }
}

// asking says where to look while the browser asks.
function asking(on) {
  byId("call").disabled = on;
  const p = byId("permission");
  p.dataset.t = on ? "state_asking" : "permission";
  p.textContent = T[p.dataset.t];
  p.classList.toggle("hint--now", on);
}

function failed(begun) {
  if (begun) return;
  calling(false);
  byId("call").focus();
}

function calling(on) {
  byId("before").hidden = on;
  byId("ai-short").hidden = !on;
  if (on) byId("talk").before(byId("wrong"));
  else byId("before").querySelector(".begin").before(byId("wrong"));
}

function again() {
  panel.clear();
  panel.make();
  panel.show(false);
  calling(false);
  panel.changed();
  byId("call").focus();
}

// join adds the voice to a conversation that was written so far.
async function join() {
  if (joining) return;
  joining = true;
  Audio.prepare(byId("answers"));
  try {
    await panel.conversation.speak(await microphone(byId("input").value));
    panel.wrong("");
  } catch (e) {
    panel.wrong(keyOf(e));
  } finally {
    joining = false;
  }
}

// resume goes on after a reload; the microphone only if it needs no question.
async function resume() {
  const kept = panel.resume();
  if (!kept || !kept.voice || missing()) return;
  try {
    const allowed = await navigator.permissions.query({ name: "microphone" });
    if (allowed.state === "granted") await join();
  } catch { /* the button is there */ }
}

// tongue changes the language of the page without leaving the conversation.
async function tongue(e) {
  const link = e.target.closest("a");
  if (!link || e.ctrlKey || e.metaKey || e.shiftKey) return;
  e.preventDefault();
  if (!(await speak(link.lang))) return;
  for (const a of document.querySelectorAll(".tongues a")) {
    if (a === link) a.setAttribute("aria-current", "true");
    else a.removeAttribute("aria-current");
  }
  history.replaceState(null, "", "?lang=" + link.lang);
}

async function startTest() {
  const wanted = byId("input").value;
  stopTest();
  const mine = testing;
  panel.wrong("");
  try {
    const stream = await microphone(wanted);
    if (mine !== testing) return stop(stream);
    tested = stream;
  } catch (e) {
    return mine === testing && panel.wrong(keyOf(e));
  }
  await choices();
  byId("test-on").hidden = false;
  text("test-mic", "test_stop");
  status("test-heard", T.level_silent);
  testMeter.open(tested);
}

function stopTest() {
  testing++;
  stop(tested);
  tested = null;
  testMeter.close();
  byId("test-on").hidden = true;
  text("test-mic", "test_start");
}

// choices fills the lists with what is plugged in.
async function choices() {
  const { inputs, outputs } = await devices();
  const [track] = tested.getAudioTracks();
  options(byId("input"), inputs, track.getSettings().deviceId);
  options(byId("output"), outputs, byId("output").value);
  byId("outputs").hidden = outputs.length < 2;
}

function options(select, list, chosen) {
  select.replaceChildren(...list.map((d, i) => new Option(d.label || fill(T.device, { n: i + 1 }), d.deviceId, false, d.deviceId === chosen)));
}

async function echo() {
  if (!tested || !testMeter.context) return;
  byId("echo").disabled = true;
  status("echo-now", T.echo_speak);
  setTimeout(() => { if (tested) status("echo-now", T.echo_listen); }, echoed * 1000);
  if (testMeter.context.setSinkId && byId("output").value) await testMeter.context.setSinkId(byId("output").value).catch(() => {});
  await testMeter.echo(echoed);
  byId("echo").disabled = false;
  if (tested) status("echo-now", T.echo_done);
}

function sink(element) {
  if (element.setSinkId && byId("output").value) element.setSinkId(byId("output").value).catch(() => {});
}

function text(id, key) {
  byId(id).dataset.t = key;
  byId(id).textContent = T[key];
}

function status(id, words) {
  if (byId(id).textContent !== words) byId(id).textContent = words;
}
