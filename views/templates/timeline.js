// The bars of the timeline under the filters, moved up to where there is room.

const chart = document.querySelector("svg.timeline");
const drawing = page.drawing;
const bars = new Map(page.things.filter((thing) => thing.kind === "bar").map((bar) => [bar.id, bar]));

const barMarks = new Map([...chart.querySelectorAll("a.mark")].map((mark) => [mark.dataset.thing, mark]));
const parts = new Map([...chart.querySelectorAll("[data-part]")].map((part) => [keyOf(part.dataset.part, part.dataset), part]));

function keyOf(part, { lot, region = "", thing = "" }) {
  return JSON.stringify([part, lot, region, thing]);
}

function drawState(selected) {
  const refs = new Set(selected.flatMap((one) => one.contracts.map((c) => c.ref)));
  const shown = new Set(page.things.filter((thing) => thing.kind !== "bar" || thing.refs.some((ref) => refs.has(ref))).map((t) => t.id));
  let y = drawing.first;
  let [lot, region] = ["", ""];
  for (const part of chart.querySelectorAll("[data-part]")) part.setAttribute("display", "none");
  for (const bar of bars.values()) {
    const mark = barMarks.get(bar.id);
    if (!mark || !shown.has(bar.id)) continue;
    if (bar.lot !== lot) {
      y += lot ? drawing.gap : 0;
      place(parts.get(keyOf("head", { lot: bar.lot })), y);
      y += drawing.head;
      [lot, region] = [bar.lot, ""];
    }
    if (bar.region !== region) place(parts.get(keyOf("name", { lot: bar.lot, region: bar.region })), y);
    region = bar.region;
    place(mark, y);
    y += drawing.step;
  }
  const bottom = y + drawing.gap;
  chart.setAttribute("height", bottom + 6);
  chart.setAttribute("viewBox", `0 0 ${drawing.width} ${bottom + 6}`);
  for (const line of chart.querySelectorAll("[data-x]")) line.setAttribute("d", `M${line.dataset.x} ${drawing.top}V${bottom}`);
  chart.querySelector(".window")?.setAttribute("height", bottom - drawing.top);
  showDay(bottom);
  if (byId("expiring")) byId("expiring").textContent = count(page.expiring.filter((ref) => refs.has(ref)).length, "contract ends", "contracts end");
  return shown;
}

function place(part, y) {
  part.removeAttribute("display");
  part.setAttribute("transform", `translate(0 ${y - Number(part.dataset.y)})`);
}

function showDay(bottom) {
  const line = chart.querySelector(".day");
  const days = (iso) => Date.parse(`${iso}T00:00:00Z`) / 86400000;
  const share = state.on ? (days(state.on) - days(drawing.from)) / (days(drawing.to) - days(drawing.from)) : -1;
  if (share < 0 || share > 1) line.setAttribute("display", "none");
  else {
    line.removeAttribute("display");
    line.setAttribute("d", `M${(drawing.left + share * (drawing.right - drawing.left)).toFixed(1)} ${drawing.top}V${bottom}`);
  }
}

// A bar is its lines; a policy or an event is the row of its table.
function describeMark(thing) {
  if (thing.kind !== "bar") return describeCells(rowOf(thing.id), thing.label);
  const refs = new Set(thing.refs);
  const own = selectItems(state).map((one) => {
    const contracts = one.contracts.filter((c) => refs.has(c.ref));
    return { ...one, contracts, whole: one.whole && contracts.length === one.contracts.length };
  }).filter((one) => one.contracts.length);
  return [make("h3", thing.label), make("p", thing.days), make("p", totalsWords(addUp(own))), ...own.map((one) => describeLine(one, null, own.length <= 2))];
}

function describeCells(row, title) {
  const list = document.createElement("dl");
  for (const cell of [...row.cells].slice(1)) {
    const words = make("dd", "", ...Array.from(cell.cloneNode(true).childNodes));
    list.append(make("div", "", make("dt", cell.dataset.label), words));
  }
  return [make("h3", title), list];
}
