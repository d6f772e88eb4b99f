// Figures, dates and totals in words.

const MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August",
  "September", "October", "November", "December"];

function group(number) {
  return String(number).replace(/\B(?=(\d{3})+$)/g, ",");
}

function pounds(value) {
  if (value === null) return "unknown";
  const [whole, pence] = value.toFixed(2).split(".");
  return `£${group(whole)}${pence === "00" ? "" : `.${pence}`}`;
}

function shortPounds(value) {
  return value >= 50000 ? `£${(value / 1e6).toFixed(1)}m` : pounds(value);
}

function dayWords(iso) {
  const [year, month, day] = iso.split("-").map(Number);
  return `${day} ${MONTHS[month - 1]} ${year}`;
}

function count(number, one, many) {
  return `${group(number)} ${number === 1 ? one : many}`;
}

function tiesWords(totals) {
  if (!totals.ties) return "Nothing matches these filters.";
  const on = totals.contracts ? `, resting on ${count(totals.contracts, "contract", "contracts")}` : "";
  return `${count(totals.ties, "tie", "ties")} between ${count(totals.things, ...page.words.things)}${on}.`;
}

// A network that has no rows has only its things and ties.
function plainWords() {
  return `${count(page.ties.length, "tie", "ties")} between ${count(page.things.length, ...page.words.things)}.`;
}

function totalsWords(totals) {
  if (!page.items.length && page.ties.length) return plainWords();
  if ("ties" in totals) return tiesWords(totals);
  if (!totals.contracts) return "Nothing matches these filters.";
  const counts = [count(totals.contracts, "contract", "contracts"),
    count(totals.leads, "lead provider", "lead providers")];
  let text = "";
  if (totals.lines) {
    counts.unshift(count(totals.lines, "priced line", "priced lines"));
    const of = totals.parts ? ` (${count(totals.lines - totals.parts, "whole line", "whole lines")})` : "";
    text = `${counts.join(", ")}. Known value ${pounds(totals.pounds)}${of}.`;
  } else text = `${counts.join(", ")}.`;
  if (totals.parts) {
    text += ` ${count(totals.parts, "line", "lines")} partly inside, worth between £0 and ${pounds(totals.partsAtMost)}.`;
  }
  if (totals.unpriced) {
    text += ` ${count(totals.unpriced, "contract", "contracts")} without a published price: value unknown.`;
  }
  return text;
}

// As short as a label in the picture needs; an interval where a line is partly inside.
function totalsLabel(totals) {
  if (!totals.lines) return totals.unpriced ? "price unknown" : "";
  if (totals.parts) return `${shortPounds(totals.pounds)} to ${shortPounds(totals.pounds + totals.partsAtMost)}`;
  return shortPounds(totals.pounds) + (totals.unpriced ? " and unknown" : "");
}

function insideWords({ item, contracts, whole }) {
  if (whole) return "";
  if (page.rows === "ties") return `rests on ${contracts.length} of ${item.all} under these filters`;
  if (item.value === null) return "part; price unknown";
  const some = contracts.length < item.all ? `${contracts.length} of ${item.all} contracts` : "some of its areas";
  return `part (${some}), worth between £0 and ${pounds(item.value)}`;
}

function dateWords() {
  return state.on ? `${page.rows === "ties" ? "ties" : "contracts"} in force on ${dayWords(state.on)}` : page.caption.dated;
}

// What is filtered, for captions: a reader of a copy must know that it is not the whole.
function filterWords() {
  const parts = [];
  const names = { lot: "service", tie: "tie", kind: page.words.kind_filter, region: "region" };
  for (const [name, options] of Object.entries(LISTS)) {
    if (!state.off[name].size) continue;
    const kept = options.filter((o) => !state.off[name].has(o.id)).map((o) => o.label);
    parts.push(`${names[name]}: ${kept.join(", ") || "none"}`);
  }
  if (state.area) parts.push(`area: ${page.areas.find((a) => a.id === state.area).label}`);
  return parts.length ? `Filters: ${parts.join("; ")}` : "Filters: none";
}

function captionLines() {
  const totals = totalsWords(addUp(selectItems(state)));
  return [totals, `Date: ${dateWords()}`, filterWords(), ...page.caption.lines];
}
