/* Definitions in place: a button opens what its words mean, next to it. */
(() => {
  "use strict";
  const GAP = 8;
  const CHOICES = "choices";
  const KINDS = "kinds";
  const panel = () => document.getElementById("definition");
  const element = (...parts) => window.ctcrimes.element(...parts);
  let glossary = null;

  const load = async () => {
    const answer = await fetch(`/data/definitions.json?${window.ctcrimes.lasting()}`);
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    return answer.json();
  };

  /* The terms of what is chosen in the sentence that the button stands in. */
  const chosenKeys = (button, { choices }) => {
    const keys = [...button.closest(".sentence").querySelectorAll("select[data-param]")].map(
      (select) => choices[select.dataset.param]?.[select.value],
    );
    return [...new Set(keys.filter(Boolean))];
  };

  const keysOf = (button, found) => {
    const key = button.dataset.define;
    if (key === CHOICES) return chosenKeys(button, found);
    return key === KINDS ? found.kinds : [key];
  };

  const fill = (button, found) => {
    const rows = keysOf(button, found).map((key) => {
      const [term, meaning] = found.terms[key];
      return element("div", {}, [element("dt", {}, [term]), element("dd", {}, [meaning])]);
    });
    panel().querySelector("dl").replaceChildren(...rows);
  };

  /* Below the button, or above it where there is more room; never past the edge of the window. */
  const place = (button) => {
    const target = panel();
    const at = button.getBoundingClientRect();
    const below = window.innerHeight - at.bottom - 2 * GAP;
    const above = at.top - 2 * GAP;
    const under = below >= Math.min(target.scrollHeight, above);
    target.style.maxHeight = `${Math.max(under ? below : above, 120)}px`;
    const left = Math.min(at.left, window.innerWidth - target.offsetWidth - GAP);
    target.style.left = `${Math.max(left, GAP)}px`;
    target.style.top = under ? `${at.bottom + GAP}px` : `${Math.max(at.top - GAP - target.offsetHeight, GAP)}px`;
  };

  let opener = null;
  const open = async (button) => {
    try {
      glossary ??= await load();
    } catch {
      glossary = null;
      window.location.assign(panel().querySelector("a").href);
      return;
    }
    fill(button, glossary);
    opener = button;
    panel().showPopover();
    place(button);
    panel().focus({ preventScroll: true });
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-define]");
    if (button && panel()) void open(button);
    if (event.target.closest("#definition [data-close], #definition a")) panel().hidePopover();
  });

  /* The words of a chart, each a button. */
  const fillTerms = (page) => {
    const { words } = window.ctcrimes;
    for (const slot of page.querySelectorAll("[data-terms]:empty")) {
      const buttons = slot.dataset.terms.split(" ").map((key) =>
        element("button", { type: "button", class: "term", "data-define": key, "aria-haspopup": "dialog" }, [
          words(`term-${key}`),
        ]),
      );
      slot.append(element("span", { class: "terms-lead" }, [words("terms")]), ...buttons);
    }
  };

  /* The definitions themselves, where a page lists them all. */
  const fillLists = async (page) => {
    const slots = [...page.querySelectorAll("dl[data-definitions]:empty")];
    if (!slots.length) return;
    glossary ??= await load();
    for (const slot of slots) {
      slot.replaceChildren(...slot.dataset.definitions.split(" ").map((key) => {
        const [term, meaning, codes] = glossary.terms[key];
        const more = codes ? [" ", element("small", { class: "codes" }, [codes])] : [];
        return element("div", { id: `${slot.dataset.prefix}-${key}` }, [
          element("dt", {}, [term]),
          element("dd", {}, [meaning, ...more]),
        ]);
      }));
    }
    window.ctcrimes.toAnchor();
  };

  window.addEventListener("ctcrimes:page", ({ detail: page }) => {
    fillTerms(page);
    void fillLists(page);
  });

  const start = () => {
    const target = panel();
    if (!target) return;
    target.addEventListener("toggle", (event) => {
      if (event.newState !== "closed") return;
      const left = document.activeElement === document.body || target.contains(document.activeElement);
      if (left) opener?.focus({ preventScroll: true });
      opener = null;
    });
    window.addEventListener("resize", () => target.matches(":popover-open") && target.hidePopover());
  };

  document.addEventListener("DOMContentLoaded", start);
  if (document.readyState !== "loading") start();
})();
