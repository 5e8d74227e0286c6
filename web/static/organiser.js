// Steering a meeting: the service's state flows in once a second and whenever
// something happened; each part of the page shows its share of it. The page
// never guesses: what a button did is what the service says afterwards, also
// when another organiser was quicker.
import { Failure, get, room } from "./organiser-api.js";
import { byId, set, show, tell } from "./desk-dom.js";
import { Adding } from "./organiser-add.js";
import { After } from "./organiser-after.js";
import { Consent } from "./organiser-consent.js";
import { Figures } from "./organiser-figures.js";
import { Inputs } from "./organiser-inputs.js";
import { Invite } from "./organiser-invite.js";
import { Preview } from "./organiser-preview.js";
import { Settings } from "./organiser-settings.js";
import { Stage } from "./organiser-stage.js";
import { open } from "./organiser-door.js";
import { connect, connecting } from "./stream.js";
import { T } from "./texts.js";

const hurry = 150; // ms in which several events are one look

const parts = [new Stage(act), new Inputs(act), new Invite(), new Adding(), new Preview(), new Figures(), new Consent(act), new Settings(act), new After(act)];
let shown, timer, end, looking = false, again = false, over = false;

open(display, async () => {
  const fresh = await get("/status");
  if (fresh.role !== "organiser") throw new Failure(403, ""); // a helper's key does not steer
  return fresh;
}).then(() => {
  const handlers = { status: (status) => { if (status.id >= shown.status.id) display({ ...shown, status }); } }; // an answer may have been newer
  for (const kind of ["input", "state", "notice", "retract"]) handlers[kind] = soon;
  end = connect(`${room}/staff`, handlers, { lost: async () => { await refresh(); return !over; } });
  document.documentElement.dataset.ready = "";
});

// act runs an order; what went wrong is said in a line. It returns whether it
// went well. Whatever came of it, the page shows how things are now.
async function act(promise) {
  try {
    await promise;
    problem("");
    return true;
  } catch (e) {
    problem(e.message);
    return false;
  } finally {
    await refresh();
  }
}

const problem = (text) => tell("problem", text);

function soon() {
  clearTimeout(timer);
  timer = setTimeout(refresh, hurry);
}

// refresh fetches how things are; news during a fetch cause one further, and
// an answer that they have overtaken takes nothing back.
async function refresh() {
  if (over) return;
  if (looking) { again = true; return; }
  looking = true;
  do {
    again = false;
    try {
      const fresh = await get("/status");
      if (fresh.status.id < shown.status.id) again = true; else display(fresh);
    } catch (e) { lost(e); }
  } while (again && !over);
  looking = false;
}

// lost: a meeting of which nothing is left is over for this page, too.
function lost(e) {
  if (e.status !== 404 && e.status !== 410 && e.status !== 401) return; // the line above says that the connection is lost
  over = true;
  end?.();
  if (e.status === 401) { location.reload(); return; } // the key is gone: the door asks for it
  connecting(false);
  const { state } = shown.status;
  display({ ...shown, broke: ["created", "running", "paused"].includes(state.life), status: { ...shown.status, inputs: [], state: { ...state, life: "closed" } } });
}

// complete: an empty list is null in the service's words.
const complete = (s) => ({ ...s, inputs: s.inputs ?? [], consent: s.consent ?? [], speakers: s.speakers ?? [], glossary: s.glossary ?? [], viewers: s.viewers ?? {} });

function display(fresh) {
  if (over && fresh.status.state.life !== "closed") return;
  shown = fresh = { ...fresh, status: complete(fresh.status) };
  const { state } = fresh.status;
  set(byId("title"), state.title || fresh.options?.title || T.title_room);
  document.title = `${byId("title").textContent} · ${T.service}`;
  const ended = ["stopping", "stopped", "closed"].includes(state.life);
  show(byId("columns"), !ended);
  show(byId("settings"), !ended);
  byId("rooms").dataset.life = state.life;
  for (const part of parts) part.update(fresh);
}

