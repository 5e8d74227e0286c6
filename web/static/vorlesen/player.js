// The player: a button that opens a bar, all in a shadow that the page's
// styles do not reach.
var HOST = "amtsleitung-vorlesen";
var STYLE = "section{font:400 medium/1.4 system-ui,-apple-system,'Segoe UI',sans-serif}:host([dir=rtl]) .turn svg{transform:scaleX(-1)}*{box-sizing:border-box}[hidden]{display:none!important}" +
  ".box{max-width:min(34em,calc(100vw - 1em));max-height:60vh;overflow:auto;background:#fff;color:#171a2b;border:1px solid #6e7597;border-radius:.5em;box-shadow:0 2px 12px rgba(0,0,0,.35);padding:.5em}" +
  ".fixed{position:fixed;bottom:.5em;inset-inline-start:.5em}.fixed.top{bottom:auto;top:.5em}.row{display:flex;flex-wrap:wrap;gap:.375em;align-items:center}.row+.row{margin-top:.375em}" +
  "button{font:inherit;min-width:2.75em;min-height:2.75em;padding:.25em .5em;border:2px solid #2044aa;border-radius:.375em;background:#fff;color:#2044aa;cursor:pointer;display:inline-flex;align-items:center;justify-content:center;gap:.5em}" +
  "button.main{background:#2044aa;color:#fff}button.open{border-color:#fff;border-radius:1.75em;padding:.5em 1em;font-weight:600;box-shadow:0 2px 10px rgba(0,0,0,.4)}button.close{margin-inline-start:auto;border-color:transparent}" +
  "button:hover{text-decoration:underline}:focus-visible{outline:3px solid #171a2b;outline-offset:2px;box-shadow:0 0 0 2px #fff}" +
  "label{display:flex;flex-direction:column;font-size:.875em;min-width:0}label+label{flex:1 1 9em}select{font:inherit;font-size:1.143em;min-height:2.75em;width:100%;padding:.25em;border:1px solid #5b6284;border-radius:.375em;background:#fff;color:#171a2b}" +
  "p{margin:.5em 0 0}p:empty{display:none}.said{font-size:1.125em}.said mark{background:#17397d;color:#fff}.note{font-weight:600}svg{width:1.5em;height:1.5em;flex:none}" +
  ".layer{position:fixed;inset:0;pointer-events:none;overflow:hidden}.layer span{position:fixed;border-radius:3px}.satz{background:rgba(255,205,70,.28);border-bottom:2px solid #a06a00}.wort{border:2px solid #17397d;background:rgba(32,68,170,.18)}" +
  "@media print{.box,.open,.layer{display:none}}@media (forced-colors:active){button,select,.box{border-color:ButtonText}}";
var ICONS = {
  open: "M4 9v6h4l6 5V4L8 9zM17 8c2 2 2 6 0 8M19.500 5c4 4 4 10 0 14", play: "M7 4l13 8-13 8z", pause: "M6 4h4v16H6zM14 4h4v16h-4z", stop: "M5 5h14v14H5z",
  back: "M19 5v14l-9-7zM6 5h3v14H6z", forward: "M5 5v14l9-7zM15 5h3v14h-3z", close: "M6 6l12 12M18 6L6 18"
};

function element(name, parent, options) {
  var node = Object.assign(document.createElement(name), options);
  parent.appendChild(node);
  return node;
}

function icon(name, parent) {
  var svg = document.createElementNS("http://www.w3.org/2000/svg", "svg"), path = document.createElementNS(svg.namespaceURI, "path"), line = name === "close" || name === "open";
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("focusable", "false");
  path.setAttribute("d", ICONS[name]);
  path.setAttribute("fill", name === "close" ? "none" : "currentColor");
  if (line) { path.setAttribute("stroke", "currentColor"); path.setAttribute("stroke-width", "2"); if (name === "open") path.setAttribute("fill", "none"); }
  svg.appendChild(path);
  parent.appendChild(svg);
  return path;
}

