/* The colour theme, set before the first paint. The choice is kept in this browser only. */
(() => {
  "use strict";
  const KEY = "ctcrimes-theme";
  const CHOICES = ["system", "light", "dark"];
  const system = window.matchMedia("(prefers-color-scheme: dark)");

  const stored = () => {
    try {
      const value = window.localStorage.getItem(KEY);
      return CHOICES.includes(value) ? value : "system";
    } catch {
      return "system";
    }
  };

  let choice = stored();
  const shown = () => (choice === "system" ? (system.matches ? "dark" : "light") : choice);

  const label = (button) => {
    const next = CHOICES[(CHOICES.indexOf(choice) + 1) % CHOICES.length];
    button.dataset.choice = choice;
    const words = (...parts) => window.ctcrimes.words(...parts);
    const [now, then] = [words(`theme-${choice}`), words(`theme-${next}`)];
    button.title = words("theme", { choice: now });
    button.setAttribute("aria-label", words("theme-change", { choice: now, next: then }));
  };

  const apply = () => {
    const { dataset } = document.documentElement;
    dataset.theme = shown();
    dataset.bsTheme = shown();
    const button = document.getElementById("theme-toggle");
    if (button) label(button);
    window.dispatchEvent(new CustomEvent("ctcrimes:theme", { detail: shown() }));
  };

  window.ctcrimesTheme = { shown };
  apply();
  system.addEventListener("change", apply);
  document.addEventListener("DOMContentLoaded", () => {
    const button = document.getElementById("theme-toggle");
    if (!button) return;
    label(button);
    button.addEventListener("click", () => {
      choice = CHOICES[(CHOICES.indexOf(choice) + 1) % CHOICES.length];
      try {
        window.localStorage.setItem(KEY, choice);
      } catch {
        /* A browser that keeps nothing still shows the theme until the page is left. */
      }
      apply();
    });
  });
})();
