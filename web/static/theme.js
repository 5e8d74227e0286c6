// Light, dark or as the system says; remembered in this browser. Loaded before
// the page is drawn, so that it does not flash in the other colours.
(() => {
  const root = document.documentElement;
  const remembered = () => {
    try { return localStorage.getItem("theme"); } catch { return null; } // storage may be forbidden
  };
  const apply = (theme) => {
    if (theme === "light" || theme === "dark") root.dataset.kernTheme = theme;
    else delete root.dataset.kernTheme;
  };
  apply(remembered());

  document.addEventListener("DOMContentLoaded", () => {
    const choice = document.getElementById("theme");
    choice.value = root.dataset.kernTheme ?? "system";
    choice.parentElement.hidden = false;
    choice.addEventListener("change", () => {
      apply(choice.value);
      try { localStorage.setItem("theme", choice.value); } catch { /* lasts for this page only */ }
    });
  });
})();
