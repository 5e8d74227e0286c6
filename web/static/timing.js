// Draws the stages of one turn as a bar with a legend. The journal gives each
// stage as the time since the caller's last word, in nanoseconds.
const stages = ["decision", "recognition", "search", "first_audio"];

export function timingBar(node, timing, T) {
  const ends = stages.map((s) => timing[s + "_ns"] / 1e6);
  const total = ends.at(-1);
  node.hidden = false;
  node.querySelector(".timing__head").textContent = `${T.timing}: ${Math.round(total)} ${T.ms} (${T.budget})`;
  const bar = node.querySelector(".timing__bar");
  const steps = node.querySelector(".timing__steps");
  bar.replaceChildren();
  steps.replaceChildren();
  let before = 0;
  // Recognition starts before the decision and may be done first: stages are
  // drawn in the order in which they ended.
  const order = stages.map((s, i) => [s, ends[i], i]).sort((a, b) => a[1] - b[1]);
  for (const [stage, end, i] of order) {
    const part = document.createElement("span");
    part.className = `step-${i + 1}`;
    part.style.width = `${Math.max(0, end - before) / Math.max(total, 1) * 100}%`;
    bar.append(part);
    before = Math.max(before, end);

    const row = document.createElement("div");
    row.className = `step-${i + 1}`;
    const dt = document.createElement("dt");
    dt.textContent = T["timing_" + stage];
    const dd = document.createElement("dd");
    dd.textContent = `${Math.round(end)} ${T.ms}`;
    row.append(dt, dd);
    steps.append(row);
  }
}
