// The squares of the map under the filters: as the page was written, drawn anew when they change.

const cells = page.map.cells;
const outline = document.querySelector("svg.tiles path.borders");
const label = new Map(page.items.map((item) => [item.lead, item.lead_name]));

function drawState(selected) {
  const inside = cells.filter((cell) => !state.off.region.has(cell.region));
  const views = inside.map((cell) => viewOf(cell, selected));
  const tints = findTints(views);
  for (const cell of cells) byMark(cell.id).setAttribute("display", "none");
  for (const view of views) {
    const mark = byMark(view.cell.id);
    mark.removeAttribute("display");
    drawTile(mark, view, tints);
    writeRow(view);
  }
  outline.setAttribute("d", bordersOf(inside));
  crop(inside);
  showLegend(tints);
  return new Set(inside.map((cell) => cell.id));
}

const markOf = new Map(marksOfMap());
function marksOfMap() {
  return [...document.querySelectorAll("a.mark")].map((mark) => [mark.dataset.thing, mark]);
}
function byMark(id) {
  return markOf.get(id);
}

// The lines of an area: who leads, what is missing, how concentrated its prices are.
function viewOf(cell, selected) {
  const lines = [];
  for (const { item, contracts } of selected) {
    const own = contracts.filter((c) => c.areas.includes(cell.area));
    if (!own.length) continue;
    const whole = own.length === item.all && own.every((c) => c.areas.length === 1);
    lines.push({ item, contracts: own, whole });
  }
  const leads = [...new Set(lines.map((one) => one.item.lead))];
  const shown = page.lots.filter((lot) => !state.off.lot.has(lot.id));
  const gaps = shown.filter((lot) => cell.gaps.includes(lot.id));
  const isEmpty = shown.length > 0 && !lines.length && gaps.length === shown.length;
  return { cell, lines, leads, shown, gaps, isEmpty, hhi: measureCell(lines) };
}

function measureCell(lines) {
  const box = new Map();
  let unpriced = 0;
  for (const { item, contracts, whole } of lines) {
    if (item.value === null) unpriced += contracts.length;
    else {
      const [low, high] = box.get(item.lead) || [0, 0];
      box.set(item.lead, [low + (whole ? item.value : 0), high + item.value]);
    }
  }
  const sides = [...box.values()].filter(([, high]) => high > 0);
  return { unpriced, range: sides.length ? hhiRange(sides) : null };
}

function hhi(amounts) {
  const total = amounts.reduce((sum, amount) => sum + amount, 0);
  return 10000 * amounts.reduce((sum, amount) => sum + (amount / total) ** 2, 0);
}

// The least and the largest that the index can be when each holder has an amount between two ends.
function hhiRange(sides) {
  const ends = [...new Set(sides.flat())].sort((a, b) => a - b);
  const levels = ends.filter((end) => end > 0);
  for (let n = 0; n + 1 < ends.length; n += 1) {
    const [below, above] = [ends[n], ends[n + 1]];
    const stopped = sides.filter(([low, high]) => low >= above || high <= below).map(([low, high]) => low >= above ? low : high);
    const total = stopped.reduce((sum, amount) => sum + amount, 0);
    if (!total) continue;
    const level = stopped.reduce((sum, amount) => sum + amount * (amount / total), 0);
    if (below < level && level < above) levels.push(level);
  }
  const least = Math.min(...levels.map((level) => hhi(sides.map(([low, high]) => Math.min(Math.max(level, low), high)))));
  if (!sides.some(([low]) => low > 0)) return [least, 10000];
  const free = sides.map((side, n) => n).filter((n) => sides[n][1] > sides[n][0]);
  let most = least;
  for (let corner = 0; corner < 2 ** free.length; corner += 1) {
    const amounts = sides.map(([low]) => low);
    free.forEach((n, bit) => { if (corner & (1 << bit)) amounts[n] = sides[n][1]; });
    most = Math.max(most, hhi(amounts));
  }
  return [least, most];
}

function hhiWords({ range, unpriced }) {
  if (!range) return unpriced ? "price unknown" : "no price";
  const [low, high] = range.map((value) => group(Math.round(value)));
  return low === high ? low : `${low} to ${high}`;
}

