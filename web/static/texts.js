// The texts of the page's language and how that language writes times,
// numbers and languages.
export const T = JSON.parse(document.getElementById("texts").textContent);

const pageLanguage = document.documentElement.lang;
const clock = new Intl.DateTimeFormat(T.locale, { hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat(T.locale, { day: "numeric", month: "long" });
const languages = new Intl.DisplayNames(T.locale, { type: "language" });
const whole = new Intl.NumberFormat(T.locale, { maximumFractionDigits: 0 });
const tenth = new Intl.NumberFormat(T.locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const share = new Intl.NumberFormat(T.locale, { style: "percent" });

// time is "14:05 Uhr", with the day in front when it is not today.
export function time(iso) {
  const t = new Date(iso);
  const at = T.clock.replace("{time}", clock.format(t));
  return t.toDateString() === new Date().toDateString() ? at : `${day.format(t)}, ${at}`;
}

// length is "1:05" of so many milliseconds.
export function length(ms) {
  const s = Math.max(0, Math.floor(ms / 1000));
  return `${Math.floor(s / 60)}:${String(s % 60).padStart(2, "0")}`;
}

export const millis = (ms) => `${whole.format(ms)}\u00a0${T.ms}`;
export const quality = (mos) => `${level(mos, 4, 3.6, "quality")} (${T.of_five.replace("{mos}", tenth.format(mos))})`;

// sureness is a share of 1 in a word and in percent.
export const sureness = (p) => `${level(p, 0.8, 0.6, "sure")} (${share.format(p)})`;

const level = (v, high, middle, key) => T[`${key}_${v >= high ? "high" : v >= middle ? "middle" : "low"}`];

export function languageName(tag) {
  if (tag === "de-leicht") return T.easy_language;
  try { return languages.of(tag) ?? tag; } catch { return tag; } // not a language tag
}

// foreign says whether a text is not in the page's own language.
export const foreign = (tag) => Boolean(tag) && tag !== pageLanguage;

// htmlLanguage is the tag as screen readers know it.
export const htmlLanguage = (tag) => (tag ?? "").replace(/-leicht$/, "");
