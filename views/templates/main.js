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

function showControls() {
  for (const box of document.querySelectorAll("[data-filter]")) {
    box.checked = !state.off[box.dataset.filter].has(box.value);
  }
  byId("area").value = state.area;
  byId("day").value = state.on;
  const stops = page.dates.filter((day) => day <= state.on).length;
  const slider = byId("slider");
  slider.value = String(state.on ? Math.max(1, stops) : 0);
  slider.setAttribute("aria-valuetext", state.on ? dayWords(state.on) : "all dates");
  byId("caption-date").textContent = dateWords();
}

function choose(id, { focus = false } = {}) {
  setState({ at: id });
  showChosen();
  if (focus) byId("details").focus({ preventScroll: true });
}

function showChosen() {
  const thing = things.get(state.at);
  if (thing && network && page.large && viewNow() === "picture") bringIntoView(thing);
  if (isNarrow()) byId("details").scrollIntoView({ block: "start" });
  else byId("details").scrollTop = 0;
}

function mountFilters() {
  for (const box of document.querySelectorAll("[data-filter]")) {
    box.addEventListener("change", () => {
      const name = box.dataset.filter;
      const off = new Set(state.off[name]);
      if (box.checked) off.delete(box.value);
      else off.add(box.value);
      setState({ off: { ...state.off, [name]: off } });
    });
  }
  byId("area").addEventListener("change", (event) => setState({ area: event.target.value }));
  byId("clear").addEventListener("click", () => {
    const fresh = startState();
    setState({ off: fresh.off, area: "", on: fresh.on, at: "" });
    byId("status").textContent = `All filters cleared. ${byId("status").textContent}`;
  });
}

function mountDate() {
  const slider = byId("slider");
  const dayAt = () => slider.value === "0" ? "" : page.dates[Number(slider.value) - 1];
  slider.addEventListener("input", () => {
    state = { ...state, on: dayAt() };
    showState();
  });
  slider.addEventListener("change", () => setState({ on: dayAt() }));
  byId("day").addEventListener("change", (event) => {
    const text = event.target.value.trim();
    if (!text || isDay(text)) setState({ on: text });
    else byId("status").textContent = `“${text}” is not a day. Write year, month and day, such as 2023-07-01.`;
  });
}

function mountButtons() {
  for (const button of document.querySelectorAll("[data-view]")) {
    button.addEventListener("click", () => setState({ view: button.dataset.view }));
  }
  for (const button of document.querySelectorAll("[data-zoom]")) {
    button.addEventListener("click", () => {
      size = Math.min(SIZES.length - 1, Math.max(0, size + Number(button.dataset.zoom)));
      fitPicture();
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
