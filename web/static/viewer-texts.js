// The texts of the page's language, and names and scripts of languages.
export const T = JSON.parse(document.getElementById("texts").textContent);

// fill puts values into the {places} of a text.
export const fill = (text, values) => text.replace(/\{(\w+)\}/g, (place, name) => (name in values ? values[name] : place));

// primary is the language as screen readers know it: "de-leicht" is German.
export const primary = (tag) => (tag || "").replace(/-leicht$/, "");

export const direction = (tag) => (["ar", "fa", "he", "ur", "ps", "ckb", "yi"].includes((tag || "").split("-")[0]) ? "rtl" : "ltr");

// unspaced languages put no spaces between words.
export const unspaced = (tag) => ["ja", "km", "lo", "my", "th", "yue", "zh"].includes((tag || "").split("-")[0]);

const own = { ar: "العربية", de: "Deutsch", en: "English", es: "Español", fr: "Français", it: "Italiano", pl: "Polski", ro: "Română", ru: "Русский", tr: "Türkçe", uk: "Українська" };

// nameOf a language in that language: who reads nothing else finds it.
export function nameOf(tag) {
  if (own[tag]) return own[tag];
  try {
    const name = new Intl.DisplayNames([tag], { type: "language" }).of(tag);
    return name.charAt(0).toLocaleUpperCase(tag) + name.slice(1);
  } catch (e) { return tag; } // not a language tag, or a browser without names
}

// trackName is what a choice is called.
export function trackName(track, easy) {
  if (track === "original") return T.track_original;
  return track === easy ? `${T.track_easy} (${nameOf(primary(track))})` : nameOf(track);
}
