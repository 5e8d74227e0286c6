// Reads finished lines to screen readers: one polite region for the page, so
// that half-heard words and figures are never read out.
import { aloud } from "./aloud.js";
import { T, htmlLanguage } from "./texts.js";

const region = document.getElementById("announcer");

export const announce = ({ leg, text, language }) => aloud(region, `${leg === "bot" ? T.bot : T.caller}: ${text}`, htmlLanguage(language));
