/*
 * Reading side by side. Without this script every column stands, in the collection's order.
 *
 * 1. The view, which reports in what order, one by one or not, marks or not, lives in the address:
 *    a link shows a colleague the same. Links to other pages carry it, the browser keeps it.
 * 2. Shared phrases, marked when the site was built, light their twins.
 * 3. A comparison: its bar, its columns' buttons and its keys, which work only while the focus is in
 *    it (WCAG 2.1.4). What chooses and orders columns is loaded when it is first asked for.
 *
 * Every control is made here, so that none is dead without scripts; the style keeps its room.
 */
(() => {
  "use strict";

  const { BLOCKS, paragraphsIn, putOnClipboard } = window.sectionCompareCopy;
  const { src } = document.currentScript;

  // 1. The view ------------------------------------------------------------------------------

  /** Empty is the page's own; ALL are all reports, where a page opens with some. Ids that a page does not know are kept for the next page. */
  const view = { reports: "", view: "", marks: "" };
  const ALL = "*";
  const ALLOWED = { reports: /^([\p{L}\p{N}.-]+|\*)$/u, view: /^(stacked|columns)$/, marks: /^off$/ };

  const comparisons = [];

  const KEY = `section-compare ${new URL(
    document.documentElement.dataset.content_root || "./",
    location.href,
  ).pathname}`;

  /** The view that this browser kept of the site; storage may be switched off. */
  function kept() {
    try {
      return localStorage.getItem(KEY) || "";
    } catch {
      return "";
    }
  }

  function keep() {
    const query = new URLSearchParams(Object.entries(view).filter(([, value]) => value));
    try {
      localStorage.setItem(KEY, query);
    } catch {
      // not kept
    }
  }

  /** The reports that the view names. */
  const chosen = () =>
    view.reports === ALL ? everyReport() : view.reports.split(",").filter(Boolean);

  /** Those that this page opens with. */
  const firstReports = () => [...new Set(comparisons.flatMap((comparison) => comparison.first))];

  /** All reports of this page in their own order. */
  const everyReport = () => [...new Set(comparisons.flatMap((comparison) => comparison.reports))];

  function readAddress() {
    let query = new URLSearchParams(location.search);
    const said = ["first", ...Object.keys(view)].some((key) => query.has(key));
    if (!said) query = new URLSearchParams(kept());
    for (const key of Object.keys(view)) {
      const values = (query.get(key) || "").split(",").filter((value) => ALLOWED[key].test(value));
      view[key] = key === "reports" ? [...new Set(values)].join() : values[0] || "";
    }
    const first = query.get("first");
    if (everyReport().includes(first)) {
      setReports([first, ...(view.reports ? chosen() : firstReports())]);
    }
  }

  function setReports(reports) {
    const list = [...new Set(reports)].join();
    if (list === firstReports().join()) view.reports = "";
    else view.reports = list === everyReport().join() ? ALL : list;
  }

  /** Put the view into an address. */
  function writeAddress(url) {
    const query = new URLSearchParams(url.search);
    query.delete("first");
    for (const [key, value] of Object.entries(view)) {
      if (value) query.set(key, value);
      else query.delete(key);
    }
    url.search = String(query).replace(/%2C/g, ",");
  }

  /** Change the view, show it, and put it into the address. */
  function change(changes = {}) {
    Object.assign(view, changes);
    for (const comparison of comparisons) comparison.show();
    keep();
    const url = new URL(location.href);
    writeAddress(url);
    if (url.href !== location.href) history.replaceState(history.state, "", url);
  }

  /** A link that is followed, or whose menu is opened, takes the view along. */
  function carryView({ target }) {
    const link = target.closest("a[href]");
    if (!link || link.origin !== location.origin || link.pathname === location.pathname) return;
    if (!/(\/|\.html)$/.test(link.pathname)) return;
    writeAddress(link);
    const passage = link.closest(".section-compare-links");
    if (passage) link.search += `${link.search ? "&" : "?"}first=${passage.dataset.report}`;
  }

  /** The element that the address points at, if any. */
  function targetOfAddress() {
    try {
      return document.getElementById(decodeURIComponent(location.hash.slice(1)));
    } catch {
      return null; // a percent sign that encodes nothing
    }
  }

  /** A cell that the address points at is shown, whatever the view says. */
  function showTarget() {
    const target = targetOfAddress();
    const cell = target && target.closest(".section-compare-cell[hidden]");
    if (cell) {
      setReports([...chosen(), cell.dataset.report]);
      change();
      cell.scrollIntoView({ behavior: "instant" });
    }
  }

  /** A message with its {places} filled in. */
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

  function make(name, className, ...children) {
    const element = document.createElement(name);
    element.className = className;
    element.append(...children);
    return element;
  }

  function makeButton(text, press, label) {
    const button = make("button", "", text);
    button.type = "button";
    if (label) button.setAttribute("aria-label", label);
    button.addEventListener("click", press);
    return button;
  }

  /** Other scripts may add their buttons. */
  const announce = (made) => made.dispatchEvent(new Event(made.className, { bubbles: true }));

  /** Bring children into an order, keeping the focus; those at their place are not moved. */
  function arrange(parent, children) {
    const focused = document.activeElement;
    children.forEach((child, index) => {
      if (parent.children[index] !== child) parent.insertBefore(child, parent.children[index]);
    });
    if (focused !== document.activeElement && parent.contains(focused)) {
      focused.focus({ preventScroll: true });
    }
  }

  /** Where all comparisons of a page say what happened. */
  const status = make("div", "section-compare-status");
  status.setAttribute("role", "status");

  let clearing;

  /** Show a message till the next, or for some seconds. */
  function say(text, seconds) {
    clearTimeout(clearing);
    status.textContent = text;
    if (seconds) clearing = setTimeout(say, 1000 * seconds, "");
  }

  // 2. Shared phrases ------------------------------------------------------------------------

  /** The phrases at a mark: its own first, then those inside or across it. */
  const phrasesOf = ({ dataset: { phrase, also } }) => [phrase, ...(also ? also.split(" ") : [])];

  /** Whether a phrase runs on from one mark to the next: nothing is seen between them. */
  function goesOn(before, after, phrase = after.dataset.phrase) {
    if (before.closest(BLOCKS) !== after.closest(BLOCKS)) return false;
    if (![before, after].every((mark) => phrasesOf(mark).includes(phrase))) return false;
    const between = document.createRange();
    between.setStartAfter(before);
    between.setEndBefore(after);
    return !paragraphsIn(between).length;
  }

  /** The marks of one comparison. */
  class Phrases {
    constructor(root, names, message) {
      Object.assign(this, { root, names, message });
      this.lit = null; // the mark that is pointed at or has the focus
      root.addEventListener("focusin", ({ target }) => this.light(target));
      root.addEventListener("focusout", () => this.light(null));
      root.addEventListener("pointerover", ({ target }) =>
        this.light(target.closest("[data-phrase]") || document.activeElement),
      );
      root.addEventListener("pointerleave", () => this.light(document.activeElement));
    }

    /** The marks of all columns, or of some, in the order shown. */
    marks(columns = [this.root]) {
      return [...columns].flatMap((column) => [...column.querySelectorAll("[data-phrase]")]);
    }

    /** Those of the columns shown. */
    seen() {
      return this.marks(this.root.querySelectorAll(".section-compare-cell:not([hidden])"));
    }

    /** The marks that can be seen; of a phrase that a link or emphasis cuts, the first. */
    places() {
      if (view.marks === "off") return [];
      return this.seen()
        .filter((mark) => mark.getClientRects().length)
        .filter((mark, index, marks) => !index || !goesOn(marks[index - 1], mark));
    }

    /** The places that n and p step through: phrases of every report are too common. */
    steps() {
      return this.places().filter((mark) => !mark.matches(".section-compare-everywhere"));
    }

    /** Leave the Tab key one stop; n and p go on from there. */
    settle() {
      for (const mark of this.seen()) mark.tabIndex = -1;
      const [first] = this.steps();
      if (first) first.tabIndex = 0;
    }

    /** Light a phrase and its twins, and say where they stand. */
    light(target) {
      const mark = target && target.closest("[data-phrase]");
      const on = view.marks !== "off" && this.root.contains(mark) ? mark : null;
      if (on === this.lit) return;
      this.lit = on;
      const phrases = on ? phrasesOf(on) : [];
      const phrase = phrases.includes(this.followed) ? this.followed : phrases[0];
      this.phrase = phrase;
      const reports = new Set();
      for (const one of this.marks()) {
        const twin = phrasesOf(one).includes(phrase);
        one.classList.toggle("section-compare-lit", twin);
        if (twin) reports.add(this.names.get(one.closest("[data-report]").dataset.report));
      }
      if (!on) return say("");
      const names = new Intl.ListFormat(document.documentElement.lang || "en").format(reports);
      say(fill(this.message, { phrase: this.textAt(on, phrase), reports: names }));
    }

    /** A phrase at a mark, whole: marks beside it may hold parts. */
    textAt(mark, phrase) {
      const marks = this.marks();
      let first = marks.indexOf(mark);
      let last = first;
      while (first && goesOn(marks[first - 1], marks[first], phrase)) first -= 1;
      while (marks[last + 1] && goesOn(marks[last], marks[last + 1], phrase)) last += 1;
      return marks.slice(first, last + 1).map((one) => one.textContent).join("");
    }

    /** Go to the next or previous of some marks. */
    step(marks, forward = true) {
      const { DOCUMENT_POSITION_FOLLOWING: after, DOCUMENT_POSITION_PRECEDING: before } = Node;
      const list = forward ? marks : marks.reverse();
      const here = document.activeElement;
      const way = forward ? after : before;
      const next = list.find((mark) => here.compareDocumentPosition(mark) & way) || list[0];
      if (next) next.focus();
    }

    /** From the lit phrase to its next twin, which may be part of a longer one. */
    follow() {
      const { phrase } = this;
      this.followed = phrase;
      this.step(this.places().filter((mark) => phrasesOf(mark).includes(phrase)));
      this.followed = null;
    }
  }

  // 3. A comparison --------------------------------------------------------------------------

  /** Whether a report says anything in a cell. */
  const speaks = (cell) => Number(cell.dataset.characters) > 0;

  /** How many pixels of the window's top the theme's own bar takes, which stays in sight. */
  function covered() {
    const bars = [...document.querySelectorAll("header, div[class*=header]")].filter((bar) => {
      const { position, top } = getComputedStyle(bar);
      return /sticky|fixed/.test(position) && top === "0px";
    });
    return Math.max(0, ...bars.map((bar) => bar.offsetHeight));
  }

  class Comparison {
    constructor(root) {
      this.root = root;
      this.words = JSON.parse(root.dataset.words);
      // a passage may hold an element of that class
      const parts = (name) => [...root.children].filter((child) => child.matches(name));
      this.rows = parts(".section-compare-row");
      this.silent = parts(".section-compare-silent");
      this.cells = [...this.silent, ...this.rows].flatMap((row) => [...row.children]);
      const name = (cell) => cell.querySelector(".section-compare-name").textContent;
      /** The names of its reports by id, in their own order. */
      this.names = new Map(root.dataset.reports.split(" ").map((report) => [report, ""]));
      for (const cell of this.cells) this.names.set(cell.dataset.report, name(cell));
      const having = (name) => new Set(this.cells.filter((cell) => cell.matches(name)).map((cell) => cell.dataset.report));
      const silent = having(".section-compare-missing");
      /** Those that say nothing come last: they have no place among the columns. */
      this.inOrder = (reports) => [...reports].sort((one, other) => silent.has(one) - silent.has(other));
      this.reports = this.inOrder(this.names.keys());
      const later = having(".section-compare-later");
      this.first = this.reports.filter((report) => !later.has(report));
      this.shown = this.first;
      this.stacked = root.matches(".section-compare-stacked");
      this.phrases = new Phrases(root, this.names, this.words.shared);
      this.addBar();
      this.addJumps();
      root.classList.add("section-compare-ready");
      root.addEventListener("keydown", (event) => this.press(event));
    }

    /** The bar takes in the help and what the project says. */
    addBar() {
      const { words, root } = this;
      this.byOne = makeButton(words.stacked, () => this.toggleStacked());
      this.byOne.className = "section-compare-by-one";
      this.marking = makeButton(words.marks, () => this.toggleMarks());
      this.marking.hidden = !root.querySelector("[data-phrase]");
      this.everything = makeButton(words.all, () => this.showAll());
      this.copyShown = makeButton(words.copyAll, () => this.copyAll());
      const link = makeButton(words.copyLink, () => this.copyLink());
      link.hidden = location.protocol === "file:"; // of use to nobody else
      this.choose = makeButton("", () => this.withChooser((chooser) => chooser.toggle()));
      this.choose.className = "section-compare-choose";
      this.choose.setAttribute("aria-expanded", "false");
      this.bar = make("div", "section-compare-bar", this.choose, this.byOne);
      this.bar.append(this.marking, this.copyShown, link, this.everything);
      root.prepend(this.bar);
      announce(this.bar);
      const help = root.querySelector(".section-compare-help");
      if (help) this.bar.append(help);
      if (!comparisons.length && root.dataset.bar) {
        this.bar.append(...document.querySelectorAll(root.dataset.bar));
      }
    }

    /** Do something with the chooser, whose script is loaded first. */
    withChooser(act) {
      if (this.chooser) return act(this.chooser);
      const script = make("script", "");
      script.src = new URL(this.words.chooser, src);
      script.addEventListener("load", () => {
        const tools = { arrange, fill, make, makeButton, speaks };
        this.chooser = this.chooser || window.sectionCompareChooser(this, tools);
        this.show();
        act(this.chooser);
      });
      document.head.append(script);
    }

    /** In a narrow window a row of names that lead to the columns. */
    addJumps() {
      this.jumps = make("nav", "section-compare-jumps");
      this.jumps.setAttribute("aria-label", this.words.jump);
      this.links = new Map();
      this.bar.after(this.jumps);
      const here = ({ isIntersecting, target }) =>
        this.links.get(target).toggleAttribute("data-here", isIntersecting);
      this.reading = new IntersectionObserver((entries) => entries.forEach(here), {
        rootMargin: "-40% 0px -60%",
      });
    }

    /** When a column is first shown, its buttons and its link in the row of names. */
    equip(cell) {
      if (cell.matches("[tabindex]")) return;
      cell.tabIndex = -1; // a click in a column puts the focus there, for the keys
      const { words } = this;
      const { report } = cell.dataset;
      const head = cell.querySelector(".section-compare-head");
      head.addEventListener("pointerdown", (event) =>
        this.withChooser((chooser) => chooser.take(event, report)),
      );
      head.querySelectorAll("a").forEach((link) => (link.draggable = false));
      if (!speaks(cell)) return;
      const label = cell.getAttribute("aria-label");
      const tools = make(
        "span",
        "section-compare-tools",
        makeButton(words.copy, () => this.copyCell(cell), `${words.copy} ${label}`),
        makeButton(words.hide, () => this.toggle(report, false), `${words.hide} ${label}`),
      );
      head.append(tools);
      announce(tools);
      if (cell.parentElement !== this.rows[0]) return;
      const link = make("a", "", this.names.get(report));
      link.href = `#${cell.id}`;
      link.addEventListener("click", (event) => {
        event.preventDefault();
        cell.scrollIntoView();
        cell.focus({ preventScroll: true });
      });
      this.links.set(cell, link);
      this.reading.observe(cell);
    }

    /** Bring the page in line with the view. */
    show() {
      const known = chosen().filter((report) => this.names.has(report));
      this.shown = known.length ? this.inOrder(known) : this.first;
      const order = [...new Set([...this.shown, ...this.reports])];
      const places = new Map(order.map((report, index) => [report, index]));
      const placeOf = ({ dataset: { report } }) => places.get(report);
      const place = (one, other) => placeOf(one) - placeOf(other);
      for (const cell of this.cells) {
        cell.hidden = placeOf(cell) >= this.shown.length;
        if (!cell.hidden) this.equip(cell);
      }
      for (const row of [...this.silent, ...this.rows]) {
        arrange(row, [...row.children].sort(place));
        row.hidden = [...row.children].every((cell) => cell.hidden);
      }
      const links = [...this.links].sort(([one], [other]) => place(one, other));
      arrange(this.jumps, links.map(([, link]) => link));
      for (const [cell, link] of links) link.hidden = cell.hidden;
      const { classList } = this.root;
      const stacked = view.view ? view.view === "stacked" : this.stacked;
      classList.toggle("section-compare-stacked", stacked);
      classList.toggle("section-compare-columns", !stacked);
      this.byOne.textContent = stacked ? this.words.columnwise : this.words.stacked;
      classList.toggle("section-compare-unmarked", view.marks === "off");
      this.marking.setAttribute("aria-pressed", String(view.marks !== "off"));
      const counts = { shown: this.shown.length, all: this.reports.length };
      this.choose.textContent = fill(this.words.choose, counts);
      if (this.chooser) this.chooser.show(order);
      this.everything.hidden = !Object.values(view).some(Boolean);
      this.copyShown.hidden = !this.cells.some((cell) => !cell.hidden && speaks(cell));
      this.phrases.settle();
      this.fit();
    }

    /** What the style goes by. */
    fit() {
      const standing = (row) => [...row.children].filter((cell) => !cell.hidden).length;
      this.root.dataset.shown = Math.max(0, ...this.rows.map(standing));
      const { style } = this.root;
      style.setProperty("--covered", `${covered()}px`);
      const sticks = getComputedStyle(this.bar).position === "sticky" ? this.bar : this.jumps;
      style.setProperty("--stuck", `${sticks.offsetHeight}px`);
    }

    /** Long columns begin folded to two screens, but not what the address points at. */
    foldLong() {
      const target = targetOfAddress();
      const screens = 2 * innerHeight;
      // the cells of a row are as tall as the longest; what is in them is not
      const height = ({ lastElementChild: last, offsetTop }) =>
        last.offsetTop + last.offsetHeight - offsetTop;
      const long = this.cells.filter((cell) => !cell.hidden && height(cell) > 1.25 * screens);
      for (const cell of long) if (!cell.contains(target)) this.fold(cell, screens);
    }

    /** Show these reports here; the page's other comparisons keep theirs. */
    setShown(shown) {
      const others = view.reports ? chosen() : firstReports();
      setReports([...shown, ...others.filter((report) => !this.names.has(report))]);
      change();
    }

    /** Show or hide a report; the last one stays. */
    toggle(report, on) {
      const rest = this.shown.filter((one) => one !== report);
      const focused = document.activeElement;
      this.setShown(on || !rest.length ? [...rest, report] : rest);
      if (focused && focused.closest("[hidden]")) this.choose.focus();
    }

    /** Move a report among those shown. */
    move(report, by) {
      const from = this.shown.indexOf(report);
      const to = from + by;
      if (from < 0 || to < 0 || to >= this.shown.length) return;
      const shown = this.shown.filter((one) => one !== report);
      shown.splice(to, 0, report);
      this.setShown(shown);
    }

    /** Move a report by a button or key, and say where it is then. */
    shift(report, by) {
      this.move(report, by);
      const place = this.shown.indexOf(report) + 1;
      say(fill(this.words.moved, { report: this.names.get(report), place }), 5);
    }

    showAll() {
      change({ reports: "", view: "", marks: "" });
      this.choose.focus();
    }

    toggleStacked() {
      const stacked = !this.root.matches(".section-compare-stacked");
      change({ view: stacked === this.stacked ? "" : stacked ? "stacked" : "columns" });
    }

    toggleMarks() {
      change({ marks: view.marks ? "" : "off" });
    }

    /**
     * Fold a cell to a height in pixels. What is folded stays in the page: searching it or
     * stepping into it unfolds it.
     */
    fold(cell, height) {
      const body = make("div", "section-compare-body", ...[...cell.children].slice(1));
      const more = makeButton("", () => set(!body.style.maxHeight));
      more.className = "section-compare-more";
      const set = (folded) => {
        body.classList.toggle("section-compare-folded", folded);
        body.style.maxHeight = folded ? `${height}px` : "";
        body.scrollTop = 0;
        more.textContent = folded ? this.words.unfold : this.words.fold;
        more.setAttribute("aria-expanded", String(!folded));
      };
      body.addEventListener("scroll", () => body.scrollTop && set(false));
      cell.append(body, more);
      set(true);
    }

    copyCell(cell) {
      this.copy([cell], cell.getAttribute("aria-label"), cell);
    }

    /** What is shown, in the order shown. */
    copyAll() {
      const shown = this.rows.flatMap((row) => [...row.children]).filter((cell) => !cell.hidden);
      this.copy(shown, this.root.getAttribute("aria-label"), this.root);
    }

    /** The address that opens this view. */
    copyLink() {
      this.put([{ text: location.href, kind: "source" }], this.words.copyLink, this.root);
    }

    /** Copy cells, each report's closed by the line that says where it stands. */
    copy(cells, what, near) {
      const said = cells.filter(speaks);
      const found = [];
      said.forEach((cell, index) => {
        if (said.length > 1) found.push({ text: cell.getAttribute("aria-label"), kind: "title" });
        for (const passage of cell.querySelectorAll(".section-compare-place, .section-compare-passage")) {
          const range = document.createRange();
          range.selectNodeContents(passage);
          found.push(...paragraphsIn(range));
        }
        const next = said[index + 1];
        if (next && next.dataset.report === cell.dataset.report) return;
        const link = cell.querySelector(".section-compare-name a");
        const address = location.protocol === "file:" ? "" : ` ${link.href}`;
        found.push({ text: cell.dataset.source + address, kind: "source" });
      });
      this.put(found, what, near);
    }

    put(paragraphs, what, near) {
      if (putOnClipboard(paragraphs, near)) say(fill(this.words.copied, { what }), 5);
      else say(this.words.selected);
    }

    press(event) {
      if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
      const { target } = event;
      if (target.matches("textarea, select, input:not([type=checkbox])")) return;
      const { phrases } = this;
      const cell = target.closest(".section-compare-cell");
      const report = cell && cell.dataset.report;
      const keys = {
        __proto__: null,
        n: () => phrases.step(phrases.steps()),
        p: () => phrases.step(phrases.steps(), false),
        Enter: target.closest("[data-phrase]") && (() => phrases.follow()),
        "[": cell && (() => this.shift(report, -1)),
        "]": cell && (() => this.shift(report, 1)),
        h: cell && (() => this.toggle(report, false)),
        c: cell && speaks(cell) && (() => this.copyCell(cell)),
        s: () => this.toggleStacked(),
        m: () => this.toggleMarks(),
        0: () => this.showAll(),
      };
      const act = keys[event.key];
      if (!act) return;
      event.preventDefault();
      act();
    }

    /** Put away what covers the page. */
    escape() {
      this.phrases.light(null);
      say("");
      if (this.chooser) this.chooser.escape();
    }
  }

  for (const root of document.querySelectorAll(".section-compare[data-words]")) {
    comparisons.push(new Comparison(root));
  }
  readAddress();
  if (comparisons.length) {
    document.body.append(status);
    change();
    for (const comparison of comparisons) comparison.foldLong();
    showTarget();
    addEventListener("resize", () => comparisons.forEach((comparison) => comparison.fit()));
    addEventListener("hashchange", showTarget);
    document.addEventListener("keydown", ({ key }) => {
      if (key === "Escape") for (const comparison of comparisons) comparison.escape();
    });
  }
  for (const type of ["click", "auxclick", "contextmenu"]) {
    document.addEventListener(type, carryView, true);
  }
  // the search form, too
  document.addEventListener("formdata", ({ target, formData }) => {
    if (target.method !== "get" || new URL(target.action).origin !== location.origin) return;
    for (const [key, value] of Object.entries(view)) if (value) formData.set(key, value);
  });
})();
