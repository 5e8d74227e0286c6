// One reading of a page, from the button to its end.
function begin(script, offer) {
  var host = new URL(script.src).origin, T = offer.texts, D = script.dataset;
  var target = D.target && document.querySelector(D.target);
  var ui = player(offer, target, { open: open, play: toggle, stop: stop, close: close, back: back, forward: forward, speed: speed, language: language });
  (target || document.body).appendChild(ui.host);
  var light = lights(ui.layer), follow = follower(ui.room, ui.top), voice = speaker(), fetched = fetcher(host);
  var units = [], at = 0, state = "idle", turn = 0, rate = 1, tongue = "", fresh = false, picked = false;
  var page = (D.language || document.documentElement.lang || "").split("-")[0].toLowerCase() || offer.languages[0];
  ui.languages(page);

  function collect() {
    var selection = getSelection(), range = selection.rangeCount && !selection.isCollapsed && selection.toString().trim() ? selection.getRangeAt(0).cloneRange() : null;
    if (range && ui.host.contains(range.commonAncestorContainer)) range = null;
    var root = rootOf(range, D.root);
    units = reader({ picked: range, say: offer.say, longest: Math.min(offer.characters, 280), language: D.language || page, whole: root === document.body }).read(root);
    picked = Boolean(range);
  }

  // wishOf a unit: read as it is, or in the language that was chosen.
  function wishOf(unit) {
    var wish = { text: unit.text, language: unit.lang, rate: rate }, from = unit.lang.split("-")[0].toLowerCase();
    if (tongue && tongue !== from) {
      if ((offer.translations[from] || []).includes(tongue)) wish.to = tongue;
      else wish.language = tongue;
    }
    return wish;
  }

  function open() { ui.shown(true); begun(); }

  function begun() {
    collect();
    at = 0;
    if (!units.length) return ui.note(T.nothing);
    run();
  }

  function set(now) { state = now; ui.playing(now === "playing" || now === "loading"); }

  // run reads on from where it is.
  async function run() {
    var mine = ++turn, waits = 0;
    fresh = false;
    set("loading");
    ui.note(picked && at === 0 ? T.selection : "");
    try {
      await voice.wake();
      while (turn === mine && at < units.length) {
        var reading = await read(mine);
        if (turn !== mine) return;
        if (reading) await sound(reading, mine);
        if (turn === mine) at++;
      }
      if (turn === mine) stop();
    } catch (e) {
      if (turn !== mine) return;
      if (e.name !== "AbortError") console.warn(e);
      stay();
      ui.note(T.failed);
    }

    // read asks for the sentence, again while callers need the machine.
    async function read(mine) {
      for (;;) {
        try {
          var reading = await fetched.get(wishOf(units[at]));
          waits = 0;
          if (at + 1 < units.length) fetched.get(wishOf(units[at + 1])).catch(function () { /* it is asked for again when it is due */ });
          return reading;
        } catch (e) {
          if (turn !== mine) return null;
          if (e.status === 422) { ui.note(T.no_voice); return null; }
          if (e.status !== 503 && e.status !== 429 || ++waits > 6) throw e;
          ui.note(T.busy);
          await new Promise(function (go) { setTimeout(go, e.wait * 1000); });
          if (turn !== mine) return null;
        }
      }
    }
  }

  // sound plays a sentence and lights its words; it returns when it is over.
  function sound(reading, mine) {
    var unit = units[at], word = -1;
    set("playing");
    ui.note(reading.translated ? T.translated : picked && at === 0 ? T.selection : "");
    ui.said(reading.translated ? reading : null);
    follow(light.sentence(unit));
    return new Promise(function (over) {
      voice.play(reading, unit.rest ? 0.4 : 0.16, over);
      (function look() {
        if (turn !== mine || units[at] !== unit) return over();
        var now = voice.time(), i = word;
        while (i + 1 < reading.words.length && reading.words[i + 1].start <= now) i++;
        if (i !== word) {
          word = i;
          var w = reading.words[i];
          if (reading.translated) ui.said(reading, w);
          else light.word(unit, w.at, w.length);
          document.dispatchEvent(new CustomEvent("vorlesen", { detail: { word: reading.text.substr(w.at, w.length), sentence: unit.text, time: now, start: w.start, end: w.end } }));
        }
        if (document.hidden) setTimeout(look, 250);
        else requestAnimationFrame(look);
      })();
    });
  }

  function toggle() {
    if (state === "playing") { voice.pause(); set("paused"); }
    else if (state === "loading") stay();
    else if (state === "paused" && !fresh) { set("playing"); voice.wake(); }
    else if (state === "paused" && units.length) run();
    else begun();
  }

  // stay holds where it is; what comes next is to be read anew.
  function stay() { turn++; voice.stop(); fresh = true; set("paused"); }

  function stop() {
    turn++;
    voice.stop();
    fetched.stop();
    light.off();
    ui.said(null);
    ui.note("");
    set("idle");
  }

  function close() { stop(); ui.shown(false); }

  function move(to) {
    if (state === "idle") return begun();
    voice.stop();
    at = Math.max(0, Math.min(units.length - 1, to));
    run();
  }

  function back() { move(voice.time() > 2 ? at : at - 1); } // its beginning first
  function forward() { if (at + 1 < units.length) move(at + 1); else stop(); }
  function again() {
    if (state === "idle") return;
    if (state === "paused") return stay();
    voice.stop();
    run();
  }
  function speed(value) { rate = +value; again(); }
  function language(value) { tongue = value; again(); }
}

var script = document.currentScript;
if (script && !document.getElementById(HOST)) {
  var asked = (script.dataset.language || document.documentElement.lang || navigator.language || "").split("-")[0];
  fetch(new URL(script.src).origin + "/api/v1/read?lang=" + encodeURIComponent(asked), { credentials: "omit", referrerPolicy: "no-referrer" }).then(function (r) {
    if (!r.ok) throw new Error("read aloud: " + r.status);
    return r.json();
  }).then(function (offer) {
    if (document.body) begin(script, offer);
    else addEventListener("DOMContentLoaded", function () { begin(script, offer); });
  }).catch(function (e) { console.warn(e); }); // this page is not read aloud
}
