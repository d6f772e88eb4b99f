// The table follows the filters and can be sorted by its headings.

const rows = new Map(page.items.map((item) => [item.id, byId(item.row)]));

function showTable(selected) {
  const inside = new Map(selected.map((s) => [s.item.id, s]));
  for (const item of page.items) {
    const row = rows.get(item.id);
    const chosen = inside.get(item.id);
    row.hidden = !chosen;
    row.classList.toggle("chosen", state.at === item.id);
    if (!chosen) continue;
    row.querySelector(".inside").textContent = insideWords(chosen);
    const kept = new Set(chosen.contracts);
    for (const entry of row.querySelectorAll("[data-contract]")) {
      entry.hidden = !kept.has(item.contracts[Number(entry.dataset.contract)]);
    }
  }
  sortTable();
}

function sortTable() {
  const [key, way] = (state.sort || "").split("-");
  for (const head of document.querySelectorAll("th[data-sort]")) {
    const own = head.dataset.sort === key;
    if (own) head.setAttribute("aria-sort", way === "up" ? "ascending" : "descending");
    else head.removeAttribute("aria-sort");
  }
  const body = document.querySelector("#lines tbody");
  const wanted = orderItems(page.items).map((item) => rows.get(item.id));
  if (wanted.some((row, n) => body.rows[n] !== row)) body.append(...wanted);
}

const compareNames = new Intl.Collator("en-GB").compare;

function orderItems(list) {
  const [key, way] = (state.sort || "").split("-");
  if (!key) return list.slice();
  const sign = way === "up" ? 1 : -1;
  const order = new Map(page.items.map((item, n) => [item, n]));
  return list.slice().sort((a, b) => {
    const [one, other] = [a[page.sorts[key]], b[page.sorts[key]]];
    if (key !== page.number_column) return sign * compareNames(one, other) || order.get(a) - order.get(b);
    if (one === null || other === null) return (one === null) - (other === null) || order.get(a) - order.get(b);
    return sign * (one - other) || order.get(a) - order.get(b);
  });
}

function mountTable() {
  for (const head of document.querySelectorAll("th[data-sort]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    button.addEventListener("click", () => {
      const first = head.dataset.sort === page.number_column ? "down" : "up";
      const second = first === "up" ? "down" : "up";
      const again = state.sort === `${head.dataset.sort}-${first}`;
      setState({ sort: `${head.dataset.sort}-${again ? second : first}` });
    });
    head.classList.add("sortable");
    head.replaceChildren(button);
  }
  for (const name of document.querySelectorAll("#lines [data-thing]")) {
    if (!things.has(name.dataset.thing)) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "linkish";
    button.textContent = name.textContent;
    button.addEventListener("click", () => choose(name.dataset.thing, { focus: true }));
    name.replaceChildren(button);
  }
}

function goToRow(id) {
  setState({ view: "table", at: id });
  const row = rows.get(id);
  row.scrollIntoView({ block: "center" });
  row.focus({ preventScroll: true });
}
