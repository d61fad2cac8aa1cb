/* The switch between the text as emended and the text as its source has it, and what the marks mean.
   Loaded in the head, not deferred: the class is set, and the switch put in, before the text is
   shown, so nothing flashes or moves. */
(() => {
  "use strict";
  const KEY = "emendation-view";
  const PARAMETER = "text"; // of the address, so that a link shows the same: ?text=source
  const root = document.documentElement;
  const words = document.currentScript.dataset;
  const buttons = [];

  // the address first; storage may be switched off: then the choice holds for the page
  const read = () => {
    const asked = new URLSearchParams(location.search).get(PARAMETER);
    if (asked) return asked;
    try { return localStorage.getItem(KEY); } catch { return null; }
  };
  const keep = (view) => {
    try { localStorage.setItem(KEY, view); } catch { /* not remembered */ }
  };
  const address = (view) => {
    const url = new URL(location.href);
    if (view === "source") url.searchParams.set(PARAMETER, view);
    else url.searchParams.delete(PARAMETER);
    url.search = url.search.replace(/%2C/g, ",");
    if (url.href !== location.href) history.replaceState(history.state, "", url);
  };
  const show = (view) => {
    root.classList.toggle("source-view", view === "source");
    address(view);
    for (const button of buttons) {
      const current = button.value === (view === "source" ? "source" : "reading");
      button.setAttribute("aria-pressed", String(current));
    }
  };

  const make = (name, className) => {
    const element = document.createElement(name);
    element.className = className;
    return element;
  };
  const addSwitch = (title) => {
    const group = make("div", "emendation-switch");
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", words.label);
    for (const view of ["reading", "source"]) {
      const button = document.createElement("button");
      button.type = "button";
      button.value = view;
      button.textContent = words[view];
      button.addEventListener("click", () => { keep(view); show(view); });
      buttons.push(button);
      group.append(button);
    }
    const legend = make("span", "emendation-legend");
    for (const [mark, word] of Object.entries(JSON.parse(words.legend))) {
      const sample = make("span", "");
      sample.dataset.mark = mark;
      sample.textContent = word;
      legend.append(sample);
    }
    const tools = make("div", "emendation-tools");
    tools.append(group, legend);
    title.after(tools);
    show(read());
  };

  show(read());
  const find = () => document.querySelector("[role=main] section > h1, article section > h1");
  // what follows the title tells that it is read to its end
  const watch = new MutationObserver(() => {
    const title = find();
    if (title && title.nextSibling) {
      watch.disconnect();
      addSwitch(title);
    }
  });
  watch.observe(root, { childList: true, subtree: true });
  document.addEventListener("DOMContentLoaded", () => watch.disconnect());

  // another page or tab may have changed it meanwhile
  addEventListener("pageshow", (event) => { if (event.persisted) show(read()); });
  addEventListener("storage", (event) => { if (event.key === KEY) show(event.newValue); });

  // what a link leads to, or what is printed, is no longer folded away
  const unfold = (element) => {
    const details = element && element.closest("details");
    if (details && !details.open) {
      details.open = true;
      element.scrollIntoView();
    }
  };
  // the ids of entries need no decoding
  const unfoldTarget = () => unfold(document.getElementById(location.hash.slice(1)));
  addEventListener("hashchange", unfoldTarget);
  addEventListener("DOMContentLoaded", unfoldTarget);
  addEventListener("beforeprint", () => {
    for (const details of document.querySelectorAll(".emendation-list details")) details.open = true;
  });

  // Escape puts a tip away until the next mark is reached
  addEventListener("keydown", (event) => {
    if (event.key === "Escape") root.classList.add("emendation-no-tips");
  });
  for (const name of ["mouseover", "focusin"]) {
    addEventListener(name, (event) => {
      if (event.target.closest && event.target.closest(".emendation, .dated, .superseded")) {
        root.classList.remove("emendation-no-tips");
      }
    });
  }
})();
