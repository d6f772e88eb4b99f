// Find a thing by its name or any other name it goes by.

function fold(text) {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase()
    .replace(/[’']/g, "").replace(/&/g, " and ").replace(/[^\p{L}\p{N}]+/gu, " ").trim();
}

const NAMES = page.things.flatMap((thing) => [thing.label, ...thing.aliases].map((name) => [fold(name), thing.id]));

function findThing(text) {
  const wanted = fold(text);
  if (!wanted) return "";
  const tests = [(n) => n === wanted, (n) => n.startsWith(wanted), (n) => n.includes(wanted)];
  for (const test of tests) {
    const hit = NAMES.find(([name]) => test(name));
    if (hit) return hit[1];
  }
  return "";
}

function mountSearch() {
  const field = byId("find");
  byId("search").addEventListener("submit", (event) => {
    event.preventDefault();
    const id = findThing(field.value);
    if (id) choose(id, { focus: true });
    else if (field.value.trim()) byId("status").textContent = `${page.words.not_found} “${field.value.trim()}”.`;
  });
}
