/* The search page: results as one types, an address to share, keys through the list. */
"use strict";

(() => {
  const {
    LIMITS, isLoaded, tags, parts, add, words, search, spans, otherReading, above, nearest,
    pagesNamed, named,
  } = window.sectionSearch;
  const STEP = 30; // results shown at a time
  const SNIPPET = 110; // characters, of which BEFORE stand before the first hit
  const BEFORE = 24;
  const LINK = { marks: 12, characters: 200 }; // what a link tells the page to mark

  const root = document.getElementById("section-search");
  const form = root.querySelector("form");
  const input = form.querySelector("input");
  const status = root.querySelector("[role=status]");
  const list = root.querySelector(".section-search-results");
  const messages = JSON.parse(root.dataset.messages);
  const say = (name, ...values) => messages[name].replace(/%(\d)/g, (_all, n) => values[n - 1]);
  // The theme's own search box says the same as ours.
  const boxes = Array.from(document.querySelectorAll("form[role=search] input[name=q]"));

  const element = (name, className, ...children) => {
    const made = document.createElement(name);
    if (className) made.className = className;
    made.append(...children);
    return made;
  };

  /* A text's lines as one: a blank between two, but none after a full-width mark, which has its own. */
  const oneLine = (text) => text.replace(/([\u3001-\u303f\uff01-\uff0f\uff1a-\uff1f’”…])\n/g, "$1");

  /* A piece of a text, with the hits in it marked. */
  const marked = (text, from, to, hits) => {
    const pieces = [];
    let last = from;
    for (const [start, end] of hits) {
      if (end <= from || start >= to || start === end) continue;
      const [first, after] = [Math.max(start, from), Math.min(end, to)];
      pieces.push(oneLine(text.slice(last, first)), element("mark", "", oneLine(text.slice(first, after))));
      last = after;
    }
    pieces.push(oneLine(text.slice(last, to)));
    return pieces.filter((piece) => piece !== "");
  };

  /* A place in a text moved so that it parts no character in two. */
  const whole = (text, place) =>
    (/[\udc00-\udfff]/.test(text[place] || "") ? place - 1 : place);

  const snippet = (part, hits) => {
    const { text, title } = part;
    const begin = title ? Math.min(title + 1, text.length) : 0;
    const inBody = hits.filter(([start]) => start >= begin);
    let best = inBody[0];
    let most = 0;
    for (const hit of inBody) {
      const near = inBody.filter(([start]) => start >= hit[0] && start < hit[0] - BEFORE + SNIPPET);
      if (near.length > most) [best, most] = [hit, near.length];
    }
    let from = best ? Math.max(begin, whole(text, best[0] - BEFORE)) : begin;
    // nor does it begin with a mark that closes what stands before it
    while (best && from < best[0] && /[\s\p{Pe}\p{Pf}\p{Po}]/u.test(text[from])) from += 1;
    if (from - begin < 8) from = begin;
    const to = whole(text, Math.max(from + SNIPPET, best ? best[1] + BEFORE : 0));
    const paragraph = element("p", "section-search-snippet");
    if (from > begin) paragraph.append("…");
    paragraph.append(...marked(text, from, to, inBody));
    if (to < text.length) paragraph.append("…");
    return paragraph;
  };

  const address = (section, part, hits) => {
    const [path] = section.page;
    const marks = new Set();
    for (const [start, hitEnd] of hits) {
      const end = Math.min(hitEnd, start + LINK.characters);
      // the page may show either reading
      for (const mark of [part.text.slice(start, end), otherReading(part, start, end)]) {
        if (mark && marks.size < LINK.marks) marks.add(mark);
      }
    }
    const query = [...marks].map((mark) => `mark=${encodeURIComponent(mark)}`).join("&");
    return path + (query && `?${query}`) + (section.anchor && `#${section.anchor}`);
  };

  const entry = ({ section, part }, query) => {
    const hits = spans(part, query);
    const titleHits = section === part ? hits : spans(section, query);
    const title = section.text.slice(0, section.title) || section.page[1];
    const link = element("a", "", ...marked(title, 0, title.length, titleHits
      .filter(([start]) => section.title && start < section.title)));
    link.href = address(section, part, hits);
    const item = element("li", "", element("h3", "", link));
    const path = above(section).join(" › ");
    if (path) item.append(element("p", "section-search-path", path));
    item.append(snippet(part, hits));
    return item;
  };

  const linkTo = ([path, label], text = label) => {
    const link = element("a", "", text);
    link.href = path;
    return link;
  };

  /* The pages that a query names, before all that says its words. */
  const showNamed = (pages) => {
    const card = (page) => element("h2", "section-search-named", linkTo(page, say("named", page[4][0])));
    list.prepend(...pages.map(card));
  };

  /* The results, grouped by page; the pages in the order of their best section. */
  const show = (found, query, limit) => {
    const groups = new Map();
    for (const one of found) {
      const group = groups.get(one.section.page) || [];
      groups.set(one.section.page, group);
      group.push(one);
    }
    list.textContent = "";
    let left = limit;
    for (const [page, group] of groups) {
      if (left <= 0) break;
      const items = group.slice(0, left).map((one) => entry(one, query));
      left -= items.length;
      const count = element("span", "section-search-count", say("sections", group.length));
      list.append(element("section", "", element("h2", "", linkTo(page), " ", count),
        element("ol", "", ...items)));
    }
    if (found.length > limit) {
      const more = element("button", "section-search-more", say("more"));
      more.type = "button";
      more.addEventListener("click", () => {
        const shown = links().length;
        show(found, query, limit + STEP);
        showNamed(pagesNamed(input.value));
        links()[shown].focus();
      });
      list.append(more);
    }
    return groups.size;
  };

  const filters = () => {
    const chosen = {};
    for (const select of form.querySelectorAll("select")) {
      if (!select.value) continue;
      if (select.dataset.filter === "pages") chosen.page = select.value;
      else chosen.tag = tags.findIndex(([name]) => name === select.value);
    }
    return chosen;
  };

  const remember = () => {
    const query = new URLSearchParams(location.search); // others' parameters stay
    for (const name of ["check_keywords", "area"]) query.delete(name); // the box's, for Sphinx's own
    for (const field of form.elements) {
      if (field.name && field.value) query.set(field.name, field.value);
      else query.delete(field.name);
    }
    const text = query.toString();
    try {
      history.replaceState(history.state, "", location.pathname + (text && `?${text}`));
    } catch {
      // pages opened from disk may not change their address in every browser
    }
  };

  const suggest = (query, chosen) => {
    const near = nearest(query, chosen);
    if (!near.length) return;
    const items = near.map(({ text, count, filters: kept }) => {
      const widened = Object.keys(kept).length < Object.keys(chosen).length;
      const button = element("button", "", widened ? say("unfiltered", text) : text);
      button.type = "button";
      button.addEventListener("click", () => {
        if (widened) for (const select of form.querySelectorAll("select")) select.value = "";
        set(text);
        run();
        input.focus();
      });
      return element("li", "", button, " ", element("span", "section-search-count", say("sections", count)));
    });
    list.append(element("p", "", say("nearest")), element("ul", "section-search-near", ...items));
  };

  const run = () => {
    remember();
    list.textContent = "";
    const written = input.value.trim();
    const query = words(written);
    if (!isLoaded) {
      status.textContent = say("failed");
    } else if (!query.length) {
      status.textContent = "";
    } else {
      const chosen = filters();
      const found = search(query, chosen);
      const isCut = Array.from(written).length > LIMITS.characters;
      const shortened = isCut ? `${Array.from(written).slice(0, 20).join("")}…` : written;
      const pages = show(found, query, STEP);
      const asked = Object.keys(chosen).length ? [] : pagesNamed(written);
      showNamed(asked);
      const places = found.reduce((sum, { hits }) => sum + hits, 0);
      const isWhole = read === parts.length;
      status.textContent = [
        found.length || !isWhole
          ? say(found.length > 1 ? "found" : "foundOne", found.length, pages, places)
          : say("nothing", shortened),
        isCut ? say("cut", LIMITS.characters) : "",
        isWhole ? "" : say(isBroken ? "failed" : "reading", read + 2, parts.length + 1),
      ].join(" ").trim();
      if (!found.length && isWhole) suggest(query, chosen);
      if (!found.length && isWhole && !asked.length && named.length) {
        const items = named.map((page) => element("li", "", linkTo(page)));
        list.append(element("p", "", say("allNamed")), element("ul", "section-search-near", ...items));
      }
    }
  };

  /* A large index comes in parts: what is found in those that are there is shown at once. */
  let read = 0; // of the parts after the first
  let isBroken = false;
  const readOn = () => {
    if (read === parts.length) return;
    const script = element("script");
    script.src = new URL(parts[read], document.querySelector("script[src*='section_search_index.js']").src);
    const done = () => {
      script.remove();
      const focused = document.activeElement.href; // the list is made anew
      if (input.value) run();
      const again = focused && links().find((link) => link.href === focused);
      if (again) again.focus();
    };
    script.addEventListener("load", () => {
      add(window.sectionSearchPart);
      read += 1;
      done();
      setTimeout(readOn); // what was found is shown first
    });
    script.addEventListener("error", () => {
      isBroken = true;
      done();
    });
    document.head.append(script);
  };

  const set = (text, from) => {
    for (const box of boxes) if (box !== from) box.value = text;
  };

  let waiting = 0;
  const typed = (box) => {
    set(box.value, box);
    clearTimeout(waiting);
    waiting = setTimeout(run, 120);
  };
  for (const box of boxes) {
    // While an input method composes, the box holds letters that are not yet the query.
    box.addEventListener("input", (event) => event.isComposing || typed(box));
    box.addEventListener("compositionend", () => typed(box));
    box.form.addEventListener("submit", (event) => {
      event.preventDefault();
      set(box.value, box);
      clearTimeout(waiting);
      run();
    });
  }
  // Not the field's own change: it comes as the field is left, so just when a result is pressed,
  // and results made anew under the pointer are not clicked.
  for (const select of form.querySelectorAll("select")) select.addEventListener("change", run);

  const links = () => Array.from(list.querySelectorAll("h3 a"));
  document.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const place = links().indexOf(document.activeElement);
    const inBox = boxes.includes(document.activeElement);
    if (!step || event.isComposing || (place < 0 && !(inBox && step > 0))) return;
    const next = links()[place + step];
    if (next) next.focus();
    else if (place + step < 0) input.focus();
    else return;
    event.preventDefault();
  });

  const asked = new URLSearchParams(location.search);
  set(asked.get("q") || "");
  for (const select of form.querySelectorAll("select")) select.value = asked.get(select.name) || "";
  for (const select of form.querySelectorAll("select")) if (select.selectedIndex < 0) select.value = "";
  if (input.value || !isLoaded) run();
  readOn();
})();
