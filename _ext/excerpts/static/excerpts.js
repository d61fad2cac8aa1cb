/*
 * Take excerpts along. Every control is made here, so that none is dead without scripts.
 *
 * 1. What is taken is kept in this browser's store, as text only; nothing leaves the browser.
 * 2. Blocks are what goes to the clipboard and to Word: a paragraph, its style and its runs.
 * 3. The buttons: 摘录 beside passages and in columns' heads; copy and Word for pages.
 */
window.excerpts = (() => {
  "use strict";

  const settings = { ...window.excerptsShared, ...JSON.parse(document.currentScript.dataset.settings) };
  const { words, marks } = settings;
  const { more, paragraphsIn, putOnClipboard } = window.sectionCompareCopy;
  const root = new URL(".", new URL(settings.root, location.href)).href;
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

  // 1. The store -----------------------------------------------------------------------------

  const isText = (value) => typeof value === "string";
  const isRun = (run) => Array.isArray(run) && run.length === 2 && run.every(isText);
  const isParagraph = (one) => one && Array.isArray(one.runs) && one.runs.every(isRun);
  const isExcerpt = (one) =>
    one && ["topic", "name", "source", "address"].every((key) => isText(one[key])) &&
    Array.isArray(one.paragraphs) && one.paragraphs.every(isParagraph);

  /** What is kept; what another hand put there and is no excerpt is passed over. */
  function read() {
    try {
      const list = JSON.parse(localStorage.getItem(settings.store) || "[]");
      return Array.isArray(list) ? list.filter(isExcerpt) : [];
    } catch {
      return [];
    }
  }

  /** Keep a list in place of the old one; where it has no room the old one stays. */
  function write(list) {
    try {
      localStorage.setItem(settings.store, JSON.stringify(list));
      return true;
    } catch (error) {
      say(error.name === "QuotaExceededError" ? words.full : words.closed);
      return false;
    }
  }

  const textOf = ({ paragraphs }) => paragraphs.map(({ runs }) => runs.map(([text]) => text).join("")).join("\n");

  function take(excerpt, what) {
    const list = read();
    const same = (one) => one.source === excerpt.source && textOf(one) === textOf(excerpt);
    if (list.some(same)) return say(fill(words.known, { what }), true);
    if (write([...list, excerpt])) say(fill(words.taken, { what }), true);
  }

  // 2. Blocks --------------------------------------------------------------------------------

  const markSelectors = Object.entries(marks);

  more.markOf = (element) => {
    if (settings.leftOut && element.closest(settings.leftOut)) return null;
    const found = markSelectors.find(([selector]) => element.closest(selector));
    return found ? found[1] : "";
  };

  /** The paragraphs of an element. */
  function paragraphsOf(element) {
    const range = document.createRange();
    range.selectNodeContents(element);
    return paragraphsIn(range);
  }

  const block = (style, text) => ({ style, runs: [[text, ""]] });

  /** A paragraph below a heading of Word's level *under*. */
  function styled({ kind, level, runs }, under = 2) {
    return { style: kind === "heading" ? `h${Math.min(under + 1, 3)}` : "text", runs, level };
  }

  /** How much is to be filled in and to be checked: runs that follow each other count as one. */
  function count(blocks) {
    const found = { fill: 0, check: 0 };
    for (const { runs } of blocks) {
      runs.forEach(([, mark], index) => {
        if (mark && !(index && runs[index - 1][1] === mark)) found[mark] += 1;
      });
    }
    return found;
  }

  /** The line that says so; none where there is nothing to do. */
  function closing(blocks) {
    const found = count(blocks);
    return found.fill || found.check ? [block("note", fill(words.count, found))] : [];
  }

  const withAddress = (source, address) =>
    location.protocol === "file:" || !address ? source : `${source} ${address}`;

  /** The page as blocks: what it holds, its source, what is to be done. */
  function pageBlocks() {
    const main = document.querySelector("[role=main]");
    const blocks = paragraphsOf(main).map((one) => ({
      style: one.level === 1 ? "title" : one.level ? `h${Math.min(one.level - 1, 3)}` : styled(one).style,
      runs: one.runs,
    }));
    const address = location.href.replace(/[?#].*/, "");
    return [...blocks, block("source", withAddress(settings.source, address)), ...closing(blocks)];
  }

  /** A cell as blocks, its source last. */
  function cellBlocks(cell) {
    const blocks = [];
    for (const part of cell.querySelectorAll(".section-compare-place, .section-compare-passage")) {
      blocks.push(...paragraphsOf(part).map((one) => styled(one)));
    }
    const link = cell.querySelector(".section-compare-name a");
    return [...blocks, block("source", withAddress(cell.dataset.source, link && link.href))];
  }

  function copy(blocks, what, near) {
    const kinds = { title: "title", text: "text", source: "source", note: "source" };
    const paragraphs = blocks.map(({ style, runs }) => ({
      kind: kinds[style] || "heading",
      runs,
      text: runs.map(([text]) => text).join(""),
    }));
    if (putOnClipboard(paragraphs, near)) say(fill(words.copied, { what }));
    else say(words.selected);
  }

  /** Make a Word document of blocks and hand it to the browser; its script is loaded first. */
  function save(title, blocks) {
    const make = () => {
      const link = document.createElement("a");
      link.href = URL.createObjectURL(window.excerptsDocx(title, blocks));
      link.download = `${title.replace(/[\\/:*?"<>|\s]+/g, " ").trim()}.docx`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 60000);
      say(fill(words.saved, { what: link.download }));
    };
    if (window.excerptsDocx) return make();
    const script = document.createElement("script");
    script.src = settings.docx;
    script.onload = make;
    script.onerror = () => say(words.failed);
    document.head.append(script);
  }

  // 3. The buttons ---------------------------------------------------------------------------

  function button(text, press, label) {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "excerpts-button";
    made.textContent = text;
    if (label) made.setAttribute("aria-label", label);
    made.addEventListener("click", press);
    return made;
  }

  function element(name, className, ...children) {
    const made = document.createElement(name);
    made.className = className;
    made.append(...children);
    return made;
  }

  const status = element("div", "excerpts-status");
  status.setAttribute("role", "status");
  let clearing;

  /** Say what happened; after taking, with the way to what was taken. */
  function say(text, leads = false) {
    clearTimeout(clearing);
    status.textContent = text;
    if (leads && settings.page) {
      const link = element("a", "", `${words.page}（${read().length}）`);
      link.href = settings.page;
      status.append(" ", link, " ", button(words.word, () => saveAll()));
    }
    clearing = setTimeout(() => {
      if (status.matches(":hover, :focus-within")) clearing = setTimeout(say, 8000, "");
      else status.textContent = "";
    }, 8000);
  }

  /** All excerpts as blocks: a heading where the topic changes, each closed by its source. */
  function listBlocks(list = read()) {
    const blocks = [block("title", words.page)];
    list.forEach((one, index) => {
      if (!index || list[index - 1].topic !== one.topic) blocks.push(block("h1", one.name));
      blocks.push(...one.paragraphs.map(({ runs, heading }) => ({ style: heading ? "h3" : "text", runs })));
      blocks.push(block("source", withAddress(one.source, addressOf(one))));
    });
    return [...blocks, ...closing(blocks)];
  }

  const saveAll = () => save(words.page, listBlocks());

  /** Where an excerpt stands, as a full address; empty where what is kept leads elsewhere. */
  function addressOf({ address }) {
    const { href } = new URL(address, root);
    return href.startsWith(root) ? href : "";
  }

  /** An excerpt of some paragraphs. */
  function excerptOf(paragraphs, facts) {
    const kept = paragraphs.map(({ kind, runs }) => ({ runs, heading: kind === "heading" }));
    return { ...facts, address: facts.address.replace(root, "").replace(/\?[^#]*/, ""), paragraphs: kept };
  }

  function takeCell(cell, title) {
    const parts = [...cell.querySelectorAll(".section-compare-place, .section-compare-passage")];
    const link = cell.querySelector(".section-compare-name a");
    const facts = { topic: cell.dataset.topic, name: title, source: cell.dataset.source, address: link.href };
    take(excerptOf(parts.flatMap(paragraphsOf), facts), `${link.textContent} · ${title}`);
  }

  /** What a comparison is on: its row's own heading, else the page's title. */
  function titleOf(row) {
    let before = row.previousElementSibling;
    if (before && before.matches(".section-compare-silent")) before = before.previousElementSibling;
    const own = before && before.matches(".section-compare-topic") ? before : null;
    return own ? own.textContent : settings.title;
  }

  /** Among a column's buttons, which are made when it is first shown. */
  function addToTools(tools) {
    const cell = tools.closest(".section-compare-cell");
    const title = titleOf(cell.closest(".section-compare-row"));
    const label = fill(words.takeOne, { what: cell.getAttribute("aria-label") });
    tools.append(button(words.take, () => takeCell(cell, title), label));
  }

  /** To a comparison's bar. */
  function addToBar(bar) {
    const rows = [...bar.parentElement.querySelectorAll(".section-compare-row")];
    bar.append(button(words.word, () => saveComparison(rows)));
  }

  /** The chosen columns: up to three as a table, more one after the other. */
  function saveComparison(rows) {
    const blocks = [block("title", settings.title)];
    const all = [];
    for (const row of rows) {
      const cells = [...row.children].filter((cell) => !cell.hidden && Number(cell.dataset.characters));
      if (rows.length > 1 && cells.length) blocks.push(block("h1", titleOf(row)));
      const columns = cells.map((cell) => [
        block("h2", cell.querySelector(".section-compare-name").textContent.trim()),
        ...cellBlocks(cell),
      ]);
      all.push(...columns.flat());
      if (columns.length > 1 && columns.length < 4) blocks.push({ columns });
      else blocks.push(...columns.flat());
    }
    save(settings.title, [...blocks, ...closing(all)]);
  }

  /** The elements of a passage: its first, and those beside it that are on the topic, too. */
  function passageAt(anchor, topic) {
    let first = document.getElementById(anchor);
    // an element that has an id already bears the second in an empty one
    if (first && first.matches("span") && !first.textContent) first = first.parentElement;
    const found = [];
    for (let one = first; one; one = one.nextElementSibling) {
      if (one === first || one.matches(`.topic-${topic}`)) found.push(one);
      else if (!one.matches(".section-compare-links")) break;
    }
    return found;
  }

  /** Beside the links of a passage; those of several passages in one paragraph take all of it. */
  function addToLinks(links) {
    const names = [...links.querySelectorAll("a")];
    const passages = (links.dataset.passages || "").split(" ").filter(Boolean).map((one) => one.split(":"));
    if (!passages.length) return;
    const press = () => {
      const elements = [...new Set(passages.flatMap(([topic, anchor]) => passageAt(anchor, topic)))]
        .filter((one, _index, all) => !all.some((other) => other !== one && other.contains(one)))
        .sort((a, b) => (a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1));
      const [topic, anchor] = passages[0];
      const name = names[0].textContent;
      const address = `${location.href.replace(/[?#].*/, "")}#${anchor}`;
      const facts = { topic, name, source: settings.source, address };
      take(excerptOf(joined(elements), facts), `${settings.short} · ${name}`);
    };
    const label = fill(words.takeOne, { what: names.map((one) => one.textContent).join(" · ") });
    (links.querySelector("p") || links).prepend(button(words.take, press, label), " ");
  }

  /** The paragraphs of elements; runs of one paragraph stay one paragraph. */
  function joined(elements) {
    const found = [];
    let last;
    for (const one of elements) {
      const parts = paragraphsOf(one);
      if (last && one.matches("span") && one.parentElement === last.parentElement && parts.length) {
        found[found.length - 1].runs.push(...parts.shift().runs);
      }
      found.push(...parts);
      last = one;
    }
    return found;
  }

  /** Below the title: copy the page, take it into Word. */
  function addToPage() {
    const title = document.querySelector("[role=main] h1");
    if (!title) return;
    const bar = element("div", "excerpts-bar");
    const main = title.closest("[role=main]");
    bar.append(
      button(words.copyPage, () => copy(pageBlocks(), settings.title, main)),
      button(words.word, () => save(settings.file, pageBlocks())),
    );
    title.after(bar);
    more.sourceOf = (near) =>
      near.closest("[role=main]") ? withAddress(settings.source, location.href.replace(/[?#].*/, "")) : "";
  }

  document.addEventListener("section-compare-bar", ({ target }) => addToBar(target));
  document.addEventListener("section-compare-tools", ({ target }) => addToTools(target));
  document.querySelectorAll(".section-compare-links").forEach(addToLinks);
  if (settings.whole) addToPage();
  document.body.append(status);

  return { settings, fill, read, write, say, button, element, copy, save, saveAll, listBlocks, addressOf, count };
})();
