// Keys of the page. None works while somebody types or chooses, and all can be
// switched off (WCAG 2.2, 2.1.4).
const typing = "input, select, textarea, [contenteditable]";
const pressed = "button, a, summary"; // the space bar is theirs

export function keys(enabled, does) {
  document.addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey || e.isComposing || !enabled() || e.target.closest(typing)) return;
    if (e.key === " " && e.target.closest(pressed)) return;
    const action = { " ": does.pause, "+": does.larger, "-": does.smaller, f: does.full, l: does.language }[e.key.toLowerCase()];
    if (!action || e.repeat) return;
    e.preventDefault();
    action();
  });
}

const root = document.documentElement;

// canFill says whether the browser can show a page on the whole screen.
export const canFill = Boolean(root.requestFullscreen || root.webkitRequestFullscreen);
export const filled = () => Boolean(document.fullscreenElement || document.webkitFullscreenElement);

export function fillScreen() {
  const does = filled() ? document.exitFullscreen || document.webkitExitFullscreen : root.requestFullscreen || root.webkitRequestFullscreen;
  if (!does) return;
  const done = does.call(filled() ? document : root);
  if (done && done.catch) done.catch(() => {}); // the browser may forbid it
}
