// The map and the timeline: pictures that are there without scripts. Scripts add filters, the
// details of one thing, and copies of what is shown. `drawState` belongs to the picture.

const pointed = byId("pointed");
const marks = [...document.querySelectorAll("a.mark")];
const rowOf = (id) => byId(things.get(id)?.row);

function showState() {
  const selected = selectItems(state);
  const shown = drawState(selected);
  byId("status").textContent = totalsWords(addUp(selected)) + (state.on ? ` In force on ${dayWords(state.on)}.` : "");
  showControls();
  for (const mark of marks) mark.classList.toggle("kept", mark.dataset.thing === state.at);
  for (const { id } of page.things) {
    rowOf(id).hidden = !shown.has(id);
    rowOf(id).classList.toggle("chosen", id === state.at);
  }
  showPointed(things.has(state.at) ? state.at : "");
}

function showPointed(id) {
  const thing = things.get(id);
  if (!thing) panelBody.replaceChildren(make("p", page.words.hint));
  else panelBody.replaceChildren(...(thing.kind === "area" ? describeThing(thing) : describeMark(thing)), linkToTable(id));
  pointed.classList.toggle("open", Boolean(thing));
  if (!thing) return;
  pointed.scrollTop = 0;
}

function linkToTable(id) {
  const link = make("a", "Show this in the table");
  link.href = `#${things.get(id).row}`;
  link.addEventListener("click", (event) => {
    event.preventDefault();
    if (state.at !== id) setState({ at: id });
    rowOf(id).scrollIntoView({ block: "center" });
    rowOf(id).focus({ preventScroll: true });
  });
  return make("p", "", link);
}

function mountMarks() {
  for (const mark of marks) {
    const id = mark.dataset.thing;
    mark.addEventListener("mouseenter", () => showPointed(id));
    mark.addEventListener("mouseleave", () => showPointed(state.at));
    mark.addEventListener("focus", () => showPointed(id));
    mark.addEventListener("click", (event) => {
      event.preventDefault();
      setState({ at: state.at === id ? "" : id });
      if (state.at) showPointed(id);
    });
  }
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && state.at) setState({ at: "" });
    else if (event.key === "Escape") showPointed("");
  });
}

// Words of a cell as it stands under the filters.
function cellWords(cell) {
  const entries = [...cell.querySelectorAll("li:not([hidden])")];
  const flat = (node) => node.innerText.replace(/\s+/g, " ").trim();
  return entries.length ? entries.map(flat).join(" | ") : cell.querySelector("li") ? "" : flat(cell);
}

function drawCsv() {
  const table = document.querySelector("table");
  const lines = [page.title, ...captionLines()].map((line) => [`# ${line}`]);
  lines.push([...table.tHead.rows[0].cells].map((cell) => cell.textContent.trim()));
  for (const row of table.tBodies[0].rows) if (!row.hidden) lines.push([...row.cells].map(cellWords));
  return `${lines.map((cells) => cells.map(csvCell).join(",")).join("\r\n")}\r\n`;
}

// The picture as it stands, under its title and over its caption.
function drawSvg() {
  const svg = document.querySelector("svg.matrix").cloneNode(true);
  const [fromX, fromY, drawn, height] = svg.getAttribute("viewBox").split(" ").map(Number);
  const width = Math.max(drawn, 640);
  for (const gone of svg.querySelectorAll('[display="none"]')) gone.remove();
  const inner = [...svg.childNodes].map((node) => new XMLSerializer().serializeToString(node)).join("")
    .replace(/<a [^>]*>/g, "<g>").replace(/<\/a>/g, "</g>");
  const text = (x, y, words, more = "") => `<text x="${x}" y="${y}" ${more}>${escapeXml(words)}</text>`;
  const head = wrapText(page.title, Math.floor(width / 13)).map((words, n) => text(2, 26 + n * 28, words, 'font-size="24" font-weight="700"'));
  const legend = [];
  let [x, y] = [2, 28 * head.length + 14];
  for (const entry of document.querySelectorAll("ul.legend:not([hidden]) li:not([hidden])")) {
    const sign = entry.querySelector("svg");
    if (!sign) continue;
    const words = entry.textContent.replace(/^\s*[A-Z]?\s+/, "").trim();
    const size = Number(sign.getAttribute("width"));
    if (x > 2 && x + size + 24 + 7.2 * words.length > width) [x, y] = [2, y + 30];
    const shape = [...sign.childNodes].map((node) => new XMLSerializer().serializeToString(node)).join("");
    legend.push(`<g transform="translate(${x} ${y})">${shape}${text(size + 8, 17, words)}</g>`);
    x += size + 24 + 7.2 * words.length;
  }
  const top = y + 40;
  const foot = captionLines().flatMap((line) => wrapText(line, Math.floor(width / 7)));
  const footTop = top + height + 24;
  const whole = footTop + 18 * foot.length;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" lang="en-GB" role="img" width="${width + 40}" height="${whole + 20}" viewBox="-20 -10 ${width + 40} ${whole + 20}" font-family="Arial, Helvetica, sans-serif" font-size="13" fill="${page.colours.ink}">`,
    `<title>${escapeXml(page.title)}</title><desc>${escapeXml(captionLines().join(" "))}</desc>`,
    `<rect x="-20" y="-10" width="100%" height="100%" fill="${page.colours.paper}"/>`,
    ...head, ...legend, `<g transform="translate(${-fromX} ${top - fromY})">${inner}</g>`,
    ...foot.map((words, n) => text(2, footTop + n * 18, words, `fill="${page.colours.muted}"`)), "</svg>",
  ].join("\n");
}

function mountDownloads() {
  for (const button of document.querySelectorAll("[data-save]")) {
    button.addEventListener("click", (event) => {
      event.preventDefault();
      saveAs(button.dataset.save);
    });
  }
  byId("copy").addEventListener("click", copyLink);
  document.querySelector(".skip").addEventListener("click", (event) => {
    event.preventDefault();
    byId("main").focus();
  });
  for (const link of document.querySelectorAll('.narrow-only a')) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      byId("table-head").scrollIntoView();
    });
  }
}

function isNarrow() {
  return matchMedia("(max-width: 61.99rem)").matches;
}

function mount() {
  document.documentElement.classList.add("js");
  state = readHash(location.hash);
  byId("filters-box").open = !isNarrow();
  mountFilters();
  mountDate();
  mountMarks();
  mountDownloads();
  showState();
  addEventListener("popstate", followAddress);
  addEventListener("hashchange", followAddress);
}

mount();
