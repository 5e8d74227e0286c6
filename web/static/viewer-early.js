// What the reader chose, set before the page is drawn, so that it does not flash
// in other colours. Every browser understands this one.
(function () {
  var choices = {
    size: ["100", "125", "150", "175", "200", "250", "300"],
    colours: ["system", "light", "dark", "yellow", "white"],
    font: ["normal", "wide"],
    look: ["block", "scroll"],
    position: ["page", "top", "bottom"]
  };
  var root = document.documentElement, kept = {}, asked = {};
  try { kept = JSON.parse(localStorage.getItem("viewer")) || {}; } catch (e) { /* storage may be forbidden or damaged */ }
  location.search.slice(1).split("&").forEach(function (pair) {
    var at = pair.indexOf("=");
    if (at > 0) asked[pair.slice(0, at)] = pair.slice(at + 1);
  });
  if (asked.style) asked.look = asked.style;
  Object.keys(choices).forEach(function (name) {
    [kept[name], asked[name]].forEach(function (value) {
      if (choices[name].indexOf(String(value)) >= 0) root.setAttribute("data-" + name, value);
    });
  });
  // Says so when the page's own scripts do not run.
  addEventListener("load", function () {
    setTimeout(function () {
      var note = document.querySelector(".old");
      if (note && !/works/.test(root.className)) note.style.display = "block";
    }, 3000);
  });
})();
