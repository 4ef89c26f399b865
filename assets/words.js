/* The words that scripts say: they stand in the document, in the language of the page. */
(() => {
  "use strict";
  let messages = null;

  const words = (key, values = {}) => {
    messages ??= JSON.parse(document.getElementById("words").textContent);
    return messages[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
  };

  /* What a message looks like whatever number stands in it. */
  const pattern = (key) => {
    const parts = words(key, new Proxy({}, { get: () => "\0" })).split("\0");
    const literal = parts.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    return new RegExp(literal.join("[\\d.,]+"));
  };

  /* Plotly finds its locales here, or is told when it has come first. */
  const locale = document.getElementById("plotly-locale");
  if (locale) {
    const own = JSON.parse(locale.textContent);
    if (window.Plotly) window.Plotly.register(own);
    else (window.PlotlyLocales ??= []).push(own);
  }

  window.ctcrimes = { ...window.ctcrimes, pattern, words };
})();
