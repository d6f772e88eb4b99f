// Which lines are inside the filters, and what they add up to: the same rule as the reports.
// A line that lies partly inside is worth anything between nothing and its price.

function isActive(contract, on) {
  return !on || ((!contract.start || contract.start <= on) && (!contract.end || on <= contract.end));
}

function selectItems(chosen) {
  const areas = chosen.area ? [chosen.area] : page.base_areas;
  const found = [];
  for (const item of page.items) {
    if (chosen.off.tie.has(item.tie) || item.kinds.some((kind) => chosen.off.kind.has(kind))) continue;
    const inside = item.contracts.filter(
      (c) => isActive(c, chosen.on) && (!areas.length || c.areas.some((a) => areas.includes(a)))
        && !chosen.off.lot.has(c.lot ?? item.lot) && !chosen.off.region.has(c.region ?? item.region));
    if (!inside.length) continue;
    const isCut = areas.length && inside.some((c) => c.areas.some((a) => !areas.includes(a)));
    found.push({ item, contracts: inside, whole: inside.length === item.all && !isCut });
  }
  return found;
}

function addUp(selected) {
  if (page.rows === "ties") return addUpTies(selected);
  const totals = { lines: 0, contracts: 0, pounds: 0, parts: 0, partsAtMost: 0, unpriced: 0 };
  for (const { item, contracts, whole } of selected) {
    totals.contracts += contracts.length;
    if (item.value === null) totals.unpriced += 1;
    else {
      totals.lines += 1;
      if (whole) totals.pounds += item.value;
      else {
        totals.parts += 1;
        totals.partsAtMost += item.value;
      }
    }
  }
  totals.leads = new Set(selected.map((s) => s.item.lead)).size;
  return totals;
}

function addUpTies(selected) {
  const ends = new Set(selected.flatMap((s) => s.item.ends));
  const contracts = new Set(selected.flatMap((s) => s.contracts.map((c) => c.ref)).filter(Boolean));
  return { ties: selected.length, things: ends.size, contracts: contracts.size };
}

// Things that stand in the picture: both ends of each tie that is shown, and the gaps.
function selectThings(selected) {
  const shown = new Set();
  const ties = [];
  const inside = new Set(selected.map((s) => s.item.id));
  for (const tie of page.ties) {
    if (tie.item ? !inside.has(tie.item) : state.off.tie.has(tie.kind)) continue;
    if (!tie.item && !isPlaceShown(tie.from)) continue;
    ties.push(tie);
    shown.add(tie.from).add(tie.to);
  }
  for (const thing of page.things) if (thing.kind === "region" && isPlaceShown(thing.id)) shown.add(thing.id);
  return { shown, ties };
}

function isPlaceShown(id) {
  if (!id.startsWith("region/")) return true;
  const region = id.slice("region/".length);
  if (state.off.region.has(region)) return false;
  return !state.area || page.areas.some((a) => a.id === state.area && a.region === region);
}

// Lines that touch a thing, under the present filters.
function selectAround(id, selected = selectItems(state)) {
  const [kind, name] = [id.slice(0, id.indexOf("/")), id.slice(id.indexOf("/") + 1)];
  if (kind === "area" && page.rows === "lines") return selectItems({ ...state, area: name });
  const touching = new Set((tiesOf.get(id) || []).map((tie) => tie.item));
  return selected.filter((s) => touching.has(s.item.id));
}

// What the lines of each thing add up to, all things at once.
function addUpAll(selected) {
  if (page.rows === "ties") return new Map();
  const own = new Map();
  const inside = new Map(selected.map((s) => [s.item.id, s]));
  for (const tie of page.ties) {
    const one = inside.get(tie.item);
    for (const end of one ? [tie.from, tie.to] : []) {
      if (!own.has(end)) own.set(end, new Set());
      own.get(end).add(one);
    }
  }
  return new Map([...own].map(([id, lines]) => [id, totalsLabel(addUp([...lines]))]));
}
