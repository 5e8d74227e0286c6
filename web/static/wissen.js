// "What would the bot say?" while somebody types: the same form works without
// a script. Everything goes in by textContent.
const form = document.getElementById("probe-form");
const said = document.getElementById("said");
const T = JSON.parse(document.getElementById("texts").textContent);
const pause = 300; // ms without a key before the question is asked

let timer, asked;

form.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(ask, pause);
});
form.addEventListener("submit", (e) => {
  e.preventDefault();
  clearTimeout(timer);
  ask();
});

async function ask() {
  asked?.abort();
  asked = new AbortController();
  const question = new URLSearchParams(new FormData(form));
  if (!question.get("frage").trim()) return said.replaceChildren();
  try {
    const resp = await fetch(`/admin/wissen/probe?${question}`, { signal: asked.signal });
    if (resp.redirected) return location.reload(); // signed out
    if (!resp.ok) throw new Error(resp.status);
    show(await resp.json());
  } catch (e) {
    if (e.name !== "AbortError") said.replaceChildren(node("p", form.dataset.failed));
  }
}

function show(answer) {
  const line = node("p", "");
  line.className = "said__line";
  const badge = node("span", T["outcome_" + answer.outcome] ?? answer.outcome);
  badge.className = "badge";
  badge.dataset.outcome = answer.outcome;
  line.append(badge);
  if (answer.articles?.length) {
    line.append(` ${form.dataset.match}: ${Math.round(answer.confidence * 100)} %`);
    for (const id of answer.articles) {
      const a = node("a", id);
      a.className = "kern-link";
      a.href = "/admin/wissen/" + encodeURIComponent(id);
      line.append(" · ", a);
    }
  }
  const text = node("p", answer.answer);
  text.className = "said__text";
  text.lang = (answer.language ?? "").replace(/-leicht$/, "");
  said.replaceChildren(line, text);
}

function node(name, text) {
  const n = document.createElement(name);
  n.textContent = text;
  return n;
}
