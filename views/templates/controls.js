// The filters and the date: what the reader sets, and how a state shows in them.

function showControls() {
  for (const box of document.querySelectorAll("[data-filter]")) {
    box.checked = !state.off[box.dataset.filter].has(box.value);
  }
  if (byId("area")) byId("area").value = state.area;
  if (byId("by")) byId("by").value = state.by;
  byId("caption-date").textContent = dateWords();
  if (!byId("day")) return;
  byId("day").value = state.on;
  const stops = page.dates.filter((day) => day <= state.on).length;
  const slider = byId("slider");
  slider.value = String(state.on ? Math.max(1, stops) : 0);
  slider.setAttribute("aria-valuetext", state.on ? dayWords(state.on) : "all dates");
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
  byId("area")?.addEventListener("change", (event) => setState({ area: event.target.value }));
  byId("by")?.addEventListener("change", (event) => setState({ by: event.target.value }));
  byId("clear").addEventListener("click", () => {
    const fresh = startState();
    setState({ off: fresh.off, area: "", on: fresh.on, at: "", by: fresh.by });
    byId("status").textContent = `All filters cleared. ${byId("status").textContent}`;
  });
}

function mountDate() {
  if (!byId("day")) return;
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
