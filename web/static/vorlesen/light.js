// What is spoken now is lit without a change of the page's elements: by
// highlights where the browser has them, by frames laid over the text elsewhere.
var LIT = "::highlight(amtsleitung-satz){background-color:#ffe9a8;color:#111;-webkit-text-fill-color:#111}" +
  "::highlight(amtsleitung-wort){background-color:#17397d;color:#fff;-webkit-text-fill-color:#fff;text-decoration:underline}";

// styled gives a document or a shadow its style, past a policy against markup styles.
function styled(root, css) {
  try {
    var sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  } catch (e) {
    var style = document.createElement("style");
    style.textContent = css;
    (root.head || root).appendChild(style);
  }
}

// rangesOf the characters [from, to) of a unit; each stays in one text node.
function rangesOf(unit, from, to) {
  var ranges = [];
  for (var i = from; i < to && i < unit.nodes.length; ) {
    var node = unit.nodes[i], j = i;
    while (j + 1 < to && unit.nodes[j + 1] === node) j++;
    if (node.isConnected && unit.places[j] < node.length) { // the page may have changed meanwhile
      var range = document.createRange();
      range.setStart(node, unit.places[i]);
      range.setEnd(node, unit.places[j] + 1);
      ranges.push(range);
    }
    i = j + 1;
  }
  return ranges;
}

function lights(layer) {
  var able = typeof Highlight === "function" && CSS.highlights, boxes = { satz: [], wort: [] }, shown = {};
  if (able) styled(document, LIT);

  function lay() {
    layer.replaceChildren();
    ["satz", "wort"].forEach(function (name) {
      boxes[name].forEach(function (range) {
        [].forEach.call(range.getClientRects ? range.getClientRects() : [], function (r) {
          if (!r.width || !r.height) return;
          var box = document.createElement("span");
          box.className = name;
          box.style.cssText = "left:" + (r.left - 2) + "px;top:" + (r.top - 1) + "px;width:" + (r.width + 4) + "px;height:" + (r.height + 2) + "px";
          layer.appendChild(box);
        });
      });
    });
  }
  ["scroll", "resize"].forEach(function (e) { addEventListener(e, function () { if (boxes.satz.length || boxes.wort.length) lay(); }, { passive: true, capture: true }); });

  function show(name, ranges) {
    shown[name] = ranges;
    if (!able) boxes[name] = ranges;
    else if (!ranges.length) CSS.highlights.delete("amtsleitung-" + name);
    else {
      var light = new Highlight();
      ranges.forEach(function (r) { light.add(r); });
      light.priority = name === "wort" ? 2 : 1;
      CSS.highlights.set("amtsleitung-" + name, light);
    }
    if (!able || boxes.satz.length || layer.firstChild) lay();
  }

  return {
    sentence: function (unit) {
      boxes.satz = [];
      show("wort", []);
      var ranges = rangesOf(unit, 0, unit.nodes.length);
      show("satz", ranges);
      if (!ranges.length && unit.el && /^(img|svg)$/i.test(unit.el.localName)) { boxes.satz = [unit.el]; lay(); }
      return ranges[0] || unit.el;
    },
    word: function (unit, at, length) { show("wort", rangesOf(unit, at, at + length)); },
    off: function () { boxes = { satz: [], wort: [] }; show("wort", []); show("satz", []); lay(); }
  };
}

// follower scrolls calmly to what is read, and not against readers who scroll themselves.
function follower(room, top) {
  var own = 0, calm = matchMedia("(prefers-reduced-motion: reduce)");
  ["wheel", "touchmove", "keydown", "pointerdown"].forEach(function (e) {
    addEventListener(e, function (event) { if (event.type !== "keydown" || /^(Page|Arrow|Home|End| )/.test(event.key)) if (event.target.id !== HOST) own = Date.now(); }, { passive: true, capture: true });
  });
  return function (what) {
    if (!what || Date.now() - own < 4000) return;
    var node = what.startContainer || what, element = node.parentElement || node.getRootNode().host, behavior = calm.matches ? "instant" : "smooth";
    var r = what.getBoundingClientRect(), bottom = innerHeight - room();
    if (r.top >= 8 && r.bottom <= bottom - 8 && r.right > 0 && r.left < innerWidth) return top(false);
    for (var box = element; box && box !== document.body && box !== document.documentElement; box = box.parentElement) {
      if (box.scrollHeight > box.clientHeight + 4 && /auto|scroll/.test(getComputedStyle(box).overflowY)) {
        box.scrollBy({ top: r.top - box.getBoundingClientRect().top - box.clientHeight / 4, behavior: "instant" });
        r = what.getBoundingClientRect();
      }
    }
    var page = document.scrollingElement, left = page.scrollHeight - page.scrollTop - innerHeight;
    top(r.bottom - left > bottom - 8); // the page's end cannot be scrolled out from under the player
    if (r.top < 8 || r.bottom > bottom - 8) scrollBy({ top: r.top - bottom * 0.25, behavior: behavior });
  };
}
