// The way in: with the key in the address, with the cookie of an earlier
// visit, or with what somebody pastes.
import { begin as page, enter, fromAddress, keyOf } from "./organiser-api.js";
import { byId, set, show } from "./desk-dom.js";
import { kept } from "./organiser-kept.js";
import { connecting } from "./stream.js";
import { T } from "./texts.js";

// keyKept is the organiser's key of this meeting, where this browser keeps it:
// somebody who tried out a link of a helper stays an organiser.
const keyKept = () => keyOf(kept().find((m) => m.code === page.code)?.link ?? "");

// open calls display with the meeting's state once there is a way in. any: every
// key will do, so that one in the address replaces no better one.
export function open(display, ask, any = false) {
  return new Promise((done) => {
    const form = byId("door-form"), field = byId("door-key");
    const inside = (fresh) => {
      connecting(true);
      show(byId("door"), false);
      show(byId("steer"), true);
      display(fresh);
      done();
    };
    const wrong = (text) => {
      set(byId("door-wrong"), text);
      show(byId("door-wrong"), Boolean(text));
      if (text) field.setAttribute("aria-invalid", "true"); else field.removeAttribute("aria-invalid");
    };
    const attempt = async (key) => {
      try {
        if (key) await enter(key);
        inside(await ask());
      } catch (e) {
        connecting(false);
        if (e.status === 404 || e.status === 410) { show(byId("door"), false); show(byId("gone"), true); byId("gone-title").focus(); return; }
        show(byId("door"), true);
        const refused = e.status === 401 || e.status === 403;
        if (key || !refused) wrong(refused ? T.rooms_door_wrong : e.message);
        (key ? field : byId("door-title")).focus();
      }
    };
    // begin takes the key of the address, the cookie, or what this browser keeps.
    const begin = async () => {
      const key = fromAddress();
      if (key && !any) return attempt(key);
      try { return inside(await ask()); } catch (e) {
        const refused = e.status === 401 || e.status === 403;
        return attempt(key || (refused ? keyKept() : ""));
      }
    };
    form.addEventListener("submit", (e) => {
      e.preventDefault();
      const key = keyOf(field.value);
      wrong(key ? "" : T.rooms_door_empty);
      if (key) attempt(key); else field.focus();
    });
    addEventListener("hashchange", () => { const key = fromAddress(); if (key) enter(key).then(() => location.reload(), () => location.reload()); });
    begin();
  });
}
