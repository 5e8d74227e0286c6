// <script src="https://HOST/chat.js" data-language="de" async></script> puts a
// button on the page that opens the chat in a frame of its own.
(function () {
  var script = document.currentScript;
  if (!script || document.getElementById("amtsleitung-chat")) return;
  var host = new URL(script.src).origin;
  var texts = /* TEXTS */ {};
  var asked = (script.getAttribute("data-language") || document.documentElement.lang || "").split("-")[0].toLowerCase();
  var language = texts[asked] ? asked : Object.keys(texts)[0];
  var T = texts[language];
  var key = "amtsleitung-chat"; // says in this tab that a conversation runs; never what is said
  var frame, panel, button, dot, open = false, focusOn = "shown", narrow = matchMedia("(max-width: 40rem)");

  function element(name, css, parent) {
    var node = document.createElement(name);
    node.style.cssText = "all:initial;box-sizing:border-box;" + css;
    if (parent) parent.appendChild(node);
    return node;
  }

  function build() {
    var root = element("div", "position:fixed;z-index:2147483000;bottom:0;inset-inline-end:0;width:0;height:0");
    root.id = "amtsleitung-chat";
    root.lang = language;
    root.dir = T.dir;
    var shadow = root.attachShadow ? root.attachShadow({ mode: "open" }) : root;
    button = element("button", "position:fixed;bottom:1rem;inset-inline-end:1rem;min-height:3rem;max-width:calc(100vw - 2rem);padding:.625rem 1.125rem;border:2px solid #fff;border-radius:1.75rem;background:#2044aa;color:#fff;font:600 1.0625rem/1.25 system-ui,sans-serif;cursor:pointer;box-shadow:0 2px 10px rgba(0,0,0,.4)", shadow);
    button.type = "button";
    button.dir = T.dir;
    button.textContent = T.open;
    button.setAttribute("aria-haspopup", "dialog");
    button.setAttribute("aria-expanded", "false");
    button.onclick = show;
    button.onfocus = function () { if (button.matches(":focus-visible")) button.style.outline = "4px solid #f0b14f"; };
    button.onblur = function () { button.style.outline = "none"; };
    dot = element("span", "display:none;width:.875rem;height:.875rem;margin-inline-start:.5rem;border-radius:50%;background:#ffb347;vertical-align:middle", button);
    panel = element("div", "", shadow);
    panel.setAttribute("role", "dialog");
    panel.setAttribute("aria-modal", "true");
    panel.setAttribute("aria-label", T.title);
    panel.style.display = "none";
    edge("last");
    frame = element("iframe", "flex:1;width:100%;border:0", panel);
    frame.title = T.title;
    frame.allow = "microphone; autoplay";
    edge("first");
    lay();
    document.body.appendChild(root);
    (narrow.addEventListener ? narrow.addEventListener.bind(narrow, "change") : narrow.addListener.bind(narrow))(lay);
    addEventListener("message", heard);
    panel.addEventListener("keydown", function (e) { if (e.key === "Escape") hide(); });
    if (kept()) load(); // a conversation runs: news are shown at the button
  }

  // edge keeps the focus inside while the dialog is open.
  function edge(to) {
    var node = element("span", "position:absolute;width:1px;height:1px;overflow:hidden", panel);
    node.tabIndex = 0;
    node.onfocus = function () { say(to); };
  }

  function lay() {
    panel.style.cssText = "all:initial;box-sizing:border-box;position:fixed;flex-direction:column;background:Canvas;color-scheme:light dark;overflow:hidden;" +
      (narrow.matches ? "top:0;left:0;width:100%;height:100%" : "bottom:1rem;inset-inline-end:1rem;width:26rem;max-width:calc(100vw - 2rem);height:42rem;max-height:calc(100vh - 2rem);border:1px solid #6e7597;border-radius:.5rem;box-shadow:0 4px 24px rgba(0,0,0,.4)") +
      ";display:" + (open ? "flex" : "none");
  }

  function load() { if (!frame.src) frame.src = host + "/chat?lang=" + language; }

  function say(what) {
    frame.focus();
    if (frame.contentWindow) frame.contentWindow.postMessage({ amtsleitung: what }, host);
  }

  function show() {
    open = true;
    load();
    lay();
    news(false);
    button.setAttribute("aria-expanded", "true");
    button.style.visibility = "hidden";
    say(focusOn);
  }

  function hide() {
    if (!open) return;
    open = false;
    lay();
    button.style.visibility = "visible";
    button.setAttribute("aria-expanded", "false");
    button.focus();
  }

  function news(on) {
    button.setAttribute("aria-label", on ? T.more : T.open);
    dot.style.display = on ? "inline-block" : "none";
  }

  function heard(e) {
    if (e.source !== frame.contentWindow || e.origin !== host || !e.data) return;
    var what = e.data.amtsleitung;
    if (what === "ready" && open) say(focusOn);
    if (what === "close") hide();
    if (what === "news") news(true);
    if (what === "begun") keep("1");
    if (what === "over") keep("");
  }

  function keep(value) {
    try { if (value) sessionStorage.setItem(key, value); else sessionStorage.removeItem(key); } catch (e) { /* storage may be forbidden */ }
  }
  function kept() { try { return sessionStorage.getItem(key); } catch (e) { return null; } }

  if (document.body) build();
  else addEventListener("DOMContentLoaded", build);
})();
