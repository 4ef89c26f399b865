/* The map and the card beside it: hover fills the card, a click opens the town. */
(() => {
  "use strict";
  const SVG = "http://www.w3.org/2000/svg";
  let cards = null;
  let shownUrl = "";

  const element = (...parts) => window.ctcrimes.element(...parts);
  const words = (...parts) => window.ctcrimes.words(...parts);
  const card = () => document.getElementById("place-card");
  const selected = () => new URLSearchParams(window.location.search).get("town") ?? "";
  const touches = () => window.matchMedia("(hover: none)").matches;

  const isCounty = (slug) => cards?.counties.has(slug) ?? false;

  const sparkline = (path, label) => {
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("viewBox", "0 0 100 30");
    svg.setAttribute("preserveAspectRatio", "none");
    svg.setAttribute("class", "card-spark");
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", label);
    const line = document.createElementNS(SVG, "path");
    line.setAttribute("d", path);
    svg.append(line);
    return svg;
  };

  const facts = (rows) =>
    element(
      "dl",
      {},
      rows.map(([label, value, note]) =>
        element("div", {}, [
          element("dt", {}, [label]),
          element("dd", {}, note ? [value, " ", element("small", {}, [note])] : [value]),
        ]),
      ),
    );

  const link = (slug, name, attributes) =>
    element("a", { ...attributes, href: window.ctcrimes.townUrl(slug), "data-nav": "" }, [name]);

  /* Where to go from a card: to the place, or from a county to each of its agencies. */
  const ways = (found) => {
    if (found.slug === "") return [element("p", { class: "hint" }, [cards.counties.size ? words("point-county") : words("point")])];
    if (!isCounty(found.slug)) return [link(found.slug, words("open-place", { place: found.name }), { class: "button" })];
    if (!found.agencies) return [];
    return [
      element("h3", { class: "card-list-title" }, [words("county-agencies")]),
      element("ul", { class: "card-list" }, found.agencies.map(([slug, name]) => element("li", {}, [link(slug, name, {})]))),
    ];
  };

  const fill = (slug) => {
    const target = card();
    if (!target || !cards) return;
    const found = cards.bySlug.get(slug) ?? cards.bySlug.get("");
    const eyebrow = words(found.slug === "" ? "state" : slug === selected() ? "selected" : "pointed");
    const parts = [
      element("p", { class: "eyebrow" }, [eyebrow]),
      element("h2", { class: "place-name" }, [found.name]),
      element("p", { class: "place-lead" }, [found.lead]),
    ];
    target.classList.toggle("no-spark", !found.spark);
    if (found.spark) {
      parts.push(sparkline(found.spark, cards.sparkLabel));
      parts.push(element("p", { class: "spark-note" }, [cards.sparkLabel]));
    }
    parts.push(facts(found.facts));
    parts.push(...ways(found));
    target.replaceChildren(...parts);
    target.dataset.place = found.slug;
  };

  const load = async () => {
    if (!card()) return;
    const params = new URLSearchParams(window.location.search);
    for (const key of ["measure", "town", "days"]) params.delete(key);
    const url = `/data/cards.json?${params}`;
    if (url !== shownUrl || !cards) {
      const answer = await fetch(url);
      if (!answer.ok) return;
      const json = await answer.json();
      shownUrl = url;
      cards = {
        sparkLabel: json.sparkLabel,
        bySlug: new Map(json.cards.map((one) => [one.slug, one])),
        counties: new Set(json.counties),
      };
    }
    fill(linked(document.activeElement) || selected());
  };

  const slugOf = (event) => {
    const point = event?.points?.[0];
    return typeof point?.customdata === "string" ? point.customdata : "";
  };

  const open = (slug) => {
    if (!slug) return;
    if (isCounty(slug) || touches()) {
      window.ctcrimes.setParam("town", slug, "");
      if (window.innerWidth < 900) {
        const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
        card().scrollIntoView({ block: "nearest", behavior: calm ? "auto" : "smooth" });
      }
    } else {
      window.ctcrimes.go(window.ctcrimes.townUrl(slug));
    }
  };

  /* The outline of the town under the pointer; the figure itself is not drawn again. */
  const outline = (graph, slug) => {
    for (const drawn of graph.querySelectorAll(".pointed")) drawn.remove();
    const trace = slug && graph.data.find((one) => one.customdata?.includes(slug));
    if (!trace) return;
    const geoid = trace.locations[trace.customdata.indexOf(slug)];
    const paths = [...graph.querySelectorAll(".choroplethlayer path")].reverse();
    const path = paths.find((one) => one.__data__?.ct && [one.__data__.loc, one.__data__.id].includes(geoid));
    if (!path) return;
    /* A copy on top: the town itself lies below the borders of its neighbours, and every path
       beside it is Plotly's to draw again. */
    const line = document.createElementNS(SVG, "path");
    line.setAttribute("d", path.getAttribute("d"));
    line.setAttribute("class", "pointed");
    graph.querySelector(".hoverlayer").append(line);
  };

  const point = (graph, slug) => {
    fill(slug || selected());
    // The card is filled while the map is still being fetched.
    if (graph?.data) outline(graph, slug);
  };

  /* Plotly's events are on the element it made; it is ready some time after the page. */
  const connect = () => {
    const graph = document.querySelector("#map .js-plotly-plot");
    if (!graph?.on || graph.dataset.connected) return;
    graph.dataset.connected = "yes";
    graph.on("plotly_hover", (event) => point(graph, slugOf(event)));
    graph.on("plotly_afterplot", () => outline(graph, ""));
    graph.on("plotly_unhover", () => point(graph, ""));
    graph.on("plotly_click", (event) => open(slugOf(event)));
  };

  /* The table's links fill the card too: the way for a keyboard. */
  const linked = (node) => {
    const link = node?.closest?.("#places tbody a");
    if (!link) return "";
    const named = new URLSearchParams(link.search).get("town");
    return named ?? decodeURIComponent(link.pathname.replace("/town/", ""));
  };

  const pointFromTable = (event) => {
    const slug = linked(event.target);
    if (slug) point(document.querySelector("#map .js-plotly-plot"), slug);
  };

  const watch = () => {
    document.addEventListener("focusin", pointFromTable);
    document.addEventListener("mouseover", pointFromTable);
    new MutationObserver(connect).observe(document.getElementById("main"), { childList: true, subtree: true });
    connect();
  };

  window.addEventListener("ctcrimes:url", () => void load());
  document.addEventListener("DOMContentLoaded", watch);
  if (document.readyState !== "loading") watch();
})();
