/* The URL is the state: selects, links and the map write it; Dash reads it. */
(() => {
  "use strict";
  const SHARED = ["of", "year", "unit"];
  const words = (...parts) => window.ctcrimes.words(...parts);
  const isHere = (path) => window.location.pathname === path;

  /* Dataset and language stay the same on every way. */
  const LASTING = ["data", "lang"];
  const lasting = () => {
    const now = new URLSearchParams(window.location.search);
    return new URLSearchParams(LASTING.filter((key) => now.get(key)).map((key) => [key, now.get(key)]));
  };
  const withLasting = (url) => {
    const target = new URL(url, window.location.origin);
    for (const [key, value] of lasting()) {
      if (!target.searchParams.has(key)) target.searchParams.set(key, value);
    }
    return target;
  };

  const go = (url, { replace = false } = {}) => {
    const target = withLasting(url);
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
    if (town) for (const key of ["days", "horizon", "origin", "bridge"]) target.searchParams.delete(key);
    return target.pathname + target.search;
  };

  const townUrl = (slug) => keep(`/town/${encodeURIComponent(slug)}`);

  /* The map with a town or a county selected. */
  const onMapUrl = (slug) => keep(`/?town=${encodeURIComponent(slug)}`);

  /* `other` is a parameter that this one takes the place of. */
  const setParam = (key, value, fallback, other) => {
    const params = new URLSearchParams(window.location.search);
    if (other) params.delete(other);
    if (value === fallback) params.delete(key);
    else params.set(key, value);
    const search = params.toString();
    go(window.location.pathname + (search ? `?${search}` : ""));
  };

  /* As the server reads a list: what is unknown or said twice falls away. */
  const listed = (select, given) => {
    const known = new Set([...select.options].map((option) => option.value));
    const parts = [...new Set(given.split(","))].filter((part) => part && known.has(part));
    return parts[select.dataset.slot] ?? "";
  };

  const syncSelects = () => {
    const params = new URLSearchParams(window.location.search);
    for (const select of document.querySelectorAll("select[data-param]")) {
      const { param, slot, default: standard } = select.dataset;
      const given = params.get(param);
      const wanted = given === null || slot === undefined ? given ?? standard : listed(select, given);
      const known = [...select.options].some((option) => option.value === wanted);
      select.value = known ? wanted : standard;
      size(select);
    }
    for (const field of document.querySelectorAll("input[data-param]")) {
      const wanted = params.get(field.dataset.param) ?? field.dataset.default;
      field.value = wanted;
      if (!field.validity.valid) field.value = field.dataset.default;
      field.parentElement.querySelector("button").hidden = field.value === field.dataset.default;
    }
    for (const slot of document.querySelectorAll("[data-after]")) syncAfter(slot, params);
    document.querySelector(".page-map")?.setAttribute("data-measure", params.get("measure") ?? "rate");
  };

  /* Dash has no date field of the browser's own: each slot for one is filled here. */
  const fillDates = (page) => {
    for (const slot of page.querySelectorAll("[data-date]")) {
      if (slot.firstChild) continue;
      const { date: key, label, reset, first, last, default: standard, other } = slot.dataset;
      const name = document.createElement("label");
      const field = document.createElement("input");
      const back = document.createElement("button");
      Object.assign(name, { htmlFor: `choose-${key}`, className: "sr-only", textContent: label });
      Object.assign(field, { id: `choose-${key}`, type: "date", min: first, max: last, required: true });
      Object.assign(field.dataset, { param: key, default: standard, other });
      Object.assign(back, { type: "button", className: "tool", textContent: words("reset", { day: reset }) });
      back.addEventListener("click", () => setParam(key, standard, standard));
      slot.append(name, field, back);
    }
    for (const slot of page.querySelectorAll("[data-after]")) fillAfter(slot);
  };

  const today = () => {
    const now = new Date();
    const two = (part) => String(part).padStart(2, "0");
    return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
  };

  /* A day after the data: none by default, today at a press, then any. */
  const fillAfter = (slot) => {
    if (slot.firstChild) return;
    const { after: key, label, first, last, other } = slot.dataset;
    const made = (name, properties) => Object.assign(document.createElement(name), properties);
    const between = made("span", { textContent: ` ${words("carried-on")} ` });
    const name = made("label", { htmlFor: `choose-${key}`, className: "sr-only", textContent: label });
    const field = made("input", { id: `choose-${key}`, type: "date", min: first, max: last, required: true });
    const now = made("button", { type: "button", className: "tool", textContent: words("bridge") });
    const none = made("button", { type: "button", className: "tool", textContent: words("no-bridge") });
    Object.assign(field.dataset, { day: key, other });
    now.addEventListener("click", () => setParam(key, today(), "", other));
    none.addEventListener("click", () => setParam(key, "", "", other));
    slot.append(between, name, field, now, none);
  };

  const syncAfter = (slot, params) => {
    const [between, , field, now, none] = slot.children;
    if (!field) return;
    const wanted = params.get(field.dataset.day) ?? "";
    const bridged = /^\d{4}-\d{2}-\d{2}$/.test(wanted) && wanted >= field.min && !params.has(field.dataset.other);
    field.value = bridged ? (wanted > field.max ? field.max : wanted) : "";
    for (const part of [between, field, none]) part.hidden = !bridged;
    now.hidden = bridged || today() < field.min;
  };

  /* Of several selects for one list only the first comes with its options. */
  const fillSlots = (page) => {
    for (const select of page.querySelectorAll("select[data-slot]")) {
      const first = document.getElementById(`choose-${select.dataset.param}-0`);
      if (select === first || select.options.length > 1) continue;
      select.append(...[...first.options].map((option) => new Option(option.text, option.value)));
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

  /* Links that are opened in another tab must say it too. */
  const keepLasting = () => {
    if (!lasting().size) return;
    for (const link of document.querySelectorAll("a[data-nav]")) link.href = withLasting(link.href).href;
  };

  /* The same page in another language is another document. */
  const DEFAULT_LANGUAGE = "en";
  const translate = () => {
    for (const link of document.querySelectorAll("a[data-language]")) {
      const target = new URL(window.location.href);
      const { language } = link.dataset;
      if (language === DEFAULT_LANGUAGE) target.searchParams.delete("lang");
      else target.searchParams.set("lang", language);
      link.href = target.href;
    }
  };

  const changed = () => {
    keepLasting();
    translate();
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
    const path = link.pathname + link.search + link.hash;
    go(link.dataset.nav === "keep" || link.dataset.nav === "town" ? keep(path) : path);
  });

  document.addEventListener("change", (event) => {
    const shelf = event.target.closest?.("select[data-dataset]");
    if (shelf) {
      const target = withLasting("/");
      target.searchParams.set("data", shelf.value);
      window.location.assign(target.href);
    }
    const select = event.target.closest?.("select[data-param]");
    if (select) {
      trade(select);
      setParam(select.dataset.param, chosen(select), chosen(select, (part) => part.dataset.default));
    }
    const field = event.target.closest?.("input[data-param]");
    if (field?.validity.valid) {
      const { param, default: standard, other } = field.dataset;
      setParam(param, field.value, standard, other);
    }
    const after = event.target.closest?.("input[data-day]");
    if (after?.validity.valid) setParam(after.dataset.day, after.value, "", after.dataset.other);
  });

  /* A place that another select of the list has already changes places with what stood here. */
  const trade = (select) => {
    const { param, slot, default: standard } = select.dataset;
    if (slot === undefined || !select.value) return;
    const parts = [...document.querySelectorAll(`select[data-param="${param}"]`)];
    const twin = parts.find((part) => part !== select && part.value === select.value);
    const given = new URLSearchParams(window.location.search).get(param);
    if (twin) twin.value = given === null ? standard : listed(select, given);
  };

  /* Selects that share a parameter stand for the parts of a list between commas. */
  const chosen = (select, of = (part) => part.value) => {
    const { param, slot } = select.dataset;
    if (slot === undefined) return of(select);
    const parts = [...document.querySelectorAll(`select[data-param="${param}"]`)];
    return parts.map(of).filter(Boolean).join(",");
  };

  window.addEventListener("popstate", changed);

  /* New page content: its selects take the URL's values, and reading starts at its heading. */
  let lastPath = null;
  const arrived = (page) => {
    const heading = page.querySelector("h1");
    if (!heading) return;
    fillDates(page);
    fillSlots(page);
    window.dispatchEvent(new CustomEvent("ctcrimes:page", { detail: page }));
    changed();
    if (lastPath !== null && lastPath !== window.location.pathname) {
      heading.focus({ preventScroll: true });
    }
    if (lastPath !== window.location.pathname) toAnchor();
    lastPath = window.location.pathname;
  };

  const toAnchor = () => {
    const { hash } = window.location;
    if (hash.length > 1) document.getElementById(hash.slice(1))?.scrollIntoView();
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

  window.ctcrimes = { ...window.ctcrimes, go, keep, lasting, onMapUrl, setParam, toAnchor, townUrl };
})();
