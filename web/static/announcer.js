// Reads finished lines to screen readers: one polite region for the page, so
// that half-heard words and figures are never read out.
import { T, htmlLanguage } from "./texts.js";

const region = document.getElementById("announcer");

export function announce(segment) {
  region.lang = htmlLanguage(segment.language);
  region.textContent = `${segment.leg === "bot" ? T.bot : T.caller}: ${segment.text}`;
}
