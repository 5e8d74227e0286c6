// Speaking with the browser's microphone: the notice comes first and the
// microphone opens only by a click below it. The page shows what the service
// hears and writes, and what the organiser did.
import { devices, keyOf as reasonOf, Meter, microphone, stop as silence } from "./conversation-mic.js";
import { get, post, remove, room } from "./organiser-api.js";
import { byId, h, say, set, show, tell } from "./desk-dom.js";
import { ask } from "./organiser-ask.js";
import { Audio } from "./conversation-audio.js";
import { fault } from "./organiser-add.js";
import { open } from "./organiser-door.js";
import { connect, connecting } from "./stream.js";
import { T, languageName } from "./texts.js";
import { Written } from "./organiser-written.js";

const pace = 2000; // ms between questions how the own microphone stands

const written = new Written();
const meter = new Meter((level) => { byId("loud").value = muted ? 0 : Math.round(level * 100); });
let shown, stream, audio, leg = "", path = "off", muted = false, confirmed = "", yes = false, looks = 0, newest = 0, unask, end, timer, over = false;

open(begins, () => get("/speak"), true).then(() => {
  end = connect(`${room}/events?track=original`, written.handlers(), { lost: async () => { await look(); return !over; } });
  timer = setInterval(look, pace);
  document.documentElement.dataset.ready = "";
});

function begins(state) {
  display(state);
  byId("language").append(...state.languages.map((l) => h("option", { value: l }, languageName(l))));
  byId("language").value = state.languages[0];
  try { byId("name").value = sessionStorage.getItem("speak-name") ?? ""; } catch { /* then it is typed again */ }
}

const notice = (state) => `${state.keeps}\n${state.consent}`;

// display shows what the service says of the meeting and of this microphone.
function display(state) {
  const was = shown;
  shown = state;
  set(byId("meeting"), state.title);
  if (!stream) set(byId("notice"), state.consent);
  if (["stopping", "stopped", "closed"].includes(state.life) && was?.life !== state.life) finish();
  written.me = stream ? byId("name").value.trim() : "";
  told(state);
  voice();
}

// told: what was confirmed here is what the organiser's list says, also when
// it is announced only later; another text has to be confirmed again.
function told(state) {
  const same = confirmed === notice(state), anew = Boolean(stream) && !same;
  if (anew && byId("renewed").hidden) say(T.rooms_renewed, true);
  show(byId("renewed"), anew);
  set(byId("renewed-text"), anew ? state.consent : "");
  if (leg && yes && state.there) { // the click below the notice is a later yes
    yes = false;
    if (state.refused) post(`/speak/${leg}/agree`).then(look, () => {});
  }
  if (leg && same && state.there && state.announced && !state.told && !state.refused) post(`/speak/${leg}/told`).catch(() => {}); // asked again in a moment
}

// look asks how things stand. An answer to an older question that comes after
// that to a newer one takes nothing back.
async function look() {
  if (over) return;
  const mine = leg, number = ++looks;
  try {
    const state = await get(mine ? `/speak/${mine}` : "/speak");
    if (number > newest) display(state);
    newest = Math.max(newest, number);
  } catch (e) {
    if (e.status === 404 && mine) display(await get("/speak").catch(() => ({ ...shown, there: false }))); // the line broke, or was left; the sound mends itself
    else if (e.status === 404 || e.status === 410 || e.status === 401) finish();
  }
}

// voice says in words what becomes of the own voice now.
function voice() {
  const s = shown, state = path === "on" ? s.refused ? "refused" : muted ? "muted" : s.muted ? "closed" : s.life !== "running" ? "waiting" : s.there && s.rms_dbfs > -60 && s.rms_dbfs < 0 ? "heard" : s.warnings.includes("silence") ? "silent" : "on" : path;
  if (!stream) return;
  byId("live").dataset.voice = state;
  set(byId("state"), T[`rooms_voice_${state}`]);
  set(byId("says"), state === "waiting" ? T[`rooms_voice_waiting_${s.life}`] : T[`rooms_voice_${state}_says`] ?? "");
  byId("mute").setAttribute("aria-pressed", String(muted));
  set(byId("mute"), muted ? T.rooms_speak_unmute : T.rooms_speak_mute);
}

byId("speak").addEventListener("submit", (e) => { e.preventDefault(); start(); });
byId("decline").addEventListener("click", () => { show(byId("declined"), true); byId("declined").focus(); });
byId("mute").addEventListener("click", () => { muted = !muted; hush(); voice(); say(byId("state").textContent); });
byId("leave").addEventListener("click", () => leave(T.rooms_ended_left));
byId("refuse").addEventListener("click", () => { unask = ask(byId("refuse"), T.rooms_speak_refuse_ask, T.rooms_speak_refuse_yes, refuse); });
byId("understood").addEventListener("click", () => { confirmed = notice(shown); byId("mute").focus(); told(shown); });
byId("again").addEventListener("click", () => { show(byId("ended"), false); show(byId("before"), true); set(byId("notice"), shown.consent); byId("notice-title").focus(); });
byId("device").addEventListener("change", (e) => change(e.target.value));
addEventListener("pagehide", () => { if (leg) fetch(`${room}/speak/${leg}`, { method: "DELETE", keepalive: true }).catch(() => {}); });