// A provider that leads several areas alone has a tint of its own, most areas first.
function findTints(views) {
  const alone = new Map();
  for (const { leads } of views) if (leads.length === 1) alone.set(leads[0], (alone.get(leads[0]) || 0) + 1);
  const several = [...alone].filter(([, number]) => number > 1).sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  return new Map(several.slice(0, page.map.tints.length).map(([lead], n) => [lead, page.map.tints[n]]));
}

function fillOf(view, tints) {
  if (view.isEmpty) return "url(#hatch)";
  if (state.by === "lot") return view.leads.length === 1 ? tints.get(view.leads[0]) || page.colours.paper : page.colours.paper;
  if (state.by === "holders") return page.map.shades[Math.min(view.leads.length, page.map.shades.length - 1)];
  return page.map.shades[view.hhi.range ? page.map.bands.filter((least) => Math.round(view.hhi.range[0]) >= least).length : 0];
}

function wordsOf(view) {
  if (view.isEmpty) return ["not in this list"];
  const names = view.leads.map((lead) => label.get(lead));
  if (state.by === "lot") {
    const lines = names.slice(0, 2).flatMap((name) => cutLabel(name, 18));
    if (!lines.length) return ["no contract"];
    return names.length > 2 ? [...lines.slice(0, 3), `and ${names.length - 2} more`] : lines.slice(0, 4);
  }
  if (state.by === "holders") return [count(names.length, "lead", "leads")];
  return view.hhi.range ? [hhiWords(view.hhi)] : view.lines.length ? ["price unknown"] : ["no contract"];
}

function cutLabel(text, width, most = 2) {
  const words = text.split(/\s+/).filter(Boolean);
  if (!words.length) words.push("(no name)");
  const lines = [words[0]];
  for (const word of words.slice(1)) {
    if (lines.at(-1).length + 1 + word.length <= width) lines[lines.length - 1] += ` ${word}`;
    else lines.push(word);
  }
  if (lines.length > most) lines.splice(most - 1, lines.length, lines.slice(most - 1).join(" "));
  return lines.map((line) => line.length <= width ? line : `${line.slice(0, width - 1)}…`);
}

function describeSquare({ cell, leads, isEmpty, hhi }) {
  const names = leads.map((lead) => label.get(lead)).join(", ");
  const state_ = isEmpty ? "not in this list" : names || "no contract inside the filters";
  const more = state.by === "concentration" && hhi.range ? `, concentration ${hhiWords(hhi)}` : "";
  return `${cell.name}, ${cell.region_name}: ${state_}${more}.`;
}

function drawTile(mark, view, tints) {
  const { cell, isEmpty } = view;
  const { width, height } = page.map;
  const text = describeSquare(view);
  mark.setAttribute("aria-label", text);
  mark.querySelector("title").textContent = text;
  const [base] = mark.querySelectorAll("rect");
  base.setAttribute("fill", fillOf(view, tints));
  if (isEmpty) base.setAttribute("stroke-dasharray", "6 4");
  else base.removeAttribute("stroke-dasharray");
  const squeeze = (line, most) => line.length > most ? ` textLength="${width - 18}" lengthAdjust="spacingAndGlyphs"` : "";
  const parts = [];
  if (isEmpty) parts.push(`<rect class="gap-label" x="${cell.x + 6}" y="${cell.y + 8}" width="${width - 12}" height="${34 + 16 * cell.lines.length}" fill="${page.colours.paper}"/>`);
  cell.lines.forEach((line, n) => parts.push(`<text x="${cell.x + 10}" y="${cell.y + 22 + n * 16}" font-weight="700" aria-hidden="true"${squeeze(line, page.map.name_fits)}>${escapeXml(line)}</text>`));
  wordsOf(view).forEach((line, n) => parts.push(`<text x="${cell.x + 10}" y="${cell.y + 24 + (cell.lines.length + n) * 16}" aria-hidden="true"${squeeze(line, page.map.words_fit)}${isEmpty ? ` fill="${page.colours.gap}"` : ""}>${escapeXml(line)}</text>`));
  const badges = badgesOf(view);
  const step = page.map.steps[badges.length];
  badges.forEach((badge, n) => {
    const x = cell.x + 10 + n * step;
    const y = cell.y + height - 30;
    const ink = badge.gap ? page.colours.gap : page.colours.paper;
    parts.push(`<g aria-hidden="true"><rect x="${x}" y="${y}" width="${step - 2}" height="19" rx="2" fill="${badge.gap ? page.colours.paper : badge.fill}" stroke="${badge.gap ? page.colours.gap : badge.fill}"${badge.gap ? ' stroke-dasharray="3 2"' : ""}/><text x="${x + (step - 2) / 2}" y="${y + 14}" text-anchor="middle" font-weight="700" font-size="12" fill="${ink}">${escapeXml(badge.letter)}</text></g>`);
  });
  mark.querySelector(".paint").innerHTML = parts.join("");
}