// player draws what it is told and tells what is pressed to act.
function player(offer, target, act) {
  var T = offer.texts, host = document.createElement("div"), shadow = host.attachShadow({ mode: "open" });
  host.id = HOST;
  host.lang = offer.language;
  host.dir = T.dir;
  var css = { all: "initial", display: "block" };
  if (!target) Object.assign(css, { position: "fixed", "z-index": "2147482900", bottom: "0", "inset-inline-start": "0", width: "0", height: "0" });
  Object.keys(css).forEach(function (k) { host.style.setProperty(k, css[k], "important"); }); // stronger than the page's own
  styled(shadow, STYLE);
  var layer = element("div", shadow, { className: "layer" });
  var region = element("section", shadow, {}), place = target ? "" : " fixed";
  region.setAttribute("aria-label", T.label);
  var open = button(region, "open", act.open, "open main" + place);
  open.append(T.open);
  open.removeAttribute("aria-label");
  open.removeAttribute("title");
  var box = element("div", region, { className: "box" + place, hidden: true });
  var row = element("div", box, { className: "row" });
  var back = button(row, "back", act.back, "turn"), play = button(row, "play", act.play, "main"), forward = button(row, "forward", act.forward, "turn"), stop = button(row, "stop", act.stop), close = button(row, "close", act.close, "close");
  var choices = element("div", box, { className: "row" });
  var speed = choice(choices, T.speed, act.speed), tongue = choice(choices, T.language, act.language);
  for (var r = Math.round(offer.slowest * 10); r <= Math.round(offer.fastest * 10); r++) element("option", speed, { value: r / 10, textContent: (r / 10).toLocaleString(offer.language) + " ×", selected: r === 10 });
  var note = element("p", box, { className: "note" }), said = element("p", box, { className: "said" });
  note.setAttribute("role", "status");
  box.addEventListener("keydown", function (e) { if (e.key === "Escape") { e.stopPropagation(); act.close(); } });
  region.addEventListener("mousedown", function (e) { if (e.target.closest("button")) e.preventDefault(); }); // the page's selection stays

  function button(parent, name, press, kind) {
    var b = element("button", parent, { type: "button", className: kind || "", title: T[name], onclick: press });
    b.setAttribute("aria-label", T[name]);
    b.path = icon(name, b);
    return b;
  }

  function choice(parent, name, change) {
    var label = element("label", parent, { textContent: name });
    return element("select", label, { onchange: function (e) { change(e.target.value); } });
  }

  return {
    host: host, layer: layer,
    room: function () { return target || box.hidden ? 0 : box.offsetHeight + 8; },
    // top moves the player away from the bottom.
    top: function (on) { box.classList.toggle("top", on && !target); },
    shown: function (on) { box.hidden = !on; open.hidden = on; (on ? play : open).focus({ preventScroll: true }); },
    playing: function (on) {
      play.path.setAttribute("d", ICONS[on ? "pause" : "play"]);
      play.title = on ? T.pause : T.play;
      play.setAttribute("aria-label", play.title);
    },
    // languages to choose from, for a page in one of them.
    languages: function (page) {
      var names = new Intl.DisplayNames([offer.language], { type: "language" }), to = offer.translations[page] || [];
      tongue.replaceChildren();
      element("option", tongue, { value: "", textContent: T.page_language });
      offer.languages.filter(function (l) { return l !== page && !l.includes("-"); }).forEach(function (l) {
        var name = l;
        try { name = names.of(l); } catch (e) { /* a tag of ours */ }
        element("option", tongue, { value: l, textContent: name + (to.includes(l) ? " (" + T.machine + ")" : "") });
      });
    },
    note: function (text) { if (note.textContent !== text) note.textContent = text; },
    // said shows a translation with the word that is spoken.
    said: function (reading, word) {
      said.replaceChildren();
      if (!reading) return;
      said.lang = reading.language;
      said.dir = "auto";
      if (!word) return said.append(reading.text);
      said.append(reading.text.slice(0, word.at));
      element("mark", said, { textContent: reading.text.substr(word.at, word.length) });
      said.append(reading.text.slice(word.at + word.length));
    }
  };
}
