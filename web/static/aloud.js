// Texts for screen readers, each a part of a live region: what comes at once
// is all read, and nobody who walks through the page finds it later.
const left = 10000; // ms that a text stays

// aloud adds a text in a language to a region; "" is that of the page.
export function aloud(region, text, language) {
  const p = document.createElement("p");
  p.textContent = text;
  if (language) p.lang = language;
  region.append(p);
  setTimeout(() => p.remove(), left);
}
