/* The words that scripts say: they stand in the document, in the language of the page. */
(() => {
  "use strict";
  let messages = null;

  const words = (key, values = {}) => {
    messages ??= JSON.parse(document.getElementById("words").textContent);
    return messages[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
  };

  /* Plotly finds its locales here, or is told when it has come first. */
  const locale = document.getElementById("plotly-locale");
  if (locale) {
    const own = JSON.parse(locale.textContent);
    if (window.Plotly) window.Plotly.register(own);
    else (window.PlotlyLocales ??= []).push(own);
  }

  window.ctcrimes = { ...window.ctcrimes, words };
})();
