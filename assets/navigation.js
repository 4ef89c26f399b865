/* The URL is the state: selects, links and the map write it; Dash reads it. */
(() => {
  "use strict";
  const SHARED = ["of", "year", "unit"];
  const isHere = (path) => window.location.pathname === path;

  const go = (url, { replace = false } = {}) => {
    const target = new URL(url, window.location.origin);
    if (target.href === window.location.href) return;
    if (document.body.classList.contains("embed") && !isHere(target.pathname)) {
      window.open(target.href, "_blank", "noopener");
      return;
    }
    const changesPage = !isHere(target.pathname);
    window.history[replace ? "replaceState" : "pushState"]({}, "", target.href);
    window.dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
    if (changesPage) window.scrollTo(0, 0);
    changed();
  };

  /* A path with those parts of the present selection that mean something there too. */
  const keep = (path, { town = false } = {}) => {
    const target = new URL(path, window.location.origin);
    const now = new URLSearchParams(window.location.search);
    for (const key of SHARED) if (now.has(key)) target.searchParams.set(key, now.get(key));
    if (town) for (const key of ["days", "horizon", "origin"]) target.searchParams.delete(key);
    return target.pathname + target.search;
  };

  const townUrl = (slug) => keep(`/town/${encodeURIComponent(slug)}`);

  const setParam = (key, value, fallback) => {
    const params = new URLSearchParams(window.location.search);
    if (value === fallback) params.delete(key);
    else params.set(key, value);
    const search = params.toString();
    go(window.location.pathname + (search ? `?${search}` : ""));
  };

  const syncSelects = () => {
    const params = new URLSearchParams(window.location.search);
    for (const select of document.querySelectorAll("select[data-param]")) {
      const { param, slot, default: standard } = select.dataset;
      const given = params.get(param);
      const wanted = slot === undefined ? given ?? standard : (given ?? "").split(",")[slot] || standard;
      const known = [...select.options].some((option) => option.value === wanted);
      select.value = known ? wanted : standard;
      size(select);
    }
    for (const field of document.querySelectorAll("input[data-param]")) {
      const wanted = params.get(field.dataset.param) ?? field.dataset.default;
      field.value = wanted >= field.min && wanted <= field.max ? wanted : field.dataset.default;
      field.parentElement.querySelector("button").hidden = field.value === field.dataset.default;
    }
    document.querySelector(".page-map")?.setAttribute("data-measure", params.get("measure") ?? "rate");
  };

  /* Dash has no date field of the browser's own: each slot for one is filled here. */
  const fillDates = (page) => {
    for (const slot of page.querySelectorAll("[data-date]")) {
      if (slot.firstChild) continue;
      const { date: key, label, reset, first, last, default: standard } = slot.dataset;
      const name = document.createElement("label");
      const field = document.createElement("input");
      const back = document.createElement("button");
      Object.assign(name, { htmlFor: `choose-${key}`, className: "sr-only", textContent: label });
      Object.assign(field, { id: `choose-${key}`, type: "date", min: first, max: last, required: true });
      Object.assign(field.dataset, { param: key, default: standard });
      Object.assign(back, { type: "button", className: "tool", textContent: `to ${reset}` });
      back.addEventListener("click", () => setParam(key, standard, standard));
      slot.append(name, field, back);
    }
  };

  /* As wide as the words that are chosen, in browsers that cannot do so by themselves. */
  const size = (select) => {
    if (CSS.supports("field-sizing", "content")) return;
    const text = select.selectedOptions[0]?.textContent ?? "";
    select.style.width = `${text.length + 2.2}ch`;
  };

  const markPage = () => {
    for (const link of document.querySelectorAll("nav [data-page]")) {
      if (isHere(link.pathname)) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
  };

  const changed = () => {
    syncSelects();
    markPage();
    window.dispatchEvent(new CustomEvent("ctcrimes:url"));
  };

  const isPlainClick = (event) =>
    event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-nav]");
    if (!link || !isPlainClick(event)) return;
    event.preventDefault();
    const path = link.getAttribute("href");
    go(link.dataset.nav === "keep" || link.dataset.nav === "town" ? keep(path) : path);
  });

  document.addEventListener("change", (event) => {
    const select = event.target.closest?.("select[data-param]");
    if (select) setParam(select.dataset.param, chosen(select), select.dataset.default);
    const field = event.target.closest?.("input[data-param]");
    if (field?.validity.valid) setParam(field.dataset.param, field.value, field.dataset.default);
  });

  /* Selects that share a parameter stand for the parts of a list between commas. */
  const chosen = (select) => {
    const { param, slot } = select.dataset;
    if (slot === undefined) return select.value;
    const parts = [...document.querySelectorAll(`select[data-param="${param}"]`)];
    return parts.map((part) => part.value).filter(Boolean).join(",");
  };

  window.addEventListener("popstate", changed);

  /* New page content: its selects take the URL's values, and reading starts at its heading. */
  let lastPath = null;
  const arrived = (page) => {
    const heading = page.querySelector("h1");
    if (!heading) return;
    fillDates(page);
    changed();
    if (lastPath !== null && lastPath !== window.location.pathname) {
      heading.focus({ preventScroll: true });
    }
    if (lastPath === null && window.location.hash.length > 1) {
      document.getElementById(window.location.hash.slice(1))?.scrollIntoView();
    }
    lastPath = window.location.pathname;
  };

  const watch = () => {
    const page = document.getElementById("page");
    if (!page) {
      window.requestAnimationFrame(watch);
      return;
    }
    new MutationObserver(() => arrived(page)).observe(page, { childList: true });
    if (page.firstElementChild) arrived(page);
  };

  document.addEventListener("DOMContentLoaded", watch);
  if (document.readyState !== "loading") watch();

  window.ctcrimes = { ...window.ctcrimes, go, keep, setParam, townUrl };
})();
