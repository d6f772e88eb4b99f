// The line behind the square that is pointed at or in focus, read from the table.

const box = document.getElementById("pointed");
const before = box.textContent;

function showLine(mark) {
  const row = document.getElementById(mark.dataset.row);
  const list = document.createElement("dl");
  for (const cell of row.cells) {
    const group = document.createElement("div");
    const term = document.createElement("dt");
    const words = document.createElement("dd");
    term.textContent = cell.dataset.label;
    words.append(...Array.from(cell.cloneNode(true).childNodes));
    for (const named of words.querySelectorAll("[id]")) named.removeAttribute("id");
    group.append(term, words);
    list.append(group);
  }
  box.replaceChildren(list);
}

function showHint() {
  const hint = document.createElement("p");
  hint.textContent = before.trim();
  box.replaceChildren(hint);
}

document.documentElement.classList.add("js");
for (const mark of document.querySelectorAll("a.mark")) {
  mark.addEventListener("mouseenter", () => showLine(mark));
  mark.addEventListener("focus", () => showLine(mark));
}
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") showHint();
});
