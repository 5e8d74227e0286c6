// Keeps the parts marked data-live as the server would show them now. The
// pages work without it.
import { connect } from "./stream.js";
import { T } from "./texts.js";

let running = false, again = false, leaving = false;

document.addEventListener("submit", () => { leaving = true; }); // the answer of the form is the next page

connect("/api/v1/requests/events", { changed: refresh });

// refresh fetches the page once more; news during a fetch cause one further.
async function refresh() {
  if (leaving) return;
  if (running) { again = true; return; }
  running = true;
  do {
    again = false;
    try {
      const answer = await fetch(location.href, { redirect: "manual" });
      if (leaving) return;
      if (answer.ok) show(new DOMParser().parseFromString(await answer.text(), "text/html"));
      else if (answer.type === "opaqueredirect") location.reload(); // signed out
      else if (answer.status === 404) location.assign("/admin/anliegen"); // erased
    } catch { /* the stream says that the connection is lost */ }
  } while (again);
  running = false;
}

function show(fresh) {
  let changed = false;
  for (const node of document.querySelectorAll("[data-live]")) {
    const now = fresh.getElementById(node.id);
    if (!now || now.innerHTML === node.innerHTML) continue;
    const link = node.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
    node.replaceChildren(...now.childNodes);
    if (link) [...node.querySelectorAll("a")].find((a) => a.getAttribute("href") === link)?.focus({ preventScroll: true });
    changed = true;
  }
  const seen = document.querySelector("input[name=seen]"), now = fresh.querySelector("input[name=seen]");
  if (changed) document.getElementById("announcer").textContent = seen && now && seen.value !== now.value ? T.wrong_request_moved : T.anliegen_updated;
}
