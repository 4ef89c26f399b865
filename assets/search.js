/* Find a place by name: a combobox that forgives typing errors; works without the server. */
(() => {
  "use strict";
  const MOST = 8;
  const plain = (text) =>
    text
      .normalize("NFKD")
      .toLowerCase()
      .replace(/[^a-z0-9]/g, "");

  /* Edits (insert, delete, replace, swap neighbours) from the typed word to the best prefix. */
  const prefixDistance = (typed, name) => {
    const width = name.length + 1;
    let before = null;
    let last = Array.from({ length: width }, (_, j) => j);
    for (let i = 1; i <= typed.length; i += 1) {
      const row = [i];
      for (let j = 1; j < width; j += 1) {
        const same = typed[i - 1] === name[j - 1] ? 0 : 1;
        row[j] = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + same);
        const swapped = i > 1 && j > 1 && typed[i - 1] === name[j - 2] && typed[i - 2] === name[j - 1];
        if (swapped) row[j] = Math.min(row[j], before[j - 2] + 1);
      }
      before = last;
      last = row;
    }
    return Math.min(...last);
  };

  /* Lower is better; null is no match. */
  const score = (typed, place) => {
    if (place.plain === typed) return 0;
    if (place.plain.startsWith(typed)) return 1;
    if (place.words.some((word) => word.startsWith(typed))) return 2;
    if (place.plain.includes(typed)) return 3;
    const allowed = typed.length < 3 ? 0 : typed.length < 6 ? 1 : 2;
    const edits = allowed ? prefixDistance(typed, place.plain) : Infinity;
    return edits <= allowed ? 3 + edits : null;
  };

  const find = (places, text) => {
    const typed = plain(text);
    if (!typed) return [];
    return places
      .map((place) => ({ place, score: score(typed, place) }))
      .filter((match) => match.score !== null)
      .sort((a, b) => a.score - b.score || a.place.name.localeCompare(b.place.name))
      .slice(0, MOST)
      .map((match) => match.place);
  };

  const start = () => {
    const input = document.getElementById("find");
    const list = document.getElementById("find-list");
    const status = document.getElementById("find-status");
    if (!input) return;
    let places = null;
    let matches = [];
    let active = -1;

    const load = async () => {
      if (places) return;
      const answer = await fetch(`/data/search.json?${window.ctcrimes.lasting()}`);
      const rows = await answer.json();
      places = rows.map(([slug, name, region, , isCounty]) => ({
        slug,
        name,
        region,
        isCounty,
        plain: plain(name),
        words: name.split(/\s+/).map(plain),
      }));
    };

    const close = () => {
      list.hidden = true;
      active = -1;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    };

    const show = () => {
      list.replaceChildren(
        ...matches.map((place, i) => {
          const option = document.createElement("li");
          option.id = `find-${i}`;
          option.role = "option";
          option.dataset.slug = place.slug;
          option.setAttribute("aria-selected", String(i === active));
          const name = document.createElement("span");
          name.textContent = place.name;
          const region = document.createElement("small");
          region.textContent = place.region;
          option.append(name, region);
          return option;
        }),
      );
      const open = input.value.trim() !== "" && matches.length > 0;
      list.hidden = !open;
      input.setAttribute("aria-expanded", String(open));
      if (active >= 0) input.setAttribute("aria-activedescendant", `find-${active}`);
      else input.removeAttribute("aria-activedescendant");
      list.children[active]?.scrollIntoView({ block: "nearest" });
    };

    const update = async () => {
      await load();
      matches = find(places, input.value);
      active = matches.length ? 0 : -1;
      show();
      const found = matches.length ? "found" : "found-none";
      status.textContent = input.value.trim() ? window.ctcrimes.words(found, { count: matches.length }) : "";
    };

    const choose = (slug) => {
      const { isCounty } = matches.find((place) => place.slug === slug);
      input.value = "";
      close();
      status.textContent = "";
      window.ctcrimes.go(isCounty ? window.ctcrimes.onMapUrl(slug) : window.ctcrimes.townUrl(slug));
    };

    const move = (step) => {
      if (!matches.length) return;
      active = (active + step + matches.length) % matches.length;
      show();
    };

    input.addEventListener("focus", () => void load());
    input.addEventListener("input", () => void update());
    input.addEventListener("keydown", (event) => {
      if (event.key === "ArrowDown") move(1);
      else if (event.key === "ArrowUp") move(-1);
      else if (event.key === "Escape") {
        input.value = "";
        close();
      } else if (event.key === "Enter" && active >= 0) choose(matches[active].slug);
      else return;
      event.preventDefault();
    });
    input.addEventListener("blur", () => window.setTimeout(close, 150));
    list.addEventListener("mousedown", (event) => {
      const option = event.target.closest("[data-slug]");
      event.preventDefault();
      if (option) choose(option.dataset.slug);
    });
    document.addEventListener("keydown", (event) => {
      const typing = event.target.closest?.("input, select, textarea, [contenteditable]");
      if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      input.focus();
    });
  };

  document.addEventListener("DOMContentLoaded", start);
  if (document.readyState !== "loading") start();
})();
