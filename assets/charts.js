/* Charts: the colours of the theme, the width of the screen. */
(() => {
  "use strict";
  const NARROW = 520;
  const TINY = 310;
  const MONTHS = 12;
  const SOURCE_LINE = 15;
  const SOURCE_LETTER = 5.8;
  const YEAR_WIDTH = 96;
  const HEX = /#[0-9a-f]{6}/gi;

  /* Dash asks for Plotly's script late and without a hash; the page has begun to load it already,
     under an address that may be kept for a year. */
  const early = document.querySelector("link[data-plotly]");
  if (early) {
    Object.defineProperty(window, "_dashPlotlyJSURL", { get: () => early.href, set: () => undefined });
  }

  let swap = null;

  const partner = (colour) => {
    swap ??= JSON.parse(document.getElementById("theme-swap").textContent);
    return swap[colour.toLowerCase()] ?? colour;
  };

  /* What all figures share stands in the document once, not in each answer. */
  let shared = null;
  const template = () => {
    shared ??= JSON.parse(document.getElementById("theme-template").textContent);
    return shared;
  };

  /* A deep copy with every light colour exchanged for its dark partner. */
  const dark = (value) => {
    if (typeof value === "string") return value.includes("#") ? value.replace(HEX, partner) : value;
    if (Array.isArray(value)) return value.map(dark);
    if (value && typeof value === "object" && value.constructor === Object) {
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, dark(item)]));
    }
    return value;
  };

  const copy = (value) => JSON.parse(JSON.stringify(value));

  /* The source line breaks at its dots where the figure is narrow, and at spaces where that is not
     enough. */
  const wrapSource = (layout, width) => {
    if (width >= NARROW || !layout.title) return;
    const perLine = Math.floor(width / SOURCE_LETTER);
    const lines = [];
    for (const part of layout.meta.source.split(" · ")) {
      const longer = `${lines.at(-1)} · ${part}`;
      if (lines.length && longer.length <= perLine) lines[lines.length - 1] = longer;
      else lines.push(...wrap(part, perLine));
    }
    layout.title.text = lines.join("<br>");
    layout.title.pad.b += SOURCE_LINE * (lines.length - 1);
    layout.margin.b += SOURCE_LINE * (lines.length - 1);
  };

  /* Narrow figures have fewer and shorter words; the type keeps its size. */
  const fit = (figure, width, chart) => {
    wrapSource(figure.layout, width);
    if (width < NARROW) dropEnds(figure.layout);
    placeNames(figure.layout, width);
    if (width < figure.layout.meta?.narrowUnder) ringAbove(figure);
    for (const note of figure.layout.annotations ?? []) {
      if (note.name === "parts") placeParts(note, figure.layout, width);
    }
    if (width >= NARROW) return;
    const { xaxis } = figure.layout;
    if (xaxis?.nticks) xaxis.nticks = 7;
    if (figure.layout.meta?.rows) breakRows(figure, width);
    if (chart === "map") {
      keysBelow(figure.layout);
      if (width < TINY) figure.data.find((trace) => trace.name === "labels").textfont.size = 10;
    }
    if (["kinds", "risk", "risk-history", "locations"].includes(chart)) {
      xaxis.range[1] *= width < TINY ? 1.3 : 1.08;
      const labels = figure.data.find((trace) => trace.name === "labels");
      if (labels) labels.text = labels.text.map((text) => text.split(" · ")[0]);
    }
    if (width < TINY && xaxis?.ticktext?.length === MONTHS) everySecond(xaxis);
    if (chart === "compare-kinds") {
      if (width < TINY) xaxis.range[1] *= 1.3;
      for (const trace of figure.data) trace.text = trace.text.map((text) => text.split(" (")[0]);
    }
    for (const note of figure.layout.annotations ?? []) {
      if (note.name === "panel") note.font.size = 11;
      note.text = note.text?.replace(window.ctcrimes.pattern("in-months"), "*");
      if (width / (xaxis?.tickvals?.length ?? 1) < YEAR_WIDTH) shorten(note);
    }
  };

  const everySecond = (axis) => {
    for (const part of ["tickvals", "ticktext"]) axis[part] = axis[part].filter((_, at) => at % 2 === 0);
  };

  /* Above years that stand close: a rate in two lines, sexes in the key only, a share without what
     it is a share of, which the title says. */
  const shorten = (note) => {
    if (note.name === "rate") note.text = note.text.replace(/<br>(\S+) /, "<br>$1<br>");
    if (note.name === "sexes") note.text = note.text.replace(/<br>[^<]*/, "");
    if (note.name === "share") [note.text] = note.text.match(/<b>.*<\/b>/);
  };

  /* Names of rows in lines of a few letters. */
  const ROW_LETTERS = 19;
  const breakRows = ({ data, layout }, width) => {
    const broken = (name) => wrap(name, ROW_LETTERS).join("<br>");
    for (const trace of data) trace.y = trace.y.map(broken);
    layout.yaxis.categoryarray = layout.yaxis.categoryarray.map(broken);
    layout.yaxis.tickfont.size = 11;
    layout.xaxis.nticks = width < TINY ? 3 : 4;
    const key = layout.annotations.find((note) => note.name === "parts");
    Object.assign(key, { x: 1, xanchor: "right" });
  };

  /* A long key reaches over the names of the rows; of a narrow figure it has a line for each of its
     parts. */
  const placeParts = (note, layout, width) => {
    if (plain(note.text).length * LETTER > width / 2) Object.assign(note, { x: 1, xanchor: "right" });
    if (width >= NARROW) return;
    const parts = note.text.split(PART);
    note.text = parts.join("<br>");
    layout.margin.t += (parts.length - 1) * KEY_LINE;
  };

  /* Names at the ends of lines stand in the key too. */
  const dropEnds = (layout) => {
    const notes = layout.annotations ?? [];
    if (!notes.some((note) => note.name === "end")) return;
    layout.annotations = notes.filter((note) => note.name !== "end");
    layout.margin.r = 8;
  };

  /* Where a ring and its bars have no room beside each other, they stand below each other. */
  const RING = 0.36;
  const ringAbove = ({ data, layout }) => {
    const ring = data.find((trace) => trace.name === "ring");
    if (!ring) return;
    ring.domain = { x: [0, 0.92], y: [1 - RING, 1] };
    layout.xaxis.domain = [0, 1];
    layout.yaxis.domain = [0, 1 - RING - 0.04];
    [ring.title.text] = ring.title.text.split("<br>");
  };

  /* Names of holidays go into the first row that is free; a name without room is left out, its
     line stays and the table names it. The key breaks into as many lines as it needs. */
  const ROW = 14;
  const ROWS = 3;
  const LETTER = 6.4;
  const AXIS = 34;
  const KEY_LINE = 18;
  const PART = "\u2003";
  const plain = (text) => text.replace(/<[^>]*>/g, "");
  const placeNames = (layout, width) => {
    const key = (layout.annotations ?? []).find((note) => note.name === "forecast-key");
    if (!key) return;
    const [cut] = layout.xaxis.rangebreaks ?? [];
    const [cutFrom, cutTo] = (cut?.bounds ?? ["1970", "1970"]).map((day) => Date.parse(day));
    const along = (day) => {
      const time = Date.parse(day);
      return time - Math.max(Math.min(time, cutTo) - cutFrom, 0);
    };
    const [from, to] = (layout.xaxis?.range ?? [0, 1]).map(along);
    const plot = width - AXIS - layout.margin.l - layout.margin.r;
    const taken = Array.from({ length: ROWS }, () => []);
    layout.annotations = layout.annotations.filter((note) => {
      if (note.name !== "holiday") return true;
      const x = ((along(note.x) - from) / (to - from)) * plot;
      const size = note.text.length * LETTER + 8;
      const left = Math.min(Math.max(x - size / 2, 0), plot - size);
      const row = taken.findIndex((used) => used.every(([a, b]) => left + size <= a || left >= b));
      if (row < 0) return false;
      taken[row].push([left, left + size]);
      note.xshift = left + size / 2 - x;
      note.yshift = row * ROW;
      return true;
    });
    const wide = (text) => plain(text).replaceAll(PART, "  ").length * LETTER > plot;
    const lines = [""];
    for (const part of key.text.split(PART)) {
      const longer = lines.at(-1) ? lines.at(-1) + PART + part : part;
      if (!wide(longer)) lines[lines.length - 1] = longer;
      else lines.push(...(wide(part) ? part.split(/ (?=\S+$)/) : [part]));
    }
    if (!lines[0]) lines.shift();
    const rows = 1 + taken.findLastIndex((used) => used.length > 0);
    key.text = lines.join("<br>");
    key.yshift = rows * ROW + 4;
    layout.margin.t = key.yshift + lines.length * KEY_LINE + 2;
  };

  /* Beside the colours there is no room for the other keys: they go below. */
  const BESIDE = 350;
  const BELOW = 56;
  const keysBelow = (layout) => {
    const shapes = (layout.shapes ?? []).filter((shape) => shape.name === "key");
    const notes = (layout.annotations ?? []).filter((note) => note.name === "key");
    for (const shape of shapes) {
      for (const x of ["x0", "x1"]) shape[x] -= BESIDE;
      for (const y of ["y0", "y1"]) shape[y] -= BELOW;
    }
    for (const note of notes) {
      note.xshift -= BESIDE;
      note.yshift -= BELOW;
    }
    layout.margin.b = BELOW + 20 * notes.length + 28 + SOURCE_LINE;
  };

  const widthOf = (chart) =>
    document.querySelector(`#${chart} .plot`)?.clientWidth ?? window.innerWidth;

  /* A figure that grows with its rows says how high it is. */
  const grow = ({ height, narrow = height, narrowUnder = NARROW }, chart) => {
    const plot = document.querySelector(`#${chart} .plot`);
    if (plot && height) plot.style.height = `${plot.clientWidth < narrowUnder ? narrow : height}px`;
  };

  const specs = new Map();

  const painted = (spec, theme, chart) => {
    grow(spec.layout.meta ?? {}, chart);
    const whole = { ...spec, layout: { ...spec.layout, template: template() } };
    const figure = theme === "dark" ? dark(copy(whole)) : copy(whole);
    fit(figure, widthOf(chart), chart);
    return figure;
  };

  const paint = (spec, theme) => {
    const { callback_context: context, no_update: nothing } = window.dash_clientside;
    if (!spec) return nothing;
    const { chart } = context.outputs_list.id;
    specs.set(chart, spec);
    return painted(spec, theme, chart);
  };

  /* The chart on paper: in the light colours, whatever the screen has. */
  const onPaper = (chart) => painted(specs.get(chart), "light", chart);

  const wrap = (text, perLine) => {
    const lines = [];
    for (const word of text.split(" ")) {
      const last = lines.at(-1);
      if (last !== undefined && `${last} ${word}`.length <= perLine) lines[lines.length - 1] += ` ${word}`;
      else lines.push(word);
    }
    return lines;
  };

  /* The store only tells when to paint again: paper is always light, a screen has its theme. */
  const PAPER = "paper";
  const repaint = (theme) => {
    if (document.getElementById("page")) window.dash_clientside.set_props("theme", { data: theme });
  };

  /* Answers can overtake each other: one to an address that was left meanwhile is asked anew. */
  const catchUp = ({ path, search }) => {
    const { location } = window;
    if (path === location.pathname && search !== location.search) {
      window.dash_clientside.set_props("location", { search: location.search });
    }
  };

  window.addEventListener("ctcrimes:theme", (event) => repaint(event.detail));
  /* A sheet is narrower than most screens: figures are drawn anew in its width, and the map, which
     fetches its shapes, is shrunk as a picture. */
  const SHEET = 640;
  const TALLEST = 430;
  const toSheet = () => {
    for (const graph of document.querySelectorAll(".js-plotly-plot")) {
      const { clientWidth: width, clientHeight: height } = graph;
      if (!width || !graph.layout) continue;
      const grows = Boolean(graph.layout.meta?.height);
      if (graph.layout.geo) shrink(graph, width, height);
      else window.Plotly.relayout(graph, { width: SHEET, height: grows ? height : Math.min(height, TALLEST) });
    }
  };

  const shrink = (graph, width, height) => {
    for (const picture of graph.querySelectorAll("svg.main-svg")) {
      picture.setAttribute("viewBox", `0 0 ${width} ${height}`);
      picture.style.width = `${SHEET}px`;
      picture.style.height = `${(SHEET * height) / width}px`;
    }
    graph.closest(".plot").style.setProperty("--sheet", `${(SHEET * height) / width}px`);
  };

  const toScreen = () => {
    for (const graph of document.querySelectorAll(".js-plotly-plot")) {
      for (const picture of graph.querySelectorAll("svg.main-svg[viewBox]")) {
        picture.removeAttribute("viewBox");
        picture.style.removeProperty("width");
        picture.style.removeProperty("height");
      }
      if (graph.layout) window.Plotly.relayout(graph, { width: null, height: null, autosize: true });
    }
  };

  window.addEventListener("beforeprint", () => {
    repaint(PAPER);
    toSheet();
  });
  window.addEventListener("afterprint", () => {
    toScreen();
    repaint(window.ctcrimesTheme.shown());
  });

  window.ctcrimes = { ...window.ctcrimes, onPaper, wrap };
  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.ctcrimes = {
    ...window.dash_clientside.ctcrimes,
    paint: (spec, theme) => paint(spec, theme === PAPER ? "light" : window.ctcrimesTheme.shown()),
    setTitle: (shown) => {
      if (shown) {
        document.title = shown.title;
        catchUp(shown);
      }
      return window.dash_clientside.no_update;
    },
  };
})();
