/* Pictures of charts to take away: on paper, with title and sentence above, no taller than wide. */
(() => {
  "use strict";
  const EDGE = 16;
  const HEAD = 14;
  const TITLE_LINE = 21;
  const SENTENCE_LINE = 16;
  /* A chart that stretches beside a long column of words makes a poor slide. */
  const WIDE = 560;
  const TALLEST = 0.66;

  const heightOf = (graph) => {
    const { clientWidth: width, clientHeight: height } = graph;
    const free = width < WIDE || graph.layout.meta.height || graph.layout.geo;
    return free ? height : Math.min(height, Math.round(width * TALLEST));
  };

  /* What is shown, with title and sentence drawn above it. */
  const forExport = (graph) => {
    const { data, layout } = window.ctcrimes.onPaper(graph.closest("figure").id);
    const width = graph.clientWidth;
    const perLine = Math.max(30, Math.floor(width / 6.6));
    const { wrap } = window.ctcrimes;
    const lines = wrap(`<b>${layout.meta.title}</b>`, Math.floor(perLine * 0.66));
    const sentence = wrap(layout.meta.summary, perLine);
    const head = HEAD + lines.length * TITLE_LINE + sentence.length * SENTENCE_LINE + 8;
    const own = layout.margin.t ?? 0;
    layout.margin.t = own + head;
    layout.margin.l = (layout.margin.l ?? 0) + EDGE;
    layout.margin.r = (layout.margin.r ?? 0) + EDGE;
    layout.title.pad.l = (layout.title.pad.l ?? 0) + EDGE;
    layout.width = width + 2 * EDGE;
    layout.height = heightOf(graph) + head;
    const left = Math.max(graph._fullLayout?._size?.l ?? 0, layout.margin.l);
    layout.annotations = [...(layout.annotations ?? []), ...headNotes(lines, sentence, layout, { own, left })];
    return { data, layout, config: { topojsonURL: "/assets/topojson/" } };
  };

  /* They begin at the edge of the image, not at that of the axes, which labels push inwards. */
  const headNotes = (lines, sentence, layout, { own, left }) => {
    const xshift = EDGE + 2 - left;
    const at = { xref: "paper", yref: "paper", x: 0, y: 1, xanchor: "left", yanchor: "bottom", xshift };
    const plain = { ...at, showarrow: false, align: "left" };
    const muted = layout.title.font.color;
    return [
      { ...plain, text: sentence.join("<br>"), yshift: own + 4, font: { size: 12, color: muted } },
      { ...plain, text: lines.join("<br>"), yshift: own + 10 + sentence.length * SENTENCE_LINE, font: { size: 16 } },
    ];
  };

  const slug = (text) =>
    text
      .normalize("NFD")
      .replace(/\p{M}/gu, "")
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/^-|-$/g, "");

  /* What it shows and of which data. */
  const fileName = (graph) => `${slug(graph.layout.meta.title)}_${slug(document.documentElement.dataset.set)}`;

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

  window.ctcrimes = { ...window.ctcrimes, forExport, save };
})();
