/* The page of what was taken: in order, movable, to be copied, saved and removed. */
(() => {
  "use strict";

  const { settings, fill, read, write, say, button, element, copy, saveAll, listBlocks, addressOf, count } = window.excerpts;
  const { words } = settings;
  const place = document.querySelector(".excerpt-list");
  if (!place) return;

  /** What came since the page was last seen is put behind the last one of its topic or of one before. */
  function arranged(list) {
    const order = ({ topic }) => settings.topics.indexOf(topic);
    const found = list.filter((one) => one.placed);
    for (const one of list) {
      if (one.placed) continue;
      let at = found.length;
      while (at && order(found[at - 1]) > order(one)) at -= 1;
      found.splice(at, 0, { ...one, placed: true });
    }
    return found;
  }

  /** Change the list as it is now, maybe by another tab, and show it. */
  function change(edit) {
    const list = arranged(read());
    edit(list);
    if (write(list)) show(list);
  }

  const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

  function move(excerpt, by) {
    change((list) => {
      const at = list.findIndex((one) => same(one, excerpt));
      if (at < 0 || !list[at + by]) return;
      [list[at], list[at + by]] = [list[at + by], list[at]];
    });
    const moved = [...place.querySelectorAll("li")].find((item) => same(item.excerpt, excerpt));
    if (moved) moved.querySelectorAll("button")[by < 0 ? 0 : 1].focus();
  }

  function remove(excerpt) {
    change((list) => {
      const at = list.findIndex((one) => same(one, excerpt));
      if (at >= 0) list.splice(at, 1);
    });
    const next = place.querySelector("button");
    if (next) next.focus();
  }

  function counted(blocks) {
    const found = count(blocks);
    return found.fill || found.check ? fill(words.count, found) : "";
  }

  function item(excerpt) {
    const { name, paragraphs, source } = excerpt;
    const made = element("li", "");
    made.excerpt = excerpt;
    const tools = element("span", "excerpts-tools");
    tools.append(
      button("↑", () => move(excerpt, -1), fill(words.earlier, { what: name })),
      button("↓", () => move(excerpt, 1), fill(words.later, { what: name })),
      button(words.remove, () => remove(excerpt), fill(words.removeOne, { what: name })),
    );
    const todo = element("span", "excerpts-count", counted(paragraphs));
    made.append(element("p", "excerpts-head", element("strong", "", name), todo, tools));
    for (const { runs, heading } of paragraphs) {
      const line = element("p", heading ? "excerpts-heading" : "excerpts-text");
      for (const [text, mark] of runs) line.append(mark ? element("mark", "", text) : text);
      made.append(line);
    }
    const link = element("a", "", source);
    link.href = addressOf(excerpt);
    made.append(element("p", "excerpts-source", link.href && addressOf(excerpt) ? link : source));
    return made;
  }

  let asked = 0;

  /** Remove all: the first press asks, a second one soon after does it. */
  function clear({ target }) {
    if (asked) {
      asked = 0;
      return change((list) => list.splice(0));
    }
    target.textContent = words.really;
    asked = setTimeout(() => {
      asked = 0;
      target.textContent = words.clear;
    }, 6000);
  }

  function show(list) {
    place.textContent = "";
    if (!list.length) {
      place.append(element("p", "", words.none));
      return;
    }
    const all = list.flatMap(({ paragraphs }) => paragraphs);
    const total = [fill(words.number, { number: list.length }), counted(all)].filter(Boolean).join("　");
    place.append(
      element(
        "div",
        "excerpts-bar",
        button(words.copyAll, () => copy(listBlocks(), words.page, place)),
        button(words.word, saveAll),
        button(words.clear, clear),
        element("span", "excerpts-count", total),
      ),
      element("ol", "", ...list.map(item)),
    );
  }

  /** What another tab took or removed shows here. */
  function refresh() {
    const list = read();
    const placed = arranged(list);
    if (list.some((one) => !one.placed)) write(placed);
    show(placed);
  }

  refresh();
  addEventListener("storage", ({ key }) => (key === settings.store || key === null) && refresh());
  addEventListener("pageshow", ({ persisted }) => persisted && refresh());
})();
