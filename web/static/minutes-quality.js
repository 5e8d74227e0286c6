// How well a meeting was heard, for people who know nothing of recognition.
import { T } from "./texts.js";
import { h } from "./desk-dom.js";
import { fill } from "./minutes-api.js";

const tenth = new Intl.NumberFormat(T.locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const whole = new Intl.NumberFormat(T.locale, { maximumFractionDigits: 0 });
const share = new Intl.NumberFormat(T.locale, { style: "percent", maximumFractionDigits: 0 });

// quality fills a list with the figures of a record; times are seconds.
export function quality(list, q) {
  const seconds = (s) => fill(T.minutes_seconds, { s: tenth.format(s) });
  list.replaceChildren(
    figure("lag", fill(T.minutes_quality_lag_value, { p50: seconds(q.lag_p50), p95: seconds(q.lag_p95) })),
    figure("erasure", fill(T.minutes_quality_erasure_value, { n: whole.format(100 * q.erasure) })),
    figure("low", share.format(q.low_confidence)),
    figure("fast", whole.format(q.too_fast)),
    figure("gaps", whole.format(q.gaps)),
    figure("speed", share.format(q.real_time)));
}

const figure = (key, value) => h("div", null, h("dt", null, T[`minutes_quality_${key}`]), h("dd", null, h("span", { class: "figures__value" }, value), h("span", { class: "hint" }, T[`minutes_quality_${key}_hint`])));
