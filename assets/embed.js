/* In the page of somebody else: tell that page how high the chart is, and link to the whole. */
(() => {
  "use strict";
  const start = () => {
    if (!document.body.classList.contains("embed")) return;
    const whole = document.querySelector("[data-whole]");
    const url = new URL(window.location.href);
    url.pathname = url.pathname.replace(/^\/embed/, "") || "/";
    url.searchParams.delete("chart");
    whole.href = url.href;
    if (window.parent === window) return;
    new ResizeObserver(() => {
      const height = document.documentElement.scrollHeight;
      window.parent.postMessage({ type: "ctcrimes:height", height }, "*");
    }).observe(document.body);
  };

  document.addEventListener("DOMContentLoaded", start);
  if (document.readyState !== "loading") start();
})();
