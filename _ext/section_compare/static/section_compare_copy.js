/* Copy what is shown, as paragraphs; what CSS makes unselectable is left out. */
window.sectionCompareCopy = (() => {
  "use strict";

  const BLOCKS = "p, li, dt, dd, h1, h2, h3, h4, h5, h6, pre, figcaption, caption, div";

  /** Whether a reader sees a text and could select it. */
  function isShown(element) {
    const style = getComputedStyle(element);
    if (style.display === "none" || style.userSelect === "none") return false;
    return element.matches(".section-compare") || isShown(element.parentElement);
  }

  /** The innermost element that holds all of a range. */
  function around({ commonAncestorContainer: node }) {
    return node instanceof Element ? node : node.parentElement;
  }

  /**
   * The paragraphs of a range inside a comparison, as shown: without marks, notes and labels.
   * @returns {{text: string, kind: "text" | "heading"}[]}
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
      if (own !== block) {
        const heading = own.matches("h1, h2, h3, h4, h5, h6, .rubric, .section-compare-place");
        const li = own.closest("li");
        const text = li && li !== item ? bullet(li) : "";
        found.push({ text, kind: heading ? "heading" : "text" });
        item = li;
      }
      const last = found[found.length - 1];
      const cell = parent.closest("td, th");
      if (own === block && cell !== entry && piece.trim()) last.text = `${last.text.trimEnd()}\t`;
      [block, entry] = [own, cell];
      last.text += piece;
    }
    return found
      .map(({ text, kind }) => ({ text: text.replace(/^ +| +$/g, ""), kind }))
      .filter(({ text }) => text);
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
          const text = bold(one) ? `<b>${escape(one.text)}</b>` : escape(one.text);
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

  /** Copying by hand gives the same clean paragraphs. */
  function copySelection(event) {
    let content = pending;
    const selection = getSelection();
    if (!content && selection.rangeCount && !selection.isCollapsed) {
      const range = selection.getRangeAt(0);
      // tables, lists and pictures are the browser's: it copies them whole
      const running = !range.cloneContents().querySelector("table, ul, ol, img, svg, pre, math");
      if (running && around(range).closest(".section-compare-row")) {
        const found = paragraphsIn(range);
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
  return { BLOCKS, paragraphsIn, putOnClipboard };
})();