async function start() {
  const name = byId("name").value.trim().replace(/\s+/g, " ");
  if (!fault("name", name ? "" : T.rooms_wrong_name)) return;
  byId("name").value = name;
  byId("agree").disabled = true;
  problem("");
  show(byId("declined"), false);
  const agreed = notice(shown); // the browser's own question takes its time
  let fresh;
  try {
    fresh = await microphone("");
  } catch (e) {
    problem(T[`rooms_${reasonOf(e)}`] ?? T.rooms_wrong_microphone);
    byId("agree").disabled = false;
    byId("agree").focus();
    return;
  }
  if (over) { silence(fresh); return; }
  stream = fresh;
  try { sessionStorage.setItem("speak-name", name); } catch { /* then it is typed again */ }
  confirmed = agreed;
  yes = true;
  muted = false;
  path = "connecting";
  show(byId("before"), false);
  show(byId("live"), true);
  show(byId("written"), true);
  voice();
  meter.open(stream);
  list();
  byId("mute").focus();
  const own = audio = new Audio(byId("sound"), (sdp) => exchange(sdp, own), moved);
  own.ice = async () => (await get("/ice")).ice_servers;
  try { await own.open(stream); } catch (e) {
    if (own !== audio) return; // left meanwhile
    if (e.over || !navigator.onLine) leave(e.message); else own.expect(pace);
  }
  byId("agree").disabled = false;
}

// exchange gives an offer to the service: a line that lasts gets a new path,
// one that broke is opened anew.
async function exchange(sdp, own) {
  if (own !== audio) return ""; // left meanwhile
  if (leg) {
    try {
      return (await post(`/speak/${leg}`, { sdp })).sdp;
    } catch (e) {
      if (e.status !== 404 && e.status !== 410) throw e;
      leg = "";
    }
  }
  const made = await post("/speak", { sdp, name: byId("name").value, language: byId("language").value });
  if (own !== audio) { remove(`/speak/${made.leg}`).catch(() => {}); return ""; }
  leg = made.leg;
  return made.sdp;
}

// moved hears of the path of the sound.
function moved(state) {
  if (!stream || !["on", "broken", "failed"].includes(state)) return;
  if (state === "failed") { leave(T.rooms_ended_lost); return; }
  path = state;
  voice();
  look();
}

function hush() { for (const track of stream?.getAudioTracks() ?? []) track.enabled = !muted; }

async function change(device) {
  try {
    const fresh = await microphone(device), old = stream;
    if (!old || byId("device").value !== device) { silence(fresh); return; } // left, or another one was chosen meanwhile
    await audio.peer?.getSenders().find((s) => s.track)?.replaceTrack(fresh.getAudioTracks()[0]);
    stream = audio.stream = fresh;
    silence(old);
    hush();
    meter.open(fresh);
    problem("");
  } catch (e) {
    problem(T[`rooms_${reasonOf(e)}`] ?? T.rooms_wrong_microphone);
    list();
  }
}

async function list() {
  const { inputs } = await devices(), used = stream?.getAudioTracks()[0]?.getSettings().deviceId ?? "";
  byId("device").replaceChildren(...inputs.map((d) => h("option", { value: d.deviceId }, d.label || T.rooms_speak_default)));
  byId("device").value = inputs.some((d) => d.deviceId === used) ? used : inputs[0]?.deviceId ?? "";
}

// refuse stops the sound first; then the service takes back what was written.
async function refuse() {
  const mine = leg;
  for (const track of stream?.getAudioTracks() ?? []) track.enabled = false;
  let text = T.rooms_ended_refused;
  try { if (mine) await post(`/speak/${mine}/refuse`); } catch { text = T.rooms_ended_refused_alone; }
  leave(text);
}

function leave(text) {
  if (!stream) return;
  unask?.();
  const mine = leg;
  leg = "";
  audio?.close();
  audio = null;
  meter.close();
  silence(stream);
  stream = null;
  path = "off";
  if (mine) remove(`/speak/${mine}`).catch(() => {}); // it ends by itself without a sign of life
  show(byId("live"), false);
  show(byId("ended"), true);
  set(byId("ended-says"), text);
  byId("ended-title").focus();
  byId("agree").disabled = false;
}

// finish: the meeting is over.
function finish() {
  if (over) return;
  over = true;
  clearInterval(timer);
  end?.();
  leave(T.rooms_ended_over);
  show(byId("before"), false);
  show(byId("ended"), true);
  set(byId("ended-says"), T.rooms_ended_over);
  show(byId("again"), false);
  connecting(false);
}

function problem(text) {
  tell("problem", text);
}
