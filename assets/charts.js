/* Charts: the colours of the theme, the width of the screen, images to take away. */
(() => {
  "use strict";
  const NARROW = 520;
  const SOURCE_LINE = 15;
  const EDGE = 16;
  const YEAR_WIDTH = 96;
  const HEX = /#[0-9a-f]{6}/gi;
  let swap = null;

  const partner = (colour) => {
    swap ??= JSON.parse(document.getElementById("theme-swap").textContent);
    return swap[colour.toLowerCase()] ?? colour;
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

  /* The source line breaks at its dots where the figure is narrow. */
  const wrapSource = (layout, width) => {
    if (width >= NARROW || !layout.title) return;
    const parts = layout.meta.source.split(" · ");
    if (parts.length < 2) return;
    const first = parts.slice(0, Math.ceil(parts.length / 2)).join(" · ");
    const second = parts.slice(Math.ceil(parts.length / 2)).join(" · ");
    layout.title.text = `${first}<br>${second}`;
    layout.title.pad.b += SOURCE_LINE;
    layout.margin.b += SOURCE_LINE;
  };

  /* Narrow figures have fewer and shorter words; the type keeps its size. */
  const fit = (figure, width, chart) => {
    wrapSource(figure.layout, width);
    if (chart === "forecast") placeNames(figure.layout, width);
    if (width >= NARROW) return;
    const { xaxis } = figure.layout;
    if (xaxis?.nticks) xaxis.nticks = 7;
    if (chart === "map") keysBelow(figure.layout);
    if (chart === "kinds") {
      const labels = figure.data.find((trace) => trace.name === "labels");
      labels.text = labels.text.map((text) => text.split(" · ")[0]);
    }
    for (const note of figure.layout.annotations ?? []) {
      note.text = note.text?.replace(/ in \d+ mo\./, "*");
      const years = xaxis?.tickvals?.length ?? 1;
      if (width / years < YEAR_WIDTH) note.text = note.text?.replace(" per 1,000", "<br>per 1,000");
    }
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
    const [from, to] = layout.xaxis.range.map((day) => Date.parse(day));
    const plot = width - AXIS - layout.margin.l - layout.margin.r;
    const taken = Array.from({ length: ROWS }, () => []);
    layout.annotations = layout.annotations.filter((note) => {
      if (note.name !== "holiday") return true;
      const x = ((Date.parse(note.x) - from) / (to - from)) * plot;
      const size = note.text.length * LETTER + 8;
      const left = Math.min(Math.max(x - size / 2, 0), plot - size);
      const row = taken.findIndex((used) => used.every(([a, b]) => left + size <= a || left >= b));
      if (row < 0) return false;
      taken[row].push([left, left + size]);
      note.xshift = left + size / 2 - x;
      note.yshift = row * ROW;
      return true;
    });
    const lines = [""];
    for (const part of key.text.split(PART)) {
      const longer = lines.at(-1) ? lines.at(-1) + PART + part : part;
      if (plain(longer).length * LETTER > plot && lines.at(-1)) lines.push(part);
      else lines[lines.length - 1] = longer;
    }
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

  const painted = (spec, theme, chart) => {
    const figure = theme === "dark" ? dark(copy(spec)) : copy(spec);
    fit(figure, widthOf(chart), chart);
    return figure;
  };

  const paint = (spec, theme) => {
    const { callback_context: context, no_update: nothing } = window.dash_clientside;
    if (!spec) return nothing;
    const { chart } = context.outputs_list.id;
    return painted(spec, theme, chart);
  };

  /* A copy of what is shown, with title and sentence drawn above it. */
  const forExport = (graph) => {
    const layout = copy(graph.layout);
    const width = graph.clientWidth;
    const perLine = Math.max(30, Math.floor(width / 6.6));
    const lines = [...wrap(`<b>${layout.meta.title}</b>`, Math.floor(perLine * 0.82))];
    const sentence = wrap(layout.meta.summary, perLine);
    const head = 14 + lines.length * 21 + sentence.length * 16 + 8;
    layout.margin.t = (layout.margin.t ?? 0) + head;
    layout.margin.l = (layout.margin.l ?? 0) + EDGE;
    layout.margin.r = (layout.margin.r ?? 0) + EDGE;
    layout.title.pad.l = (layout.title.pad.l ?? 0) + EDGE;
    layout.width = width + 2 * EDGE;
    layout.height = graph.clientHeight + head;
    layout.annotations = [...(layout.annotations ?? []), ...headNotes(lines, sentence, layout)];
    return { data: graph.data, layout, config: { topojsonURL: "/assets/topojson/" } };
  };

  const wrap = (text, perLine) => {
    const lines = [];
    for (const word of text.split(" ")) {
      const last = lines.at(-1);
      if (last !== undefined && `${last} ${word}`.length <= perLine) lines[lines.length - 1] += ` ${word}`;
      else lines.push(word);
    }
    return lines;
  };

  const headNotes = (lines, sentence, layout) => {
    const at = { xref: "paper", yref: "paper", x: 0, y: 1, xanchor: "left", yanchor: "bottom" };
    const plain = { ...at, showarrow: false, align: "left" };
    const own = layout.margin.t - (14 + lines.length * 21 + sentence.length * 16 + 8);
    const muted = layout.title.font.color;
    return [
      { ...plain, text: sentence.join("<br>"), yshift: own + 4, font: { size: 12, color: muted } },
      { ...plain, text: lines.join("<br>"), yshift: own + 10 + sentence.length * 16, font: { size: 16 } },
    ];
  };

  const fileName = (graph) =>
    graph.layout.meta.title
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/^-|-$/g, "");

  const save = (graph, format) => {
    const figure = forExport(graph);
    const { width, height } = figure.layout;
    return window.Plotly.downloadImage(figure, {
      format,
      width,
      height,
      scale: format === "png" ? 2 : 1,
      filename: fileName(graph),
    });
  };

  /* The store only tells when to paint again: paper is always light, a screen has its theme. */
  const PAPER = "paper";
  const repaint = (theme) => {
    if (document.getElementById("page")) window.dash_clientside.set_props("theme", { data: theme });
  };

  window.addEventListener("ctcrimes:theme", (event) => repaint(event.detail));
  window.addEventListener("beforeprint", () => repaint(PAPER));
  window.addEventListener("afterprint", () => repaint(window.ctcrimesTheme.shown()));

  window.ctcrimes = { ...window.ctcrimes, forExport, save };
  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.ctcrimes = {
    ...window.dash_clientside.ctcrimes,
    paint: (spec, theme) => paint(spec, theme === PAPER ? "light" : window.ctcrimesTheme.shown()),
    setTitle: (title) => {
      if (title) document.title = title;
      return window.dash_clientside.no_update;
    },
  };
})();
