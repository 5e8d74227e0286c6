// Says so when the page's own scripts do not run: this one is understood by
// every browser.
addEventListener("load", function () {
  setTimeout(function () {
    var note = document.querySelector(".old");
    if (note && !/works/.test(document.documentElement.className)) note.style.display = "block";
  }, 3000);
});
