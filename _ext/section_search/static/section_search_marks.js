/* On a page that a search result leads to: mark what was found, in the section it was found in. */
"use strict";

(() => {
  const marks = new URLSearchParams(location.search).getAll("mark").filter((text) => text.trim());
  if (!marks.length) return;
  const SKIPPED = ".no-search, .headerlink, .footnote-reference, script, style";
  const LIMIT = 500;
  let anchor = location.hash.slice(1);
  try { anchor = decodeURIComponent(anchor); } catch { /* it names no section of ours */ }
  const place = (anchor && document.getElementById(anchor))
    || document.querySelector("[role=main], main, article");
  if (!place) return;

  // The letters of the section one after another, white space left out, each with its node.
  const isShown = (node) => !node.matches(SKIPPED) && getComputedStyle(node).display !== "none";
  const walker = document.createTreeWalker(place, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT, {
    acceptNode: (node) => (node.nodeType === Node.TEXT_NODE || isShown(node)
      ? NodeFilter.FILTER_ACCEPT : NodeFilter.FILTER_REJECT),
  });
  let text = "";
  const places = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (node.nodeType !== Node.TEXT_NODE) continue;
    for (let n = 0; n < node.data.length; n++) {
      if (/\s/.test(node.data[n])) continue;
      text += node.data[n];
      places.push([node, n]);
    }
  }

  const hit = new Set();
  let count = 0;
  for (const mark of marks) {
    const letters = mark.replace(/\s+/g, "");
    for (let at = text.indexOf(letters); at >= 0 && count < LIMIT; count++) {
      for (let n = 0; n < letters.length; n++) hit.add(at + n);
      at = text.indexOf(letters, at + letters.length);
    }
  }

  // Wrap each run of hit letters that lies in one node, the last first, so that places hold.
  const made = [];
  for (let end = places.length - 1; end >= 0; end--) {
    if (!hit.has(end)) continue;
    let start = end;
    while (hit.has(start - 1) && places[start - 1][0] === places[end][0]) start -= 1;
    const range = document.createRange();
    range.setStart(places[start][0], places[start][1]);
    range.setEnd(places[end][0], places[end][1] + 1);
    const wrapped = document.createElement("mark");
    wrapped.className = "section-search-mark";
    range.surroundContents(wrapped);
    made.unshift(wrapped);
    end = start;
  }
  if (!made.length) return;

  // A reader who comes back by the browser's history is left where they were.
  const [visit] = performance.getEntriesByType("navigation");
  if (!visit || visit.type === "navigate") {
    addEventListener("load", () => {
      const { top, bottom } = made[0].getBoundingClientRect();
      if (top < 0 || bottom > innerHeight) made[0].scrollIntoView({ block: "center" });
    });
  }

  addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const mark of made.splice(0)) {
      const around = mark.parentNode;
      mark.replaceWith(...mark.childNodes);
      around.normalize();
    }
  });
})();
