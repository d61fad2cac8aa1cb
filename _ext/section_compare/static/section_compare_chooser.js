/*
 * Which reports stand, and in what order: the list that the bar's first button opens, and heads
 * that are dragged. Loaded when one of them is first pressed; what it is given is
 * section_compare.js's.
 */
{
  const style = document.createElement("link"); // the list is not seen till it has come
  style.rel = "stylesheet";
  style.href = document.currentScript.src.replace(".js", ".css");
  document.head.append(style);
}

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
  const panel = make("div", "section-compare-panel");
  if (items.size > 8) panel.append(finder());
  panel.append(list);
  panel.append(make("p", "section-compare-keys", words.keys));
  panel.setAttribute("role", "group");
  panel.setAttribute("aria-label", words.columns);
  choose.after(panel);

  /** Of many reports: those whose names hold what one types; all, or the first alone. */
  function finder() {
    const field = make("input", "");
    field.type = "search";
    field.setAttribute("aria-label", words.find);
    field.placeholder = words.find;
    field.addEventListener("input", () => {
      const asked = field.value.trim().toLowerCase();
      for (const [report, { item }] of items) {
        item.hidden = !names.get(report).toLowerCase().includes(asked);
      }
    });
    const all = makeButton(words.every, () => comparison.setShown(comparison.reports));
    const none = makeButton(words.none, () => comparison.setShown(comparison.shown.slice(0, 1)));
    return make("p", "section-compare-find", field, all, none);
  }

  function toggle(open) {
    panel.hidden = !open;
    choose.setAttribute("aria-expanded", String(open));
  }

  toggle(false);
  document.addEventListener("click", (event) => {
    // a press inside may have moved what was pressed
    const way = event.composedPath();
    if (!way.includes(panel) && !way.includes(choose)) toggle(false);
  });

  /** A column taken by its head moves with the pointer; a finger scrolls the page instead. */
  function take(event, report) {
    if (event.button || event.pointerType === "touch" || event.target.closest("button")) return;
    const { clientX, clientY } = event;
    let moved = false;
    const follow = (now) => {
      if (!moved && Math.hypot(now.clientX - clientX, now.clientY - clientY) < 6) return;
      moved = true;
      getSelection().removeAllRanges();
      const under = document.elementFromPoint(now.clientX, now.clientY);
      const cell = under && under.closest(".section-compare-cell");
      if (!cell || !comparison.root.contains(cell) || cell.dataset.report === report) return;
      const by = comparison.shown.indexOf(cell.dataset.report) - comparison.shown.indexOf(report);
      const box = cell.getBoundingClientRect();
      const across = comparison.root.matches(".section-compare-columns")
        ? now.clientX - box.left - box.width / 2
        : now.clientY - box.top - box.height / 2;
      if (across * by > 0) comparison.move(report, by);
    };
    const drop = () => {
      document.removeEventListener("pointermove", follow);
      document.removeEventListener("pointerup", drop);
      document.removeEventListener("pointercancel", drop);
      if (!moved) return;
      const stop = (click) => click.preventDefault();
      document.addEventListener("click", stop, { capture: true, once: true });
      setTimeout(() => document.removeEventListener("click", stop, true));
    };
    document.addEventListener("pointermove", follow);
    document.addEventListener("pointerup", drop);
    document.addEventListener("pointercancel", drop);
  }

  return {
    take,
    toggle: () => toggle(panel.hidden),
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
