// The picture: vis-network draws the ties, we draw the things, nothing moves by itself.

const stage = byId("stage");
const stageBox = byId("stage-box");
const BEND = 0.04;
const SIZES = page.layout.layered ? [0.5, 0.7, 1, 1.3, 1.7, 2.2] : [1, 1.5, 2.2, 3.2, 4.5, 6];
const FIT = page.layout.layered ? 2 : 0;
let size = FIT;
let network = null;
let nodeSet = null;
let edgeSet = null;
const looks = new Map();
let sums = new Map();
let shownNow = { shown: new Set(), ties: [] };

function baseScale() {
  const room = stageBox.clientWidth / page.layout.width;
  return page.layout.layered ? Math.min(1.25, Math.max(0.84, room)) : dotsWidth() / page.layout.width;
}

// On a phone the picture is wider than the screen: its box scrolls.
function dotsWidth() {
  return Math.max(stageBox.clientWidth, 600);
}

function mountPicture() {
  nodeSet = new vis.DataSet(staged.things.map(nodeOf));
  edgeSet = new vis.DataSet(staged.ties.map(edgeOf));
  network = new vis.Network(stage, { nodes: nodeSet, edges: edgeSet }, page.options);
  network.on("click", (event) => chooseAt(event.pointer));
  stage.addEventListener("mousemove", pointAt);
  stage.addEventListener("keydown", moveByKey);
  fitPicture();
}

function nodeOf(thing) {
  return {
    id: thing.id, x: thing.x, y: thing.y, shape: "custom", hidden: false,
    ctxRenderer: ({ ctx }) => ({
      drawNode: () => paint(ctx, shapesOf(thing, looks.get(thing.id) || "plain", sums.get(thing.id) || "")),
      drawExternalLabel: () => paint(ctx, namesOf(thing, looks.get(thing.id) || "plain")),
      nodeDimensions: { width: thing.w, height: thing.h },
    }),
  };
}

function edgeOf(tie) {
  return { from: tie.from, to: tie.to, smooth: smoothOf(tie), ...styleOf(tie, "plain", true) };
}

function smoothOf(tie) {
  if (!tie.bend) return { enabled: false };
  return { enabled: true, type: tie.bend > 0 ? "curvedCW" : "curvedCCW", roundness: BEND * Math.abs(tie.bend) };
}

function fitPicture() {
  if (!network || !stageBox.clientWidth) return;
  const scale = baseScale() * SIZES[size];
  const { width, height, layered } = page.layout;
  const w = layered ? Math.round(width * scale) : dotsWidth();
  const h = layered ? Math.round(height * scale) : Math.min(720, Math.round(height * scale));
  stage.setAttribute("data-scale", String(scale));
  stage.style.width = `${w}px`;
  stage.style.height = `${h}px`;
  network.setSize(`${w}px`, `${h}px`);
  network.redraw();
  const here = stagedById.get(state.at);
  const middle = layered || size <= FIT ? { x: width / 2, y: height / 2 } : here || network.getViewPosition();
  network.moveTo({ position: { x: middle.x, y: middle.y }, scale, animation: false });
  unit = 1 / scale;
}

function showPicture(selected) {
  shownNow = selectThings(selected);
  if (stageThings(shownNow)) {
    if (network) restage();
    shownNow = { shown: new Set(stagedById.keys()), ties: staged.ties };
  }
  const lit = page.large ? null : findLit(state.at, shownNow);
  sums = page.large ? new Map(staged.things.map((t) => [t.id, t.kind === "cluster" ? `: ${group(t.count)}` : ""])) : addUpAll(selected);
  for (const thing of staged.things) {
    const isRing = page.large && things.has(state.at) && things.get(state.at).kind !== "cluster";
    const look = thing.id === state.at ? "chosen" : isRing ? "near" : !lit ? "plain" : lit.things.has(thing.id) ? "near" : "back";
    looks.set(thing.id, look);
  }
  if (!page.layout.layered) placeLabels(staged.things.filter((t) => shownNow.shown.has(t.id)), looks, sums);
  if (!network) return;
  const visible = new Set(shownNow.ties.map((tie) => tie.id));
  update(nodeSet, staged.things.map((thing) => ({ id: thing.id, hidden: !shownNow.shown.has(thing.id) })));
  update(edgeSet, staged.ties.map((tie) =>
    styleOf(tie, !lit ? "plain" : lit.ties.has(tie.id) ? "near" : "back", visible.has(tie.id))));
  network.redraw();
}

function restage() {
  for (const set of [edgeSet, nodeSet]) set.clear();
  nodeSet.add(staged.things.map(nodeOf));
  edgeSet.add(staged.ties.map(edgeOf));
}

