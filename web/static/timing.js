// Draws how a turn's answer time was spent: one bar from the end of the
// question to the first sound, with a mark at the budget and a legend whose
// figures add up to the whole.
import { T, millis } from "./texts.js";

const budget = 900; // ms, design.md section 4
const span = 1500; // ms; bars of usual turns share this scale and can be compared

export function timingBar(node, timing) {
  const total = timing.first_audio_ns / 1e6;
  const scale = Math.max(span, total * 1.02);
  const parts = shares(timing);
  const at = (ms) => `${(ms / scale) * 100}%`;

  node.hidden = false;
  node.querySelector(".timing__total").textContent = T.timing_total.replace("{ms}", millis(total));
  const verdict = node.querySelector(".timing__verdict");
  verdict.textContent = (total <= budget ? T.timing_within : T.timing_beyond).replace("{ms}", millis(budget));
  verdict.dataset.within = total <= budget;
  node.querySelector(".timing__budget").style.left = at(budget);
  const aim = node.querySelector(".timing__aim span");
  aim.textContent = T.timing_aim.replace("{ms}", millis(budget));
  aim.style.marginLeft = at(budget);
  node.querySelector(".timing__bar").replaceChildren(...parts.filter((p) => p.ms > 0).map((p) => part(p, at)));
  node.querySelector(".timing__steps").replaceChildren(...parts.map(step));
}

// shares splits the time into what the caller waited for. The journal gives
// each stage as the time since the caller's last word, in nanoseconds.
// Recognition starts at the first pause: what of it was done before the turn
// was decided cost the caller nothing.
function shares(t) {
  const decision = t.decision_ns / 1e6;
  const recognition = Math.max(t.recognition_ns / 1e6, decision);
  const search = Math.max(t.search_ns / 1e6, recognition);
  const audio = Math.max(t.first_audio_ns / 1e6, search);
  return [
    { name: "decision", ms: decision },
    { name: "recognition", ms: recognition - decision, beside: t.recognition_ns <= t.decision_ns ? t.inference_ns / 1e6 : 0 },
    { name: "search", ms: search - recognition },
    { name: "first_audio", ms: audio - search },
  ];
}

function part(p, at) {
  const node = document.createElement("span");
  node.className = `timing__part step--${p.name}`;
  node.style.width = at(p.ms);
  return node;
}

function step(p) {
  const row = document.createElement("div");
  row.className = `step--${p.name}`;
  const dt = document.createElement("dt");
  dt.textContent = T["timing_" + p.name];
  const dd = document.createElement("dd");
  dd.textContent = p.beside ? T.timing_beside.replace("{ms}", millis(p.beside)) : millis(p.ms);
  row.append(dt, dd);
  return row;
}
