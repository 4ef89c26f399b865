/* Tables: made from the same JSON that stands behind the CSV; sorted by real buttons. */
(() => {
  "use strict";
  const TEXT = "text";
  const NUMBER = "number";
  const words = (...parts) => window.ctcrimes.words(...parts);
  const textOf = (cell) => (Array.isArray(cell) ? cell[0] : cell);
  const valueOf = (cell) => (Array.isArray(cell) ? cell[1] : null);

  const element = (name, attributes = {}, children = []) => {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  };

  /* What a page's tables do not depend on stays out of their addresses. */
  const UNUSED = { map: ["town", "days", "horizon", "origin", "bridge"], town: ["town", "measure"] };

  const dataUrl = (chart, ending) => {
    const params = new URLSearchParams(window.location.search);
    const town = window.location.pathname.match(/^(?:\/embed)?\/town\/([^/]+)/);
    if (town) params.set("place", decodeURIComponent(town[1]));
    const page = town ? "town" : window.location.pathname === "/" ? "map" : "";
    for (const key of UNUSED[page] ?? []) params.delete(key);
    const search = params.toString();
    return `/data/${chart}.${ending}${search ? `?${search}` : ""}`;
  };

  const compare = (column, kind, down) => (a, b) => {
    if (kind !== NUMBER && valueOf(a.cells[column]) === null) {
      const order = textOf(a.cells[column]).localeCompare(textOf(b.cells[column]));
      return down ? -order : order;
    }
    const [x, y] = [valueOf(a.cells[column]), valueOf(b.cells[column])];
    if (x === null || y === null) return (x === null) - (y === null);
    return down ? y - x : x - y;
  };

  const cellOf = (row, kind, index) => {
    const text = textOf(row.cells[index]);
    if (index === 0) {
      const content = row.link
        ? [element("a", { href: row.link, "data-nav": "" }, [text])]
        : [text];
      return element("th", { scope: "row" }, content);
    }
    const missing = kind === NUMBER && valueOf(row.cells[index]) === null;
    return element("td", { class: missing ? "number missing" : kind }, [text]);
  };

  const bodyOf = (table) =>
    element(
      "tbody",
      {},
      table.rows.map((row) =>
        element("tr", {}, table.columns.map(([, kind], i) => cellOf(row, kind, i))),
      ),
    );

  const headOf = (table, onSort) =>
    element("thead", {}, [
      element(
        "tr",
        {},
        table.columns.map(([label, kind], index) => {
          const button = element("button", { type: "button" }, [label]);
          button.addEventListener("click", () => onSort(index));
          const number = kind === NUMBER ? { class: NUMBER } : {};
          return element("th", { scope: "col", ...number }, [button]);
        }),
      ),
    ]);

  const build = (json) => {
    const table = {
      columns: json.columns,
      rows: json.rows.map((cells, i) => ({ cells, link: json.links[i] })),
    };
    const root = element("table", { class: "data" });
    const names = table.rows.map((row) => textOf(row.cells[0]));
    const fromAToZ = names.every((name, i) => i === 0 || names[i - 1].localeCompare(name) <= 0);
    let sorted = { index: fromAToZ ? 0 : null, down: false };
    const onSort = (index) => {
      const down = sorted.index === index ? !sorted.down : table.columns[index][1] === NUMBER;
      sorted = { index, down };
      table.rows.sort(compare(index, table.columns[index][1], down));
      root.tBodies[0].replaceWith(bodyOf(table));
      mark();
    };
    const mark = () => {
      for (const [i, head] of [...root.tHead.rows[0].cells].entries()) {
        if (i === sorted.index) head.setAttribute("aria-sort", sorted.down ? "descending" : "ascending");
        else head.removeAttribute("aria-sort");
      }
    };
    root.append(element("caption", { class: "sr-only" }, [json.caption]), headOf(table, onSort), bodyOf(table));
    mark();
    return root;
  };

  const load = async (slot) => {
    const url = dataUrl(slot.dataset.table, "json");
    if (slot.dataset.shown === url) return;
    slot.dataset.shown = url;
    slot.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(url);
      if (!answer.ok) throw new Error(`status ${answer.status}`);
      const json = await answer.json();
      if (slot.dataset.shown !== url) return;
      const scroll = element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": json.caption }, [build(json)]);
      const note = element("p", { class: "table-note", "aria-hidden": "true" }, [
        `${json.caption}. ${json.source}.`,
      ]);
      slot.replaceChildren(note, scroll);
    } catch {
      slot.dataset.shown = "";
      slot.replaceChildren(element("p", { class: TEXT }, [words("table-failed")]));
    } finally {
      slot.removeAttribute("aria-busy");
    }
  };

  const refresh = () => {
    for (const slot of document.querySelectorAll(".table-slot:not([hidden])")) load(slot);
    for (const link of document.querySelectorAll("a[data-action=csv], a[data-action=json]")) {
      link.href = dataUrl(link.closest("[data-chart]").dataset.chart, link.dataset.action);
    }
  };

  /* The tools of a chart are the same on every card; a chart whose table stands elsewhere leads
     there. */
  const toolsOf = (chart, anchor) => {
    const tool = (name, action, label, more = {}) => {
      const type = name === "button" ? { type: "button" } : {};
      return element(name, { class: "tool", "data-action": action, ...type, ...more }, [label]);
    };
    const table = anchor
      ? element("a", { class: "tool", href: `#${anchor}` }, [words("table")])
      : tool("button", "table", words("table"), { "aria-expanded": "false" });
    return [
      table,
      tool("button", "png", "PNG"),
      tool("button", "svg", "SVG"),
      tool("a", "csv", "CSV", { href: `/data/${chart}.csv` }),
      tool("a", "json", "JSON", { href: `/data/${chart}.json` }),
      tool("button", "link", words("link")),
      tool("button", "embed", words("embed")),
      tool("button", "cite", words("cite")),
    ];
  };

  const fillTools = ({ detail: page }) => {
    for (const slot of page.querySelectorAll("[data-tools]:empty")) {
      slot.append(...toolsOf(slot.dataset.tools, slot.dataset.anchor));
    }
  };

  const toggle = (button, card) => {
    const slot = card.querySelector(".table-slot");
    slot.hidden = !slot.hidden;
    button.setAttribute("aria-expanded", String(!slot.hidden));
    if (!slot.hidden) load(slot);
  };

  const say = (button, text) => {
    const before = button.dataset.label ?? button.textContent;
    button.dataset.label = before;
    button.textContent = text;
    window.setTimeout(() => {
      button.textContent = before;
    }, 1600);
  };

  const copy = async (button, text, request) => {
    try {
      await navigator.clipboard.writeText(text);
      say(button, words("copied"));
    } catch {
      window.prompt(request, text);
    }
  };

  const linkTo = (card) => {
    const url = new URL(window.location.href);
    url.hash = card.id;
    return url.href;
  };

  /* What it is, of which version of the data, and where it can be seen. */
  const cite = async (button, card) => {
    try {
      const answer = await fetch(dataUrl(card.dataset.chart, "metadata.json"));
      if (!answer.ok) throw new Error(String(answer.status));
      const { citation } = await answer.json();
      await copy(button, `${citation} ${linkTo(card)}`, words("copy-citation"));
    } catch {
      say(button, words("cite-failed"));
    }
  };

  /* The frame for another page, with the state that is shown now. */
  const frameOf = (card) => {
    const url = new URL(window.location.href);
    url.pathname = `/embed${url.pathname === "/" ? "" : url.pathname}`;
    url.searchParams.set("chart", card.dataset.chart);
    url.hash = "";
    // Where a title may break is nothing for others.
    const title = (card.querySelector(".card-title")?.textContent ?? "").replaceAll("\u200b", "");
    const frame = element("iframe", {
      src: url.href, title, width: "100%", height: card.clientHeight + 60, loading: "lazy", style: "border:0",
    });
    return frame.outerHTML;
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-action]");
    const card = button?.closest("[data-chart]");
    if (!card) return;
    const graph = card.querySelector(".js-plotly-plot");
    const { action } = button.dataset;
    if (action === "table") toggle(button, card);
    if (action === "link") copy(button, linkTo(card), words("copy-link"));
    if (action === "embed") copy(button, frameOf(card), words("copy-frame"));
    if (action === "cite") cite(button, card);
    if ((action === "png" || action === "svg") && graph) window.ctcrimes.save(graph, action);
  });

  window.addEventListener("ctcrimes:page", fillTools);
  window.addEventListener("ctcrimes:url", refresh);
  window.ctcrimes = { ...window.ctcrimes, element };
})();
