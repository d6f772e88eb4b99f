// What the reader has chosen, and the same in the address after the # sign.

const page = JSON.parse(document.getElementById("page-data").textContent);
const byId = (id) => document.getElementById(id);
const LISTS = { lot: page.lots, tie: page.tie_kinds, kind: page.kinds, region: page.regions };
const things = new Map(page.things.map((thing) => [thing.id, thing]));
const items = new Map(page.items.map((item) => [item.id, item]));
const lots = new Map(page.lots.map((lot) => [lot.id, lot]));
const tieKinds = new Map(page.tie_kinds.map((kind) => [kind.id, kind]));
const tiesOf = new Map(page.things.map((thing) => [thing.id, []]));
for (const tie of page.ties) for (const end of new Set([tie.from, tie.to])) tiesOf.get(end)?.push(tie);
for (const group of page.clusters) things.set(group.id, group);

function startState() {
  const off = {};
  for (const name of Object.keys(LISTS)) off[name] = new Set();
  return { off, area: "", on: page.initial.on, at: "", view: "", sort: "", by: page.initial.by };
}

let state = startState();

function isDay(text) {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}

function writeHash(from) {
  const parts = [];
  for (const [name, options] of Object.entries(LISTS)) {
    const kept = options.filter((option) => !from.off[name].has(option.id));
    if (kept.length < options.length) parts.push([name, kept.map((o) => encodeURIComponent(o.id)).join(",")]);
  }
  if (from.area) parts.push(["area", encodeURIComponent(from.area)]);
  if (from.on !== page.initial.on) parts.push(["on", from.on || "all"]);
  if (from.at) parts.push(["at", encodeURIComponent(from.at)]);
  if (from.view) parts.push(["view", from.view]);
  if (from.by !== page.initial.by) parts.push(["by", from.by]);
  if (from.sort) parts.push(["sort", from.sort]);
  return parts.map(([key, value]) => `${key}=${value}`).join("&");
}

function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch (problem) {
    return "";
  }
}

function readHash(hash) {
  const found = startState();
  for (const part of hash.replace(/^#/, "").split("&")) {
    const [key, raw = ""] = part.split("=", 2);
    if (Object.hasOwn(LISTS, key)) {
      const kept = new Set(raw.split(",").map(decode));
      for (const option of LISTS[key]) if (!kept.has(option.id)) found.off[key].add(option.id);
    }
    const value = decode(raw);
    if (key === "area" && page.areas.some((area) => area.id === value)) found.area = value;
    if (key === "on" && (value === "all" || isDay(value))) found.on = value === "all" ? "" : value;
    if (key === "at" && (things.has(value) || items.has(value))) found.at = value;
    if (key === "view" && (value === "table" || value === "picture")) found.view = value;
    if (key === "by" && page.modes.includes(value)) found.by = value;
    if (key === "sort" && isOrder(value)) found.sort = value;
  }
  return found;
}

function isOrder(text) {
  const [key, way] = text.split("-");
  return Object.hasOwn(page.sorts, key) && (way === "up" || way === "down") && text === `${key}-${way}`;
}

// A change makes an entry in the history; Back and Forward bring the page to what it showed.
let known = location.hash || "#";

function setState(change) {
  state = { ...state, ...change };
  const hash = `#${writeHash(state)}`;
  if (hash !== known) {
    known = hash;
    history.pushState(null, "", hash);
  }
  showState();
}

function followAddress() {
  const hash = location.hash || "#";
  if (hash === known) return;
  known = hash;
  state = readHash(hash);
  showState();
}
