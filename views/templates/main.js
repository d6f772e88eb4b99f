// Controls, and the one function that brings the whole page to the present state.

function isNarrow() {
  return matchMedia("(max-width: 61.99rem)").matches;
}

function viewNow() {
  return state.view || (page.large || isNarrow() ? "table" : "picture");
}

function showState() {
  const selected = selectItems(state);
  byId("status").textContent = totalsWords(addUp(selected)) + (state.on ? ` In force on ${dayWords(state.on)}.` : "");
  showControls();
  showView();
  showTable(selected);
  showPicture(selected);
  showPanel();
}

function showView() {
  const view = viewNow();
  byId("picture-panel").hidden = view !== "picture";
  byId("table-panel").hidden = view !== "table";
  byId("zoom").hidden = view !== "picture";
  byId("columns").classList.toggle("wide-table", view === "table" && !state.at);
  for (const button of document.querySelectorAll("[data-view]")) {
    button.setAttribute("aria-pressed", String(button.dataset.view === view));
  }
  if (view !== "picture") return;
  if (!network) mountPicture();
  else if (stage.dataset.fitted !== String(stageBox.clientWidth)) fitPicture();
  stage.dataset.fitted = String(stageBox.clientWidth);
}

function choose(id, { focus = false } = {}) {
  setState({ at: id });
  showChosen();
  if (focus) byId("details").focus({ preventScroll: true });
}

function showChosen() {
  const thing = things.get(state.at);
  if (thing && network && size > FIT && viewNow() === "picture" && !page.layout.layered) bringIntoView(thing);
  if (isNarrow()) byId("details").scrollIntoView({ block: "start" });
  else byId("details").scrollTop = 0;
}

function mountButtons() {
  for (const button of document.querySelectorAll("[data-view]")) {
    button.addEventListener("click", () => setState({ view: button.dataset.view }));
  }
  for (const button of document.querySelectorAll("[data-zoom]")) {
    button.addEventListener("click", () => {
      size = Math.min(SIZES.length - 1, Math.max(0, size + Number(button.dataset.zoom)));
      fitPicture();
      showPicture(selectItems(state));
    });
  }
  for (const button of document.querySelectorAll("[data-save]")) {
    button.addEventListener("click", () => saveAs(button.dataset.save));
  }
  byId("copy").addEventListener("click", copyLink);
  document.querySelector(".skip").addEventListener("click", (event) => {
    event.preventDefault();
    byId("main").focus();
  });
  byId("details").addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    setState({ at: "" });
    if (viewNow() === "picture") stage.focus();
  });
}

function printPicture() {
  const parsed = new DOMParser().parseFromString(drawSvg(), "image/svg+xml");
  byId("print-picture").replaceChildren(document.importNode(parsed.documentElement, true));
}

function mount() {
  document.documentElement.classList.add("js");
  state = readHash(location.hash);
  byId("filters-box").open = !isNarrow();
  mountTable();
  mountFilters();
  mountDate();
  mountButtons();
  mountSearch();
  showState();
  addEventListener("popstate", followAddress);
  addEventListener("hashchange", followAddress);
  addEventListener("resize", () => { showView(); showPicture(selectItems(state)); });
  addEventListener("beforeprint", () => { printPicture(); });
  addEventListener("afterprint", () => byId("print-picture").replaceChildren());
  forced.addEventListener("change", showState);
}

mount();
