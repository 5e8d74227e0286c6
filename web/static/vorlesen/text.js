// What is read of a page, in the order of its elements. A unit is a sentence
// with the text node and place of each of its characters: {text, nodes, places,
// lang, el, rest}. Units that only announce (a list, an image) have no nodes.
var SKIP = "script,style,noscript,template,nav,footer,aside,button,select,textarea,input,option,pre,iframe,object,video,audio,canvas,dialog,[hidden],[inert],[aria-hidden=true],[data-vorlesen=skip]," +
  ["navigation", "contentinfo", "complementary", "search", "button", "menu", "menubar", "toolbar", "dialog", "alertdialog", "tooltip", "tablist"].map(function (r) { return "[role=" + r + "]"; }).join(",");

// rootOf is the page's main text: the selection, what the page names, or main.
function rootOf(picked, named) {
  if (picked) {
    var node = picked.commonAncestorContainer;
    return node.nodeType === 1 ? node : node.parentElement || document.body;
  }
  var start = document.querySelector("[data-vorlesen=start]");
  var main = (named && document.querySelector(named)) || document.querySelector("main,[role=main]") || document.querySelector("article") || document.body;
  return start && !main.contains(start) ? start : main;
}

// reader collects units. say are the announcements by language.
function reader(options) {
  var units = [], text = "", nodes = [], places = [], lang = "", el = null;
  var picked = options.picked, start = picked ? null : document.querySelector("[data-vorlesen=start]"), begun = true;

  function flush(rest) {
    sentences(text, options.longest).forEach(function (s) {
      units.push({ text: text.slice(s[0], s[1]), nodes: nodes.slice(s[0], s[1]), places: places.slice(s[0], s[1]), lang: lang, el: el });
    });
    if (rest && units.length) units[units.length - 1].rest = true;
    text = "";
    nodes = [];
    places = [];
  }

  function say(what, values, tongue, at) {
    flush(true);
    var words = (options.say[tongue.split("-")[0].toLowerCase()] || {})[what];
    if (!begun || picked || !words) return;
    units.push({ text: words.replace(/\{(\w+)\}/g, function (_, k) { return values[k]; }), nodes: [], places: [], lang: tongue, el: at, rest: true });
  }

  function space() { if (text && !text.endsWith(" ")) { text += " "; nodes.push(nodes[nodes.length - 1]); places.push(places[places.length - 1]); } }

  function characters(node, tongue) {
    var data = node.data, from = 0, to = data.length;
    if (!begun) return;
    if (picked) {
      if (!picked.intersectsNode(node)) return;
      if (node === picked.startContainer) from = picked.startOffset;
      if (node === picked.endContainer) to = picked.endOffset;
    }
    for (var i = from; i < to; i++) {
      var c = data[i];
      if (/[\u00ad\u200b\u2060\ufeff]/.test(c)) continue; // where a word may break is not said
      if (/\s/.test(c)) {
        if (!text || text.endsWith(" ")) continue;
        c = " ";
      } else if (tongue !== lang) {
        if (text.trim()) flush(false);
        lang = tongue;
      }
      if (!text) el = node.parentElement;
      text += c;
      nodes.push(node);
      places.push(i);
    }
  }

  function children(node, tongue, seen) {
    var all = node.shadowRoot ? node.shadowRoot.childNodes : node.localName === "slot" && node.assignedNodes().length ? node.assignedNodes() : node.childNodes;
    for (var i = 0; i < all.length; i++) {
      if (all[i].nodeType === 3 && seen) characters(all[i], tongue);
      else if (all[i].nodeType === 1) walk(all[i], tongue);
    }
  }

  // unseen text is for screen readers: clipped to a point.
  function unseen(node, style) { return style.position === "absolute" && (style.clip !== "auto" || style.clipPath !== "none") && node.offsetWidth <= 2; }

  function walk(node, tongue) {
    if (node.id === HOST || node.matches(SKIP) || (options.whole && node.matches("header,[role=banner]") && !node.closest("main,article,section"))) return;
    var style = getComputedStyle(node), name = node.localName;
    if (style.display === "none" || style.contentVisibility === "hidden" || unseen(node, style)) return;
    tongue = node.getAttribute("lang") || tongue;
    if (node === start) begun = true;
    var parent = node.parentElement;
    if (parent && parent.localName === "details" && !parent.open && name !== "summary") return;
    if (picked && !picked.intersectsNode(node)) return;
    var seen = style.visibility === "visible";
    if (name === "br" || name === "wbr") { if (name === "br") space(); return; }
    if (name === "rt" || name === "rp") return;
    if (name === "img" || name === "svg" || node.getAttribute("role") === "img") return image(node, tongue, seen);
    var inline = /^(inline|contents|ruby)/.test(style.display);
    if (!inline) flush(true);
    else if (style.display !== "inline" && style.display !== "contents") space();
    if (name === "table" && !/^(none|presentation)$/.test(node.getAttribute("role"))) return table(node, tongue, { say: say, children: children, flush: flush, begun: function () { return begun; } });
    if (/^(ul|ol|menu)$/.test(name) || node.getAttribute("role") === "list") list(node, tongue);
    else children(node, tongue, seen);
    if (!inline) flush(true);
  }

  function image(node, tongue, seen) {
    var title = node.localName === "svg" && node.querySelector("title");
    var words = (node.getAttribute("alt") || node.getAttribute("aria-label") || (title && title.textContent) || "").replace(/\s+/g, " ").trim();
    if (words && seen) say("image", { text: words }, tongue, node);
  }

  function list(node, tongue) {
    var items = [].filter.call(node.children, function (i) { return (i.localName === "li" || i.getAttribute("role") === "listitem") && !i.matches(SKIP) && getComputedStyle(i).display !== "none"; });
    if (items.length) say(items.length === 1 ? "list_one" : "list", { n: items.length }, tongue, node);
    var n = +node.getAttribute("start") || 1;
    [].forEach.call(node.children, function (i) {
      if (node.localName === "ol" && items.indexOf(i) >= 0 && !node.reversed) say("item", { n: i.value || n++ }, tongue, i);
      walk(i, tongue);
    });
    flush(true);
  }

  return {
    read: function (root) {
      var outer = root.closest("[lang]");
      begun = !start || !root.contains(start) || start === root;
      if (options.picked || !root.matches(SKIP)) walkRoot(root, (outer && outer.getAttribute("lang")) || options.language);
      flush(true);
      return units;
    }
  };

  // walkRoot goes into the root itself, whatever it is: somebody has named it.
  function walkRoot(root, tongue) {
    if (root.localName === "table" || root.localName === "ul" || root.localName === "ol") walk(root, tongue);
    else children(root, tongue, true);
  }
}
