// The chat inside its frame: writing first, the voice with a press of a
// button, in one conversation that lasts while people move through the site.
import { Audio } from "./conversation-audio.js";
import { keyOf, microphone, missing } from "./conversation-mic.js";
import { Panel } from "./conversation-panel.js";
import { tabMemory } from "./conversation.js";
import { T, speak } from "./conversation-texts.js";

const byId = (id) => document.getElementById(id);
const framed = window.parent !== window;
let shown = !framed;

document.documentElement.classList.add("works");

const panel = new Panel("chat", { memory: tabMemory, size: 0, on: { changed, ended: () => tell("over"), said: (s) => { if (!shown && s.leg !== "caller") tell("news"); } } });
panel.show(true);

// The first words begin the conversation.
const write = panel.write.bind(panel);
panel.write = async () => {
  if (panel.conversation.phase === "connecting" || !byId("text").value.trim()) return;
  if (panel.conversation.phase !== "live" && !(await begin(null))) return;
  await write();
};

byId("voice").addEventListener("click", voice);
byId("again").addEventListener("click", () => { again(); byId("text").focus(); });
byId("close").addEventListener("click", close);
byId("tongue").addEventListener("change", () => speak(byId("tongue").value));
document.addEventListener("spoken", () => { byId("tongue").value = document.documentElement.lang; });
addEventListener("keydown", (e) => { if (e.key === "Escape" && framed) { e.preventDefault(); close(); } });
addEventListener("message", heard);

if (framed) {
  byId("close").hidden = false;
  tell("ready");
}
if (panel.resume()) talked();
panel.changed();

async function begin(stream) {
  const text = byId("text").value.trim();
  again();
  byId("text").value = text;
  panel.show(true);
  try {
    await panel.conversation.begin(document.documentElement.lang, stream);
    await live();
    talked();
    byId("text").focus();
    return true;
  } catch (e) {
    panel.make();
    panel.changed();
    panel.wrong(keyOf(e));
    byId("text").value = text; // what was written is not lost
    return false;
  }
}

// live waits until what happens can be seen, so that no answer is missed.
function live() {
  return new Promise((done) => {
    const look = () => (panel.conversation.phase === "connecting" ? setTimeout(look, 50) : done());
    look();
  });
}

// talked tells the site's page that there is something to come back to.
function talked() {
  byId("before").hidden = true;
  byId("ai-short").hidden = false;
  tell("begun");
}

function again() {
  panel.clear();
  panel.make();
  panel.changed();
}

// voice begins audio in the conversation that runs, or with it.
async function voice() {
  Audio.prepare(byId("answers"));
  const lacking = missing();
  if (lacking) return panel.wrong(lacking);
  byId("voice").disabled = true;
  try {
    const stream = await microphone("");
    if (panel.conversation.phase === "live") await panel.conversation.speak(stream);
    else await begin(stream);
    if (!byId("wrong").dataset.key || panel.conversation.voice !== "off") panel.wrong("");
  } catch (e) {
    panel.wrong(keyOf(e));
  }
  byId("voice").disabled = false;
}

function changed(c) {
  const began = c.phase === "live" || c.phase === "ended";
  byId("hang-up").hidden = !began;
  byId("keys").hidden = c.voice === "off"; // who writes needs no keys
  if (c.voice === "off") panel.keypad(false);
  byId("captions").hidden = c.phase === "idle";
}

// close hides the frame: the conversation goes on in writing, nobody listens.
function close() {
  if (!framed) return;
  if (panel.conversation.voice !== "off") panel.conversation.hushed();
  shown = false;
  tell("close");
}

function tell(what) { if (framed) window.parent.postMessage({ amtsleitung: what }, "*"); }

// heard takes the two words the loader says: shown, and where to put the focus.
function heard(e) {
  if (e.source !== window.parent || !e.data || typeof e.data.amtsleitung !== "string") return;
  if (e.data.amtsleitung === "shown") shown = true;
  const stops = [...document.querySelectorAll("button, select, textarea, a[href], [tabindex='0']")].filter((n) => !n.disabled && n.offsetParent !== null);
  if (e.data.amtsleitung === "first") (stops[0] || byId("content")).focus();
  else if (e.data.amtsleitung === "last") (stops[stops.length - 1] || byId("content")).focus();
  else if (e.data.amtsleitung === "shown") (byId("write").hidden ? byId("again") : byId("text")).focus();
}
