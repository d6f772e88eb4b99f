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
  const hint = "Choose an organisation, a region, an area or a line to see its contracts and the place in the source that supports each one.";
  return [make("p", hint), make("p", totalsWords(addUp(selectItems(state))))];
}

function describeThing(thing) {
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
  if (selected.length) parts.push(make("h4", "Lines"));
  for (const one of selected) parts.push(describeLine(one, thing, selected.length <= 2));
  parts.push(...describeNeighbours(thing));
  return parts;
}

function describeItem(item) {
  const selected = selectItems(state).filter((s) => s.item === item);
  const parts = [make("h3", `${item.lot_name}, ${item.region_name}`)];
  if (!selected.length) parts.push(make("p", "This line is outside the filters."));
  for (const one of selected) parts.push(describeLine(one, null, true));
  return parts;
}

function describeLine(one, thing, open) {
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
  box.append(list, ...describeEvidence(item.evidence, "Source"), linkToRow(item));
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
  const link = make("a", "Show this line in the table");
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
  const list = document.createElement("ul");
  for (const id of ids) {
    const button = make("button", things.get(id).label);
    button.type = "button";
    button.className = "linkish";
    button.addEventListener("click", () => choose(id, { focus: true }));
    list.append(make("li", "", button));
  }
  return [make("h4", "Tied to"), list];
}
