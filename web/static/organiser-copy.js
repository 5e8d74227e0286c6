// Copying: to the clipboard where the browser lets us, else the text is shown
// and marked for the keys everybody knows.
import { say, set } from "./desk-dom.js";
import { T } from "./texts.js";

// copy says on the button that it happened; reveal shows a field with the text
// where the clipboard is closed (a page without https).
export async function copy(text, button, reveal) {
  try {
    await navigator.clipboard.writeText(text);
    done(button);
  } catch {
    const field = reveal?.();
    if (field) { field.focus(); field.select(); }
    say(T.rooms_copy_by_hand, true);
  }
}

const timers = new WeakMap();

function done(button) {
  button.dataset.text ??= button.textContent;
  set(button, T.rooms_copied);
  say(T.rooms_copied);
  clearTimeout(timers.get(button));
  timers.set(button, setTimeout(() => { set(button, button.dataset.text); }, 2500));
}
