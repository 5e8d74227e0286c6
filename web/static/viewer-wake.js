// Keeps the screen on while lines are read.
let wanted = false, lock = null;

export function stayAwake(on) {
  wanted = on;
  if (!on && lock) {
    lock.release().catch(() => {});
    lock = null;
  }
  if (on) ask();
}

async function ask() {
  if (lock || !navigator.wakeLock || document.visibilityState !== "visible") return;
  try {
    lock = await navigator.wakeLock.request("screen");
    lock.addEventListener("release", () => { lock = null; });
    if (!wanted) stayAwake(false);
  } catch (e) { /* the battery is low: the screen may go dark */ }
}

document.addEventListener("visibilitychange", () => { if (wanted) ask(); });
