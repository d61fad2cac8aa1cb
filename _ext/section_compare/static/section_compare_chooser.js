/*
 * The list that the bar's first button opens: which reports stand, and in what order.
 * Loaded when that button is first pressed; what it is given is section_compare.js's.
 */
window.sectionCompareChooser = (comparison, helpers) => {
  "use strict";

  const { arrange, fill, make, makeButton, speaks } = helpers;
  const { words, names, choose } = comparison;
  const items = new Map();
  for (const [report, name] of names) {
    const box = document.createElement("input");
    box.type = "checkbox";
    box.addEventListener("change", () => comparison.toggle(report, box.checked));
    const label = (text) => fill(text, { report: name });
    const item = make("li", "", make("label", "", box, ` ${name}`));
    item.append(
      makeButton(words.only, () => comparison.setShown([report]), `${words.only} ${name}`),
      makeButton("↑", () => comparison.shift(report, -1), label(words.before)),
      makeButton("↓", () => comparison.shift(report, 1), label(words.after)),
    );
    const cells = comparison.cells.filter((cell) => cell.dataset.report === report);
    if (comparison.rows.length > 1 && cells.some(speaks)) {
      const copy = () => comparison.copy(cells, name, cells[0]);
      item.append(makeButton(words.copy, copy, label(words.copyOne)));
    }
    items.set(report, { item, box });
  }
  const list = make("ol", "", ...[...items.values()].map(({ item }) => item));
  const panel = make("div", "section-compare-panel", list);
  panel.append(make("p", "section-compare-keys", words.keys));
  panel.setAttribute("role", "group");
  panel.setAttribute("aria-label", words.columns);
  choose.after(panel);

  function toggle(open) {
    panel.hidden = !open;
    choose.setAttribute("aria-expanded", String(open));
  }

  toggle(true);
  choose.addEventListener("click", () => toggle(panel.hidden));
  document.addEventListener("click", (event) => {
    // a press inside may have moved what was pressed
    const way = event.composedPath();
    if (!way.includes(panel) && !way.includes(choose)) toggle(false);
  });

  return {
    /** Tick what is shown, in the order of all. */
    show(order) {
      arrange(list, order.map((report) => items.get(report).item));
      for (const [report, { item, box }] of items) {
        box.checked = comparison.shown.includes(report);
        item.classList.toggle("section-compare-off", !box.checked);
      }
    },
    escape() {
      if (!panel.hidden) choose.focus();
      toggle(false);
    },
  };
};
