// The details of what is chosen: totals, and for each line its evidence. Text only, never HTML.

const panelBody = byId("details-body");

function make(tag, text, ...children) {
  const element = document.createElement(tag);
  if (text) element.textContent = text;
  element.append(...children);
  return element;
}

function showPanel() {
  const thing = things.get(state.at);
  const item = items.get(state.at);
  if (thing) panelBody.replaceChildren(...describeThing(thing));
  else if (item) panelBody.replaceChildren(...describeItem(item));
  else panelBody.replaceChildren(...describeNothing());
}

function describeNothing() {
  return [make("p", page.words.hint), make("p", totalsWords(addUp(selectItems(state))))];
}

function describeThing(thing) {
  if (thing.kind === "cluster") return describeCluster(thing);
  const parts = [make("h3", thing.label)];
  const about = [thing.group_label || page.kind_names[thing.kind] || thing.kind];
  if (thing.parent && things.has(thing.parent)) about.push(`in ${things.get(thing.parent).label}`);
  parts.push(make("p", about.join(" ")));
  if (thing.aliases.length) parts.push(make("p", `Also found as: ${thing.aliases.join("; ")}`));
  for (const gap of thing.gaps) parts.push(make("p", gap));
  const selected = selectAround(thing.id);
  const hasLines = tiesOf.get(thing.id).some((tie) => tie.item) || thing.kind === "area";
  if (selected.length || (hasLines && !thing.is_gap)) parts.push(make("p", totalsWords(addUp(selected))));
  if (thing.kind === "area" && selected.some((s) => !s.whole && s.item.value !== null)) {
    parts.push(make("p", "A price that covers more than this area is not divided: the share is not published."));
  }
  if (selected.length) parts.push(make("h4", page.words.rows));
  for (const one of selected) parts.push(describeLine(one, thing, selected.length <= 2));
  parts.push(...describeNeighbours(thing));
  return parts;
}

function describeItem(item) {
  const selected = selectItems(state).filter((s) => s.item === item);
  const title = page.rows === "ties" ? `${item.source_name}: ${item.target_name}` : `${item.lot_name}, ${item.region_name}`;
  const parts = [make("h3", title)];
  if (!selected.length) parts.push(make("p", page.rows === "ties" ? "This tie is outside the filters." : "This line is outside the filters."));
  for (const one of selected) parts.push(describeLine(one, null, true));
  return parts;
}

// A tie: what it is, what it rests on, and where each of those stands in a source.
function describeTie({ item, contracts, whole }, thing, open) {
  const box = document.createElement("details");
  box.open = open;
  const others = item.ends.filter((id) => !thing || id !== thing.id).map((id) => things.get(id).label);
  box.append(make("summary", `${item.tie_name}: ${others.join(", ")}`));
  const through = item.via_name ? ` (${item.via_name})` : "";
  box.append(make("p", `${item.source_name}${through} to ${item.target_name}${item.role ? `, ${item.role.toLowerCase()}` : ""}.`));
  if (!whole) box.append(make("p", `Under these filters it ${insideWords({ item, contracts, whole })}.`));
  if (item.note) box.append(make("p", item.note));
  const list = document.createElement("ul");
  for (const basis of contracts) list.append(describeBasis(basis));
  box.append(list, linkToRow(item));
  return box;
}

function describeBasis(basis) {
  const entry = make("li", [basis.where, basis.ref, basis.term].filter(Boolean).join(", "));
  for (const proof of basis.proofs) for (const part of describeEvidence(proof, "Source")) entry.append(part);
  if (!basis.proofs.length) entry.append(...describeEvidence(null, "Source"));
  return entry;
}

function describeLine(one, thing, open) {
  if (page.rows === "ties") return describeTie(one, thing, open);
  const { item, contracts } = one;
  const box = document.createElement("details");
  box.open = open;
  const isLead = thing && thing.kind === "organisation";
  const name = isLead ? item.region_name : item.lead_name;
  box.append(make("summary", `${item.letter} ${item.lot_name}, ${name}: ${one.whole || item.value === null ? "" : "£0 to "}${pounds(item.value)}`));
  if (item.value_kind) box.append(make("p", `${item.value_text}, ${item.value_kind}.`));
  if (item.all > 1 && item.value !== null) box.append(make("p", `One price for ${item.all} contracts; how it divides is not published.`));
  if (!one.whole) box.append(make("p", `In this view: ${insideWords(one)}.`));
  const list = document.createElement("ul");
  for (const contract of contracts) list.append(describeContract(contract));
  box.append(list, ...describeEvidence(item.evidence, "Source"), ...(page.static ? [] : [linkToRow(item)]));
  return box;
}

function describeContract(contract) {
  const entry = make("li", `${contract.where}: ${contract.ref}, ${contract.term}`);
  for (const part of describeEvidence(contract.record, "Record")) entry.append(part);
  return entry;
}

function describeEvidence(proof, word) {
  if (!proof) return [make("p", `${word}: no evidence attached.`)];
  const line = make("p", `${word}: `);
  if (proof.url) {
    const link = make("a", proof.title);
    link.href = proof.url;
    link.rel = "noreferrer";
    line.append(link);
  } else line.append(proof.title);
  line.append(`, ${proof.locator}.`);
  if (proof.printed.length) line.append(" Printed there: ", ...quoteAll(proof.printed));
  return [line, ...proof.judgements.map((text) => make("p", `Our reading: ${text}`))];
}

function quoteAll(texts) {
  return texts.flatMap((text, n) => [n ? ", " : "", make("q", text)]);
}

function linkToRow(item) {
  const link = document.createElement("a");
  link.textContent = page.rows === "ties" ? "Show this tie in the table" : "Show this line in the table";
  link.href = `#${item.row}`;
  link.addEventListener("click", (event) => {
    event.preventDefault();
    goToRow(item.id);
  });
  return make("p", "", link);
}

function describeNeighbours(thing) {
  const { ties } = selectThings(selectItems(state));
  const ids = new Set();
  for (const tie of ties) {
    if (tie.from === thing.id) ids.add(tie.to);
    if (tie.to === thing.id) ids.add(tie.from);
  }
  if (!ids.size) return [];
  return [make("h4", "Tied to"), listThings([...ids])];
}

const MEMBERS = 100;

function listThings(ids) {
  const list = document.createElement("ul");
  for (const id of ids.slice(0, MEMBERS)) {
    const button = make("button", things.get(id).label);
    button.type = "button";
    button.className = "linkish";
    button.addEventListener("click", () => choose(id, { focus: true }));
    list.append(make("li", "", button));
  }
  if (ids.length > MEMBERS) list.append(make("li", `and ${group(ids.length - MEMBERS)} more: find them by name`));
  return list;
}

// A group of a summarised picture: how many it holds, those with most ties first.
function describeCluster(cluster) {
  const { shown } = selectThings(selectItems(state));
  const members = page.things.filter((t) => t.cluster === cluster.id && shown.has(t.id));
  members.sort((a, b) => tiesOf.get(b.id).length - tiesOf.get(a.id).length || compareNames(a.label, b.label));
  return [make("h3", cluster.label), make("p", `${count(members.length, "thing", "things")} under these filters, those with most ties first.`),
    listThings(members.map((t) => t.id))];
}
