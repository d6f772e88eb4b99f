(function () {
"use strict";
document.documentElement.classList.add("js");

function fold(text) {
  return text.normalize("NFKD").toLowerCase().replace(/[\u0300-\u036f'’‘`´]/g, "")
    .replace(/&/g, " and ").replace(/[^\p{L}\p{N}]+/gu, " ").trim();
}

function rank(name, words) {
  const folded = fold(name);
  if (!words.every((word) => folded.includes(word))) { return 0; }
  const all = words.join(" ");
  if (folded === all) { return 4; }
  if (folded.startsWith(all)) { return 3; }
  return words.every((word) => (" " + folded).includes(" " + word)) ? 2 : 1;
}

function show(text) {
  const words = fold(text).split(" ").filter(Boolean);
  const best = new Map();
  for (const [name, own, kind, page] of words.length ? window.rehabgraphNames : []) {
    const score = rank(name, words);
    if (score && (!best.has(page) || best.get(page).score < score)) {
      best.set(page, { score, name, own, kind, page });
    }
  }
  const found = [...best.values()].sort((a, b) => b.score - a.score || a.own.localeCompare(b.own));
  const list = document.getElementById("search-found");
  list.replaceChildren(...found.slice(0, 50).map((one) => {
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.href = one.page.slice(1);
    link.textContent = one.own;
    item.append(link, " " + (one.name === one.own ? "" : one.name + ", ") + one.kind);
    return item;
  }));
  const more = found.length > 50 ? ", the first 50 are shown" : "";
  document.getElementById("search-status").textContent = words.length
    ? found.length + " found" + more + "." : "";
}

const field = document.getElementById("q");
field.value = new URLSearchParams(location.search).get("q") || "";
field.addEventListener("input", () => show(field.value));
field.form.addEventListener("submit", (event) => { event.preventDefault(); show(field.value); });
show(field.value);
})();