function badgesOf({ lines, shown, gaps, isEmpty }) {
  if (isEmpty || state.by === "lot") return [];
  const here = new Set(lines.map((one) => one.item.lot));
  return shown.filter((lot) => here.has(lot.id) || gaps.includes(lot))
    .map((lot) => ({ ...lot, gap: !here.has(lot.id) }));
}

// Only as much of the picture as has squares.
function crop(inside) {
  if (!inside.length) return;
  const [left, top] = ["x", "y"].map((side) => Math.min(...inside.map((cell) => cell[side])) - 2);
  const width = Math.max(...inside.map((cell) => cell.x)) + page.map.width + 2 - left;
  const height = Math.max(...inside.map((cell) => cell.y)) + page.map.height + 4 - top;
  const svg = document.querySelector("svg.tiles");
  svg.setAttribute("viewBox", `${left} ${top} ${width} ${height}`);
  svg.setAttribute("width", width);
  svg.setAttribute("height", height);
}

function bordersOf(inside) {
  const { width, height } = page.map;
  const regions = new Map(inside.map((cell) => [`${cell.column} ${cell.row_}`, cell.region]));
  const at = (column, row) => regions.get(`${column} ${row}`);
  const parts = [];
  for (const { column, row_: row, region, x, y } of inside) {
    if (at(column - 1, row) !== region) parts.push(`M${x} ${y}v${height}`);
    if (at(column, row - 1) !== region) parts.push(`M${x} ${y}h${width}`);
    if (!at(column + 1, row)) parts.push(`M${x + width} ${y}v${height}`);
    if (!at(column, row + 1)) parts.push(`M${x} ${y + height}h${width}`);
  }
  return parts.join("");
}

// The row of an area: its leads, the contracts and sources that are inside, what is missing.
function writeRow(view) {
  const row = byId(view.cell.row);
  const refs = new Set(view.lines.flatMap((one) => one.contracts.map((c) => c.ref)));
  for (const entry of row.querySelectorAll("[data-refs]")) {
    entry.hidden = !entry.dataset.refs.split(" ").some((ref) => refs.has(ref));
  }
  const names = view.leads.map((lead) => label.get(lead));
  write(row.cells[2], names.join(", ") || "none in this list", names.length ? count(names.length, "lead provider", "lead providers") : "");
  const { range, unpriced } = view.hhi;
  const left = range && unpriced ? `${count(unpriced, "contract", "contracts")} without a price left out` : "";
  write(row.cells[4], hhiWords(view.hhi), left);
  write(row.cells[5], view.gaps.filter((lot) => !view.lines.some((one) => one.item.lot === lot.id)).map((lot) => lot.label).join(", ") || "–", "");
}

function write(cell, words, small) {
  cell.querySelector("bdi").textContent = words;
  let note = cell.querySelector("small");
  if (!note) cell.append(note = document.createElement("small"));
  note.textContent = small;
}

function showLegend(tints) {
  for (const list of document.querySelectorAll("[data-legend]")) list.hidden = list.dataset.legend !== state.by;
  for (const words of document.querySelectorAll("[data-meaning]")) words.hidden = words.dataset.meaning !== state.by;
  const own = document.querySelector('[data-legend="lot"]');
  const fixed = own.querySelectorAll("li.fixed");
  own.replaceChildren(...[...tints].map(([lead, tint]) => {
    const entry = document.createElement("li");
    entry.innerHTML = `<svg width="24" height="24" aria-hidden="true" focusable="false"><rect x="1" y="1" width="22" height="22" rx="2" fill="${tint}" stroke="${page.colours.rule}"/></svg> `;
    entry.append(label.get(lead));
    return entry;
  }), ...fixed);
}
