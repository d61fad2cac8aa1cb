/* Copy what is shown, as paragraphs; what CSS makes unselectable is left out. */
window.sectionCompareCopy = (() => {
  "use strict";

  const BLOCKS = "p, li, dt, dd, h1, h2, h3, h4, h5, h6, pre, figcaption, caption, div";

  /**
   * What another script may add: `markOf` says how the text of an element is to be marked, null
   * where it is left out; `sourceOf` gives the line on its source, outside comparisons.
   */
  const more = { markOf: () => "", sourceOf: () => "" };

  /** Whether a reader sees a text and could select it. */
  function isShown(element) {
    const style = getComputedStyle(element);
    if (style.display === "none" || style.userSelect === "none") return false;
    const end = element === document.body || element.matches(".section-compare");
    return end || isShown(element.parentElement);
  }

  /** The innermost element that holds all of a range. */
  function around({ commonAncestorContainer: node }) {
    return node instanceof Element ? node : node.parentElement;
  }

  /**
   * The paragraphs of a range, as shown: without marks, notes and labels. Of a heading `level`
   * is that of HTML, 0 where it has none; `runs` are the text in parts, each with its mark.
   * @returns {{text: string, kind: "text" | "heading", level: number, runs: [string, string][]}[]}
   */
  function paragraphsIn(range) {
    const walker = document.createTreeWalker(around(range), NodeFilter.SHOW_TEXT);
    const found = [];
    let block, item, entry;
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const parent = node.parentElement;
      if (!range.intersectsNode(node) || !isShown(parent)) continue;
      const end = node === range.endContainer ? range.endOffset : node.length;
      const start = node === range.startContainer ? range.startOffset : 0;
      const piece = node.data.slice(start, end).replace(/[ \t\r\n\f]+/g, " ");
      const own = parent.closest("tr") || parent.closest(BLOCKS);
      if (own !== block && !piece.trim()) continue;
      const mark = more.markOf(parent);
      if (mark === null) continue;
      if (own !== block) {
        const heading = own.matches("h1, h2, h3, h4, h5, h6, .rubric, .section-compare-place");
        const li = own.closest("li");
        const runs = li && li !== item ? [[bullet(li), ""]] : [];
        const level = Number((/^H(\d)$/.exec(own.tagName) || [0, 0])[1]);
        found.push({ runs, kind: heading ? "heading" : "text", level });
        item = li;
      }
      const { runs } = found[found.length - 1];
      const cell = parent.closest("td, th");
      if (own === block && cell !== entry && piece.trim()) {
        runs[runs.length - 1][0] = `${runs[runs.length - 1][0].trimEnd()}\t`;
      }
      [block, entry] = [own, cell];
      const last = runs[runs.length - 1];
      if (last && last[1] === mark) last[0] += piece;
      else runs.push([piece, mark]);
    }
    return found.map(trimmed).filter(({ text }) => text);
  }

  /** A paragraph without the spaces at its ends, and its text whole. */
  function trimmed({ runs, ...rest }) {
    runs[0][0] = runs[0][0].replace(/^ +/, "");
    runs[runs.length - 1][0] = runs[runs.length - 1][0].replace(/ +$/, "");
    return { ...rest, runs, text: runs.map(([text]) => text).join("") };
  }

  /** The mark of a list's item. */
  function bullet(item) {
    const list = item.parentElement;
    if (!(list instanceof HTMLOListElement)) return "• ";
    return `${list.start + [...list.children].indexOf(item)}. `;
  }

  /**
   * The same paragraphs as plain text and for a word processor. First lines are set two
   * characters in, as ideographic spaces in the one and as an indent in the other. Of the kind
   * "title" is the line that names a report above its paragraphs, "source" the one that closes them.
   */
  function forClipboard(paragraphs) {
    const escape = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;");
    const indented = ({ kind }) => kind === "text" || kind === "heading";
    const bold = ({ kind }) => kind === "heading" || kind === "title";
    return {
      text: paragraphs.map((one) => (indented(one) ? "　　" : "") + one.text).join("\r\n"),
      html: paragraphs
        .map((one) => {
          const style = indented(one) ? "text-indent:2em;mso-char-indent-count:2" : "text-indent:0";
          const runs = one.runs || [[one.text, ""]];
          const marked = (text) => `<span style="background:yellow;mso-highlight:yellow">${text}</span>`;
          const plain = runs.map(([text, mark]) => (mark ? marked(escape(text)) : escape(text))).join("");
          const text = bold(one) ? `<b>${plain}</b>` : plain;
          return `<p style="${style}">${text}</p>`;
        })
        .join("\n"),
    };
  }

  /** What a button is about to copy; the browser's copy event takes it up. */
  let pending = null;

  /**
   * Copy paragraphs by the browser's command: unlike the newer clipboard it works on any page, a
   * file's too, asks nobody, and strips no indents under a strict policy.
   * @param {Element} near what is selected, since the command needs a selection
   * @returns {boolean} whether they were copied; if not, *near* stays selected
   */
  function putOnClipboard(paragraphs, near) {
    getSelection().selectAllChildren(near);
    pending = forClipboard(paragraphs);
    const copied = document.execCommand("copy");
    pending = null;
    if (copied) getSelection().removeAllRanges();
    return copied;
  }

  /** The line on the source of what is copied by hand in an element; empty where it has none. */
  function sourceOf(element) {
    const cell = element.closest(".section-compare-cell");
    if (!cell) return more.sourceOf(element);
    const { href } = cell.querySelector(".section-compare-name a");
    return cell.dataset.source + (location.protocol === "file:" ? "" : ` ${href}`);
  }

  /** Whether a paragraph of a range is the whole block. */
  function isWhole({ text }, range) {
    const whole = document.createRange();
    whole.selectNodeContents(around(range).closest(BLOCKS) || around(range));
    const [first] = paragraphsIn(whole);
    return Boolean(first) && first.text === text;
  }

  /** Copying by hand gives the same clean paragraphs; whole ones take their source along. */
  function copySelection(event) {
    let content = pending;
    const selection = getSelection();
    if (!content && selection.rangeCount && !selection.isCollapsed) {
      const range = selection.getRangeAt(0);
      // tables, lists and pictures are the browser's: it copies them whole
      const running = !range.cloneContents().querySelector("table, ul, ol, img, svg, pre, math");
      const source = sourceOf(around(range));
      if (running && (source || around(range).closest(".section-compare-row"))) {
        const found = paragraphsIn(range);
        if (source && (found.length > 1 || (found[0] && isWhole(found[0], range)))) {
          found.push({ text: source, kind: "source" });
        }
        if (found.length === 1) content = { text: found[0].text, html: "" };
        else if (found.length) content = forClipboard(found);
      }
    }
    if (!content) return;
    event.preventDefault();
    event.clipboardData.setData("text/plain", content.text);
    if (content.html) event.clipboardData.setData("text/html", content.html);
  }

  document.addEventListener("copy", copySelection);
  return { BLOCKS, more, paragraphsIn, putOnClipboard };
})();
