/*
 * A Word document (ECMA-376, transitional) of blocks, set after GB/T 9704: A4, 仿宋 of size 三号,
 * 28 points a line, two characters in, the page number as — 1 —. Loaded when it is asked for.
 */
window.excerptsDocx = (() => {
  "use strict";

  const W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"';
  const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
  const RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
  const PACKAGE = "http://schemas.openxmlformats.org/package/2006";
  const TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml";

  /** Text for XML: without what it may not hold, halves of characters included. */
  const escape = (text) =>
    text
      .replace(/[\ud800-\udbff][\udc00-\udfff]|[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]/g, (one) =>
        one.length > 1 ? one : "",
      )
      .replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;");

  // The parts of the document ------------------------------------------------------------------

  const STYLES = { title: "Title", h1: "Heading1", h2: "Heading2", h3: "Heading3", source: "Source", note: "Source" };

  function run([text, mark]) {
    const look = mark ? '<w:rPr><w:highlight w:val="yellow"/></w:rPr>' : "";
    const parts = escape(text).split("\t").map((part) => `<w:t xml:space="preserve">${part}</w:t>`);
    return `<w:r>${look}${parts.join("<w:tab/>")}</w:r>`;
  }

  function paragraph({ style, runs }, inCell) {
    const isHead = style[0] === "h";
    const name = inCell ? (isHead ? "CellHead" : "Cell") : STYLES[style];
    const look = name ? `<w:pPr><w:pStyle w:val="${name}"/></w:pPr>` : "";
    return `<w:p>${look}${runs.map(run).join("")}</w:p>`;
  }

  /** Columns side by side on the width of the text, 156 mm. */
  function table(columns) {
    const width = Math.floor(8844 / columns.length);
    const cells = columns.map(
      (blocks) => `<w:tc><w:tcPr><w:tcW w:w="${width}" w:type="dxa"/></w:tcPr>${blocks.map((one) => paragraph(one, true)).join("")}</w:tc>`,
    );
    const edges = ["top", "left", "bottom", "right", "insideH", "insideV"].map(
      (edge) => `<w:${edge} w:val="single" w:sz="4" w:space="0" w:color="auto"/>`,
    );
    const grid = columns.map(() => `<w:gridCol w:w="${width}"/>`).join("");
    return (
      `<w:tbl><w:tblPr><w:tblW w:w="8844" w:type="dxa"/><w:tblBorders>${edges.join("")}</w:tblBorders>` +
      `<w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>${grid}</w:tblGrid><w:tr>${cells.join("")}</w:tr></w:tbl><w:p/>`
    );
  }

  function documentOf(blocks) {
    const body = blocks.map((one) => (one.columns ? table(one.columns) : paragraph(one))).join("");
    return (
      `${HEAD}<w:document ${W} xmlns:r="${RELATIONS}"><w:body>${body}<w:sectPr>` +
      '<w:footerReference w:type="default" r:id="rId3"/><w:footerReference w:type="even" r:id="rId4"/>' +
      '<w:pgSz w:w="11906" w:h="16838"/>' +
      '<w:pgMar w:top="2098" w:right="1474" w:bottom="1985" w:left="1588" w:header="851" w:footer="1304" w:gutter="0"/>' +
      "</w:sectPr></w:body></w:document>"
    );
  }

  /** The number stands on the outer side, one character in. */
  function footer(side) {
    const indent = side === "right" ? '<w:ind w:right="280"/>' : '<w:ind w:left="280"/>';
    return (
      `${HEAD}<w:ftr ${W}><w:p><w:pPr><w:pStyle w:val="Footer"/>${indent}<w:jc w:val="${side}"/></w:pPr>` +
      '<w:r><w:t xml:space="preserve">— </w:t></w:r><w:fldSimple w:instr=" PAGE "><w:r><w:t>1</w:t></w:r></w:fldSimple>' +
      '<w:r><w:t xml:space="preserve"> —</w:t></w:r></w:p></w:ftr>'
    );
  }

  const fonts = (name) => `<w:rFonts w:ascii="${name}" w:hAnsi="${name}" w:eastAsia="${name}" w:cs="Times New Roman"/>`;

  function style(id, name, { more = "", look = "", layout = "", kind = "" }) {
    return (
      `<w:style w:type="paragraph"${kind} w:styleId="${id}"><w:name w:val="${name}"/>${more}` +
      `${layout && `<w:pPr>${layout}</w:pPr>`}${look && `<w:rPr>${look}</w:rPr>`}</w:style>`
    );
  }

  const size = (half) => `<w:sz w:val="${half}"/><w:szCs w:val="${half}"/>`;
  const BASED = '<w:basedOn w:val="Normal"/>';
  const lines = (pitch) => `<w:spacing w:before="0" w:after="0" w:line="${pitch}" w:lineRule="exact"/>`;
  const FLUSH = '<w:ind w:firstLineChars="0" w:firstLine="0"/>';

  function heading(level, font, more = "") {
    return style(`Heading${level}`, `heading ${level}`, {
      more: `${BASED}<w:next w:val="Normal"/><w:qFormat/>`,
      layout: `<w:keepNext/><w:outlineLvl w:val="${level - 1}"/>`,
      look: `${fonts(font)}${more}`,
    });
  }

  const STYLESHEET =
    `${HEAD}<w:styles ${W}><w:docDefaults><w:rPrDefault><w:rPr>${fonts("仿宋_GB2312")}${size(32)}` +
    '<w:lang w:val="en-US" w:eastAsia="zh-CN"/></w:rPr></w:rPrDefault></w:docDefaults>' +
    style("Normal", "Normal", {
      kind: ' w:default="1"',
      more: "<w:qFormat/>",
      layout: `<w:widowControl w:val="0"/>${lines(560)}<w:ind w:firstLineChars="200" w:firstLine="640"/><w:jc w:val="both"/>`,
    }) +
    style("Title", "Title", {
      more: `${BASED}<w:next w:val="Normal"/><w:qFormat/>`,
      layout: `<w:spacing w:before="0" w:after="560" w:line="700" w:lineRule="exact"/>${FLUSH}<w:jc w:val="center"/>`,
      look: `${fonts("方正小标宋简体")}${size(44)}`,
    }) +
    heading(1, "黑体") + heading(2, "楷体_GB2312") + heading(3, "仿宋_GB2312", "<w:b/>") +
    style("Source", "Source", { more: BASED, layout: `${FLUSH}<w:jc w:val="right"/>`, look: size(24) }) +
    style("Cell", "Cell", {
      more: BASED,
      layout: `${lines(400)}<w:ind w:firstLineChars="200" w:firstLine="480"/><w:jc w:val="left"/>`,
      look: size(24),
    }) +
    style("CellHead", "Cell Head", {
      more: '<w:basedOn w:val="Cell"/><w:next w:val="Cell"/>',
      layout: `<w:keepNext/>${FLUSH}`,
      look: fonts("黑体"),
    }) +
    style("Footer", "footer", { more: BASED, layout: `${lines(320)}${FLUSH}`, look: `${fonts("宋体")}${size(28)}` }) +
    "</w:styles>";

  const others = Object.entries({
    仿宋_GB2312: "仿宋,FangSong,STFangsong,华文仿宋",
    楷体_GB2312: "楷体,KaiTi,STKaiti,华文楷体",
    方正小标宋简体: "宋体,SimSun,STSong,华文中宋",
  });
  const FONTS = `${HEAD}<w:fonts ${W}>${others.map(([name, alike]) => `<w:font w:name="${name}"><w:altName w:val="${alike}"/></w:font>`).join("")}</w:fonts>`;

  const PARTS = [
    ["styles", "styles.xml", "styles"],
    ["fontTable", "fontTable.xml", "fontTable"],
    ["footer", "footer1.xml", "footer"],
    ["footer", "footer2.xml", "footer"],
    ["settings", "settings.xml", "settings"],
  ];

  function files(title, blocks) {
    const types = PARTS.map(([type, name]) => `<Override PartName="/word/${name}" ContentType="${TYPE}.${type}+xml"/>`);
    const links = PARTS.map(([, name, type], at) => `<Relationship Id="rId${at + 1}" Type="${RELATIONS}/${type}" Target="${name}"/>`);
    return {
      "[Content_Types].xml":
        `${HEAD}<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
        '<Default Extension="xml" ContentType="application/xml"/>' +
        `<Override PartName="/word/document.xml" ContentType="${TYPE}.document.main+xml"/>${types.join("")}` +
        '<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>',
      "_rels/.rels":
        `${HEAD}<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${RELATIONS}/officeDocument" Target="word/document.xml"/>` +
        `<Relationship Id="rId2" Type="${PACKAGE}/relationships/metadata/core-properties" Target="docProps/core.xml"/></Relationships>`,
      "docProps/core.xml": `${HEAD}<cp:coreProperties xmlns:cp="${PACKAGE}/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>${escape(title)}</dc:title></cp:coreProperties>`,
      "word/_rels/document.xml.rels": `${HEAD}<Relationships xmlns="${PACKAGE}/relationships">${links.join("")}</Relationships>`,
      "word/document.xml": documentOf(blocks),
      "word/styles.xml": STYLESHEET,
      "word/fontTable.xml": FONTS,
      "word/footer1.xml": footer("right"),
      "word/footer2.xml": footer("left"),
      "word/settings.xml": `${HEAD}<w:settings ${W}><w:evenAndOddHeaders/></w:settings>`,
    };
  }

  // The archive ----------------------------------------------------------------------------------

  function checksum(bytes) {
    let crc = ~0;
    for (const byte of bytes) {
      crc ^= byte;
      for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
    }
    return ~crc;
  }

  /** Numbers as bytes, each with its width; little-endian. */
  function packed(...numbers) {
    return Uint8Array.from(
      numbers.flatMap(([width, value]) => Array.from({ length: width }, (_, at) => (value >>> (8 * at)) & 255)),
    );
  }

  /** A zip of files as they are, without compression; all of 1 January 1980, their names UTF-8. */
  function zip(contents) {
    const parts = [];
    const list = [];
    let at = 0;
    for (const [name, text] of Object.entries(contents)) {
      const [label, data] = [name, text].map((one) => new TextEncoder().encode(one));
      const facts = [[2, 20], [2, 0x800], [2, 0], [2, 0], [2, 33], [4, checksum(data)], [4, data.length], [4, data.length], [2, label.length], [2, 0]];
      const head = packed([4, 0x04034b50], ...facts);
      list.push(packed([4, 0x02014b50], [2, 20], ...facts, [2, 0], [2, 0], [2, 0], [4, 0], [4, at]), label);
      parts.push(head, label, data);
      at += head.length + label.length + data.length;
    }
    const length = list.reduce((sum, one) => sum + one.length, 0);
    const count = list.length / 2;
    const end = packed([4, 0x06054b50], [2, 0], [2, 0], [2, count], [2, count], [4, length], [4, at], [2, 0]);
    return new Blob([...parts, ...list, end], { type: `${TYPE}.document` });
  }

  return (title, blocks) => zip(files(title, blocks));
})();