function styleOf(tie, look, isShown) {
  const line = lineOf(tie, look, colour);
  return { id: tie.id, hidden: !isShown, color: { color: line.colour }, width: line.width,
    dashes: line.dash.length ? line.dash : false };
}

// Only what has changed: vis-network takes long over each thing that it is told about.
function update(set, wanted) {
  set.update(wanted.filter((one) => {
    const old = set.get(one.id);
    return old.hidden !== one.hidden || old.width !== one.width || old.color?.color !== one.color?.color;
  }));
}

function thingAt({ x, y }) {
  return staged.things.find((thing) => {
    if (!shownNow.shown.has(thing.id)) return false;
    const { left, top, w, h } = page.layout.layered ? boxOf(thing) : dotOf(thing, "chosen");
    const room = page.layout.layered ? 0 : 4 * unit;
    return x >= left - room && x <= left + w + room && y >= top - room && y <= top + h + room;
  });
}

function tieAt(dom) {
  const id = network.getEdgeAt(dom);
  return staged.ties.find((tie) => tie.id === id && tie.item);
}

function chooseAt(pointer) {
  const thing = thingAt(pointer.canvas);
  const tie = thing ? null : tieAt(pointer.DOM);
  setState({ at: thing ? thing.id : tie ? tie.item : "" });
  if (state.at) showChosen();
}

// The browser's own small label names what is under the pointer.
function pointAt(event) {
  const box = stage.getBoundingClientRect();
  const dom = { x: event.clientX - box.left, y: event.clientY - box.top };
  const thing = thingAt(network.DOMtoCanvas(dom));
  const tie = thing ? null : tieAt(dom);
  stage.classList.toggle("pointing", Boolean(thing || tie));
  const item = tie && items.get(tie.item);
  const words = thing ? thing.label : item ? tieWords(item) : "";
  if (stage.title !== words) stage.title = words;
}

function tieWords(item) {
  if (page.rows === "ties") return `${item.tie_name}: ${item.ends.map((id) => things.get(id).label).join(", ")}`;
  return `${item.lead_name}, ${item.region_name}, ${item.lot_name}: ${pounds(item.value)}`;
}

const ARROWS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function moveByKey(event) {
  if (event.key === "Escape") {
    setState({ at: "" });
    fitPicture();
  }
  else if (event.key === "Enter" && state.at) byId("details").focus();
  else if (ARROWS[event.key]) moveTo(nextThing(ARROWS[event.key]));
  else return;
  event.preventDefault();
}

// The next thing in a direction: up and down within a column, otherwise along a tie.
function nextThing([right, down]) {
  const here = stagedById.get(state.at);
  const visible = staged.things.filter((t) => shownNow.shown.has(t.id));
  if (!here || !shownNow.shown.has(here.id)) return visible[0];
  const tied = new Set(shownNow.ties.flatMap((t) => t.from === here.id ? [t.to] : t.to === here.id ? [t.from] : []));
  const isColumn = page.layout.layered && down !== 0;
  const candidates = visible.filter((t) => t !== here && (isColumn ? t.layer === here.layer : tied.has(t.id)));
  let best = null;
  let least = Infinity;
  for (const thing of candidates) {
    const [dx, dy] = [thing.x - here.x, thing.y - here.y];
    const ahead = dx * right + dy * down;
    const aside = Math.abs(dx * down) + Math.abs(dy * right);
    const far = page.layout.layered ? aside + Math.abs(ahead) : ahead + 2 * aside;
    if (ahead > 0 && far < least) [best, least] = [thing, far];
  }
  return best;
}

function moveTo(thing) {
  if (!thing) return;
  setState({ at: thing.id });
  const words = thing.kind === "cluster" ? `${group(thing.count)} things.` : totalsWords(addUp(selectAround(thing.id)));
  byId("spoken").textContent = `${thing.label}. ${(thing.gaps || []).join(" ")} ${thing.is_gap ? "" : words}`;
  bringIntoView(thing);
}

function bringIntoView(thing) {
  if (!page.layout.layered) {
    if (size > FIT) network.moveTo({ position: { x: thing.x, y: thing.y }, scale: network.getScale(), animation: false });
    return null;
  }
  const { left, top, w, h } = boxOf(thing);
  const scale = Number(stage.dataset.scale);
  const mark = document.createElement("div");
  mark.className = "mark-here";
  Object.assign(mark.style, { left: `${left * scale}px`, top: `${(top - 20) * scale}px`,
    width: `${w * scale}px`, height: `${(h + 40) * scale}px` });
  stage.append(mark);
  mark.scrollIntoView({ block: "nearest", inline: "nearest" });
  return mark.remove();
}
