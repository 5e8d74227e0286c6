// Adding sound: a telephone bridge to dial, a file, a stream; the browser's
// microphone has a page of its own.
import { post, upload } from "./organiser-api.js";
import { byId, h, say, set, show } from "./desk-dom.js";
import { copy } from "./organiser-copy.js";
import { T, languageName } from "./texts.js";

const largest = 512 * 1024 * 1024; // bytes, as the service takes them

export class Adding {
  #print; #opened = false; #sending; #bridges = 0;

  constructor() {
    submits("call-form", (f) => this.#call(f));
    submits("file-form", (f) => this.#file(f));
    submits("rtp-form", (f) => this.#rtp(f));
    byId("file-stop").addEventListener("click", () => this.#sending?.stop());
    byId("rtp-copy").addEventListener("click", (e) => copy(byId("rtp-sdp").value, e.currentTarget, () => byId("rtp-sdp")));
    addEventListener("beforeunload", (e) => { if (this.#sending) e.preventDefault(); });
  }

  update({ status }) {
    if (!this.#opened) {
      this.#opened = true;
      byId("add").open = byId("add-mic").open = status.inputs.length === 0;
    }
    this.#gone(status.inputs.filter((i) => i.kind === "bridge").length);
    const print = JSON.stringify([status.state.languages, status.speakers]);
    if (print === this.#print) return;
    this.#print = print;
    for (const select of document.querySelectorAll("select[data-spoken]")) {
      const chosen = select.value;
      select.replaceChildren(h("option", { value: "" }, T.rooms_input_any), ...status.state.languages.map((l) => h("option", { value: l }, languageName(l))));
      select.value = status.state.languages.includes(chosen) ? chosen : "";
    }
    byId("known-speakers")?.remove();
    byId("add").append(h("datalist", { id: "known-speakers" }, ...status.speakers.map((s) => h("option", { value: s }))));
  }

  // gone: nobody is told of a connection that is none any more.
  #gone(bridges) {
    if (bridges < this.#bridges && byId("call-now").textContent === T.rooms_phone_connected) set(byId("call-now"), "");
    this.#bridges = bridges;
  }

  async #call(f) {
    const number = f.number.value.trim();
    if (!fault("call-number", /\d/.test(number) || /^sips?:/i.test(number) ? "" : T.rooms_wrong_number)) return;
    set(byId("call-now"), T.rooms_phone_calling);
    try {
      await post("/inputs/call", { number, pin: f.pin.value.trim(), ...who(f) });
      set(byId("call-now"), T.rooms_phone_connected);
      f.number.value = f.pin.value = "";
    } catch (e) {
      set(byId("call-now"), "");
      fault("call-number", e.message);
    }
  }

  async #file(f) {
    const file = f.file.files[0];
    if (!fault("file-file", !file ? T.rooms_wrong_file : file.size > largest ? T.rooms_wrong_size : "")) return;
    const form = new FormData();
    for (const [name, value] of Object.entries({ ...who(f), name: f.name.value.trim() || file.name })) form.append(name, value);
    form.append("file", file); // last: the service knows the rest when it comes
    const at = (share) => {
      byId("file-progress").value = Math.round(share * 100);
      set(byId("file-now"), share < 1 ? T.rooms_file_going.replace("{percent}", Math.round(share * 100)) : T.rooms_file_reading);
    };
    this.#sending = upload("/inputs/file", form, at);
    at(0);
    show(byId("file-going"), true);
    show(byId("file-stop"), true);
    try {
      await this.#sending.done;
      f.file.value = f.name.value = f.speaker.value = ""; // who speaks in the next one is another matter
      say(T.rooms_file_gone);
    } catch (e) {
      if (e.status !== -1) fault("file-file", e.message); // stopped by hand
    }
    this.#sending = null;
    show(byId("file-going"), false);
    show(byId("file-stop"), false);
  }

  async #rtp(f) {
    try {
      const made = await post("/inputs/rtp", { ...who(f), codec: f.codec.value });
      set(byId("rtp-address"), `${made.address}:${made.port}`);
      byId("rtp-sdp").value = made.sdp;
      show(byId("rtp-made"), true);
      fault("rtp-codec", "");
      byId("rtp-copy").focus();
    } catch (e) {
      fault("rtp-codec", e.message);
    }
  }
}

const who = (f) => ({ name: f.name.value.trim(), speaker: f.speaker.value.trim(), language: f.language.value });

// submits runs once at a time. The button keeps the focus meanwhile.
export function submits(id, run) {
  const form = byId(id), button = form.querySelector("button:not([type=button])");
  let busy = false;
  form.addEventListener("submit", async (e) => {
    e.preventDefault();
    if (busy) return;
    busy = true;
    button.setAttribute("aria-disabled", "true");
    try { await run(form.elements); } finally {
      busy = false;
      button.removeAttribute("aria-disabled");
    }
  });
}

// fault says what is wrong at the field; it returns whether nothing is.
export function fault(id, text) {
  const field = byId(id), line = byId(`${id}-wrong`);
  set(line, text);
  show(line, Boolean(text));
  if (text) { field.setAttribute("aria-invalid", "true"); field.focus(); } else field.removeAttribute("aria-invalid");
  return !text;
}
