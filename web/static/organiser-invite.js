// Who may come in and how: the viewers' address as code, link and picture, and
// the links of those who help. Links with a key are shown only when asked for,
// because this page may stand on a wall.
import { begin } from "./organiser-api.js";
import { byId, h, set, show } from "./desk-dom.js";
import { copy } from "./organiser-copy.js";
import { has, forget, keep } from "./organiser-kept.js";
import { T } from "./texts.js";

export class Invite {
  #print; #links = {}; #title = "";

  constructor() {
    for (const b of document.querySelectorAll("[data-copy]")) b.addEventListener("click", () => copy(this.#links[b.dataset.copy] ?? "", b, () => this.#shown(b.dataset.copy)));
    byId("large").addEventListener("click", () => this.#poster());
  }

  update({ status, links, keys, phone }) {
    this.#title = status.state.title;
    const print = JSON.stringify([links, keys, phone]);
    if (print === this.#print) return;
    this.#print = print;
    const viewer = whole(links.viewer);
    this.#links = {
      viewer, projector: withView(viewer, "projector"), obs: withView(viewer, "obs"), editor: whole(links.editor), speak: whole(links.speak), organiser: whole(links.organiser),
      whip: whole(links.whip), key: keys?.speak ?? "",
    };
    byId("viewer-link").href = viewer;
    set(byId("viewer-link"), viewer.replace(/^https?:\/\//, ""));
    const number = phone?.number ?? "", pin = keys?.pin ?? "";
    show(byId("invite-phone"), Boolean(number));
    show(byId("phone-in"), Boolean(number));
    for (const place of ["invite", "phone"]) { set(byId(`${place}-number`), number); set(byId(`${place}-pin`), spaced(pin)); }
    show(byId("add-obs"), Boolean(links.whip));
    byId("links-list").replaceChildren(...["projector", "obs", "speak", "editor", "organiser"].map((name) => this.#row(name)), this.#remember());
    byId("obs-links").replaceChildren(...["whip", "key"].map((name) => this.#row(name)));
  }

  // row is a link with what it is for; a secret one is a row of dots at first.
  #row(name) {
    const secret = !["projector", "obs", "whip"].includes(name), id = `link-${name}`;
    const field = h("input", { id, class: "link__value", readonly: true, type: secret ? "password" : "text", "aria-label": T[`rooms_link_${name}`], autocomplete: "off" });
    field.value = this.#links[name];
    const reveal = () => { field.type = "text"; return field; };
    const toggle = secret && h("button", { class: "button button--plain", type: "button", "aria-label": T.rooms_show_of.replace("{what}", T[`rooms_link_${name}`]), onclick: () => {
      field.type = field.type === "text" ? "password" : "text";
      set(toggle, field.type === "text" ? T.rooms_hide : T.rooms_show);
    } }, T.rooms_show);
    const button = h("button", { class: "button button--plain", type: "button", "aria-label": T.rooms_copy_of.replace("{what}", T[`rooms_link_${name}`]), onclick: () => copy(this.#links[name], button, reveal) }, T.rooms_copy);
    return h("li", { class: "link" }, h("div", { class: "link__what" }, h("strong", {}, T[`rooms_link_${name}`]), h("p", { class: "hint" }, T[`rooms_link_${name}_hint`])),
      h("div", { class: "link__row" }, field, button, toggle));
  }

  // remember keeps the organiser's link in this browser, or no longer.
  #remember() {
    const text = () => (has(begin.code) ? T.rooms_remembered : T.rooms_remember);
    const button = h("button", { class: "button button--plain", type: "button", onclick: () => {
      if (has(begin.code)) forget(begin.code); else keep({ code: begin.code, title: this.#title, link: this.#links.organiser });
      set(button, text());
    } }, text());
    return h("li", { class: "link" }, h("p", { class: "hint" }, T.rooms_remember_hint), button);
  }

  #shown(name) {
    const field = byId(`link-${name}`);
    if (!field) return null;
    byId("links").open = true;
    field.type = "text";
    return field;
  }

  #poster() {
    set(byId("poster-title"), this.#title);
    set(byId("poster-link"), this.#links.viewer.replace(/^https?:\/\//, ""));
    byId("poster-qr").src = byId("qr").src;
    byId("poster").showModal();
  }
}

const whole = (link) => { if (!link) return ""; try { return new URL(link, location.origin).href; } catch { return ""; } };
const withView = (link, view) => { const u = new URL(link); u.searchParams.set("view", view); return u.href; };
export const spaced = (pin) => pin.replace(/(\d{3})(?=\d)/g, "$1 ");
