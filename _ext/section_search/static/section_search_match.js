/* Find and rank sections. Touches no page; sets window.sectionSearch. Needs the index's script. */
"use strict";

window.sectionSearch = (() => {
  // What one search may cost: characters and words of a query, hits counted in a section, and
  // characters read while looking for the longest phrase that is found.
  const LIMITS = { characters: 200, words: 16, hits: 1000, nearest: 1e8 };
  // Between two digits these are part of a number (2-3, 3.5, 10:30) and never optional; nor are
  // the signs that are read aloud.
  const PUNCTUATION = /(\d[.,:/-](?=\d))|(?![%‰#&@])\p{P}/gu;

  const index = window.sectionSearchIndex || { pages: [], tags: [], sections: [], simplified: "" };
  const sections = [];
  /* Take in sections, as the index and its parts have them. */
  const add = (records) => {
    for (const [page, parent, anchor, title, text, tags, alternates] of records) {
      sections.push({
        number: sections.length, page: index.pages[page],
        parent, anchor, title, text, tags, alternates,
      });
    }
  };
  add(index.sections);
  const simplified = new Map();
  const pairs = Array.from(index.simplified);
  for (let n = 0; n < pairs.length; n += 2) simplified.set(pairs[n], pairs[n + 1]);

  // Han characters that are compared as they are, in runs, which most of a Chinese text is; and
  // characters one by one, each with the marks on it.
  const same = String.fromCharCode(...Array.from({ length: 0x5200 }, (_one, n) => 0x4e00 + n))
    .replace(/./g, (one) => (simplified.has(one) ? "" : one));
  const PIECE = new RegExp(`((?:[${same}](?!\\p{M}))+)|\\P{M}\\p{M}*|\\p{M}+`, "gu");
  const known = new Map(); // a character to what it is compared as
  const foldCluster = (cluster) => {
    let folded = cluster.normalize("NFKC").toLowerCase();
    folded = Array.from(folded, (one) => simplified.get(one) || one).join("");
    folded = folded.replace(/[‐‑‒–—―−]/g, "-").replace(/\p{Cf}/gu, "");
    return /^[\s\p{Cc}]+$/u.test(folded) ? " " : folded;
  };
  const isNarrow = (letter) => letter < "\u2e80" && /[\p{L}\p{N}]/u.test(letter);

  /* A text as it is compared: NFKC, small letters, simplified; white space only between two
     narrow letters. `starts` and `ends`, if given, get each unit's place in the text. */
  const fold = (text, starts, ends) => {
    let gap = -1;
    let place = 0;
    let last = ""; // the character before
    const note = (folded, from, to) => {
      for (let n = 0; n < folded.length; n++) {
        starts.push(from);
        ends.push(to);
      }
    };
    return text.replace(PIECE, (piece, run) => {
      const from = place;
      place += piece.length;
      let folded = run || known.get(piece);
      if (folded === undefined) {
        folded = foldCluster(piece);
        known.set(piece, folded);
      }
      if (folded === " " && gap < 0) gap = from;
      if (folded === " " || !folded) return "";
      const blank = gap >= 0 && isNarrow(last) && isNarrow(folded[0]) ? " " : "";
      if (starts) {
        note(blank, gap, from);
        if (run) for (let n = from; n < place; n++) note(run[n - from], n, n + 1);
        else note(folded, from, place);
      }
      gap = -1;
      last = folded.slice(-1);
      return blank + folded;
    });
  };

  const strip = (folded) => folded.replace(PUNCTUATION, "$1");

  /* The words of a query: as written, literal (folded) and loose (without punctuation). */
  const words = (query) => {
    const used = Array.from(query).slice(0, LIMITS.characters).join("");
    const found = new Map();
    for (const written of used.split(/\s+/)) {
      const literal = fold(written);
      if (literal && found.size < LIMITS.words) {
        found.set(literal, { written, literal, loose: strip(literal) });
      }
    }
    return [...found.values()];
  };

  /* Where a word stands; a number is not found in the middle of another. */
  const places = (text, word, limit) => {
    const found = [];
    const isNumber = /^\d/.test(word);
    let at = text.indexOf(word);
    while (at >= 0 && found.length < limit) {
      const inside = isNumber && at > 0 && /\d/.test(text[at - 1]);
      if (!inside) found.push(at);
      at = text.indexOf(word, at + (inside ? 1 : word.length));
    }
    return found;
  };

  /* The text with the other readings in place, and the ranges that they came to stand in:
     [from, to, start and end in the text]. */
  const exchange = (text, alternates) => {
    const ranges = [];
    let out = "";
    let last = 0;
    for (let n = 0; n < alternates.length; n += 3) {
      const [start, end, other] = alternates.slice(n, n + 3);
      out += text.slice(last, start);
      ranges.push([out.length, out.length + other.length, start, end]);
      out += other;
      last = end;
    }
    return { text: out + text.slice(last), ranges };
  };
  /* A part of a view's text as its alternates have it. */
  const otherReading = (part, start, end) => {
    const inside = [];
    for (let n = 0; n < part.alternates.length; n += 3) {
      const [from, to, other] = part.alternates.slice(n, n + 3);
      if (from >= start && to <= end) inside.push(from - start, to - start, other);
    }
    return exchange(part.text.slice(start, end), inside).text;
  };
  const placeBefore = (ranges, place, isEnd) => {
    let shift = 0;
    for (const [from, to, start, end] of ranges) {
      if (place < from || (isEnd && place === from)) break;
      if (place < to || (isEnd && place === to)) return isEnd ? end : start;
      shift = end - to;
    }
    return place + shift;
  };

  /* What of a section is searched: all of it, or the ranges with a tag, a line each. */
  const views = new Map();
  const view = (section, tag) => {
    if (tag === undefined || section.page[2].includes(tag)) return section;
    const key = `${section.number} ${tag}`;
    if (!views.has(key)) views.set(key, cut(section, tag));
    return views.get(key);
  };
  const cut = (section, tag) => {
    const part = { text: "", title: 0, alternates: [] };
    for (let n = 0; n < section.tags.length; n += 3) {
      const [start, end] = section.tags.slice(n, n + 2);
      if (section.tags[n + 2] !== tag) continue;
      if (part.text) part.text += "\n";
      const shift = part.text.length - start;
      part.text += section.text.slice(start, end);
      if (start < section.title) part.title = Math.min(end, section.title) + shift;
      for (let m = 0; m < section.alternates.length; m += 3) {
        const [from, to, other] = section.alternates.slice(m, m + 3);
        if (from >= start && to <= end) part.alternates.push(from + shift, to + shift, other);
      }
    }
    return part;
  };

  /* One way that a view reads: as it is, or with the other readings. Of a large index the text
     that is compared is kept, the rest made anew for what a search comes to. */
  class Form {
    constructor(part, isOther) {
      Object.assign(this, { part, isOther });
      this.loose = strip(this.literal);
    }

    get source() {
      const { text, alternates } = this.part;
      return this.isOther ? exchange(text, alternates) : { text, ranges: [] };
    }

    /* Folded, with punctuation. */
    get literal() {
      return fold(this.source.text);
    }

    /* How long the title is so, and without punctuation. */
    get heads() {
      const { text, title, alternates } = this.part;
      const inTitle = [];
      for (let n = 0; this.isOther && n < alternates.length; n += 3) {
        if (alternates[n + 1] <= title) inTitle.push(...alternates.slice(n, n + 3));
      }
      const written = fold(exchange(text.slice(0, title), inTitle).text);
      return [written.length, strip(written).length];
    }
  }

  const allForms = new Map();
  const forms = (part) => {
    let found = allForms.get(part);
    if (!found) {
      found = [false, true].slice(0, part.alternates.length ? 2 : 1)
        .map((isOther) => new Form(part, isOther));
      allForms.set(part, found);
    }
    return found;
  };

  /* What stands above a section: its page's label and the titles around it. */
  const above = (section) => {
    const titles = [];
    for (let n = section.parent; n >= 0; n = sections[n].parent) {
      titles.unshift(sections[n].text.slice(0, sections[n].title));
    }
    return titles;
  };
  const contexts = new Map(); // by what sections lie in
  const context = (section) => {
    const around = sections[section.parent] || section.page;
    if (!contexts.has(around)) {
      contexts.set(around, strip(fold([section.page[1], ...above(section)].join("\n"))));
    }
    return contexts.get(around);
  };

  /* How well a section answers, or null. Each word must stand in it or above it, one in it. */
  const rate = (section, part, query) => {
    let score = 0;
    let hits = 0;
    let titles = 0;
    let own = false;
    for (const word of query) {
      let count = 0;
      for (const form of forms(part)) {
        const loose = word.loose ? places(form.loose, word.loose, LIMITS.hits) : [];
        if (word.loose && !loose.length) continue; // nor does it stand there as written
        const literal = places(form.literal, word.literal, LIMITS.hits);
        count = literal.length + loose.length;
        if (count) {
          hits += word.loose ? loose.length : literal.length;
          const [written, bare] = form.heads;
          titles += literal[0] < written || loose[0] < bare ? 1 : 0;
          break;
        }
      }
      if (!count && word.loose && context(section).includes(word.loose)) {
        if (section.parent < 0) {
          own = true; // the page's label is as good as its title
          titles += 1;
        }
      } else if (count) {
        own = true;
        score += count;
      } else {
        return null;
      }
    }
    return own ? { section, part, titles, score, hits } : null;
  };

  /* A page's name as it is compared: without the words that one leaves out as well as not. */
  const bareName = (text) => strip(fold(text)).replace(/[的与和]|工作/g, "");

  /* The pages that a query names, those named exactly first, at most three. */
  const pagesNamed = (written) => {
    const asked = bareName(written);
    if (asked.length < 2) return [];
    const rated = index.pages.filter((page) => page[4].length).map((page) => {
      const names = [page[1], ...page[4]].map(bareName);
      const rank = names.includes(asked) ? 0
        : names.some((name) => name.includes(asked)) ? 1
        : names.some((name) => name.length > 1 && asked.includes(name)) ? 2 : 3;
      return { page, rank };
    });
    return rated.filter(({ rank }) => rank < 3).sort((one, other) => one.rank - other.rank)
      .slice(0, 3).map(({ page }) => page);
  };

  /* The sections that answer a query, best first: titles, then how many and how literal. Asked the
     same again, it looks just at what came since. */
  let last = { asked: "", upTo: 0, found: [] };
  const search = (query, filters) => {
    const asked = JSON.stringify([query, filters]);
    if (last.asked !== asked) last = { asked, upTo: 0, found: [] };
    for (; query.length && last.upTo < sections.length; last.upTo++) {
      const section = sections[last.upTo];
      if (filters.page && section.page[3] !== filters.page) continue;
      const rated = rate(section, view(section, filters.tag), query);
      if (rated) last.found.push(rated);
    }
    return last.found.sort((one, other) =>
      other.titles - one.titles || other.score - one.score
      || one.section.number - other.section.number);
  };

  /* Where the hits stand in a view's text: [start, end], in order, none overlapping. */
  const spans = (part, query) => {
    const found = [];
    const missing = new Set(query);
    for (const form of forms(part)) {
      const starts = [];
      const ends = [];
      const { text, ranges } = form.source;
      const literal = fold(text, starts, ends);
      const kept = [];
      const dropped = new Set();
      literal.replace(PUNCTUATION, (match, number, at) => {
        for (let n = 0; !number && n < match.length; n++) dropped.add(at + n);
        return "";
      });
      for (let n = 0; n < literal.length; n++) if (!dropped.has(n)) kept.push(n);
      for (const word of [...missing]) {
        const hits = word.loose
          ? places(form.loose, word.loose, LIMITS.hits)
              .map((at) => [kept[at], kept[at + word.loose.length - 1]])
          : places(literal, word.literal, LIMITS.hits)
              .map((at) => [at, at + word.literal.length - 1]);
        for (const [first, last] of hits) {
          missing.delete(word);
          found.push([
            placeBefore(ranges, starts[first], false),
            placeBefore(ranges, ends[last], true),
          ]);
        }
      }
    }
    found.sort((one, other) => one[0] - other[0] || one[1] - other[1]);
    const merged = [];
    for (const [start, end] of found) {
      const last = merged[merged.length - 1];
      if (last && start < last[1]) last[1] = Math.max(last[1], end);
      else merged.push([start, end]);
    }
    return merged;
  };

  /* The longest part of a word, two characters or more, that stands in some section. */
  const longestPart = (word, filters) => {
    const letters = Array.from(word.loose || word.literal);
    const texts = sections
      .filter((section) => !filters.page || section.page[3] === filters.page)
      .flatMap((section) => forms(view(section, filters.tag)).map((form) => form.loose));
    const total = texts.reduce((sum, text) => sum + text.length, 1);
    let budget = LIMITS.nearest;
    let best = "";
    let start = 0;
    for (let end = 2; end <= letters.length && budget > 0;) {
      const part = letters.slice(start, end).join("");
      budget -= total;
      if (texts.some((text) => places(text, part, 1).length)) {
        if (part.length > best.length) best = part;
        end += 1;
      } else {
        start += 1;
        end = Math.max(end, start + 2);
      }
    }
    return best;
  };

  /* Queries near to one that finds nothing, each with how many sections it finds. */
  const nearest = (query, filters) => {
    const found = [];
    const offer = (text, chosen) => {
      const count = search(words(text), chosen).length;
      if (count && found.length < 3) found.push({ text, count, filters: chosen });
    };
    const all = query.map((word) => word.written).join(" ");
    if (filters.page || filters.tag !== undefined) offer(all, {});
    if (query.length > 1) {
      for (const left of query) {
        offer(query.filter((word) => word !== left).map((word) => word.written).join(" "), filters);
      }
      if (!found.length) query.forEach((word) => offer(word.written, filters));
    }
    if (!found.length) {
      const parts = query.map((word) => longestPart(word, filters));
      offer(parts.reduce((best, part) => (part.length > best.length ? part : best), ""), filters);
    }
    return found;
  };

  return {
    LIMITS, isLoaded: Boolean(window.sectionSearchIndex), tags: index.tags,
    parts: index.parts || [], add,
    words, search, spans, otherReading, above, nearest, pagesNamed,
    named: index.pages.filter((page) => page[4].length),
  };
})();
