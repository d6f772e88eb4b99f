// How things and ties look: the same shapes for the canvas on the screen and for SVG.

const plain = page.colours;
const forced = matchMedia("(forced-colors: active)");

// In forced colours the picture uses the reader's own, and keeps its letters and dashes.
function colour(name) {
  if (!forced.matches) return Object.hasOwn(plain, name) ? plain[name] : name;
  const probe = make("span", "");
  probe.hidden = false;
  probe.className = `probe-${["paper", "wash"].includes(name) ? "back" : "front"}`;
  document.body.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}

function boxOf(thing) {
  const { x, y, w, h, layer } = thing;
  if (layer === 0) return { left: x - w, top: y - h / 2, w, h };
  if (layer === 1 || layer === 2) return { left: x, top: y - h / 2, w, h };
  return { left: x - w / 2, top: y - h / 2, w, h };
}

const LOOKS = {
  plain: { fill: "paper", text: "ink", stroke: "ink", width: 1.5 },
  chosen: { fill: "ink", text: "paper", stroke: "ink", width: 3 },
  near: { fill: "paper", text: "ink", stroke: "ink", width: 3 },
  back: { fill: "paper", text: "muted", stroke: "rule", width: 1 },
};

// A box for an organisation, a rounded shape for a region, a plain label for an area; without
// columns a dot with its name beside it.
function shapesOf(thing, look, sum) {
  if (!page.layout.layered) return [dotOf(thing, look)];
  const style = LOOKS[look];
  const { left, top, w, h } = boxOf(thing);
  const radius = thing.kind === "region" ? h / 2 : thing.kind === "area" ? 0 : 4;
  const shapes = [];
  const isQuiet = thing.kind === "area" && look === "plain";
  shapes.push({ left, top, w, h, radius, fill: style.fill, stroke: isQuiet ? "rule" : style.stroke,
    width: isQuiet ? 1 : style.width, dash: thing.is_gap ? [6, 4] : [] });
  const small = thing.is_gap && thing.kind === "region" ? "not in this list" : sum;
  const lines = thing.lines.map((text) => ({ text, size: 14, fill: style.text }));
  if (small) lines.push({ text: small, size: 12, fill: look === "chosen" ? "paper" : "muted" });
  const first = top + h / 2 - (lines.length * 17) / 2;
  const align = thing.layer === 0 ? "right" : thing.layer === 2 ? "left" : "center";
  const x = align === "right" ? left + w - 9 : align === "left" ? left + 8 : left + w / 2;
  lines.forEach((line, n) => shapes.push({ ...line, x, y: first + n * 17 + 13, align, room: w - 14 }));
  return shapes;
}

// Names beside dots, drawn over all dots.
function namesOf(thing, look) {
  return page.layout.layered ? [] : labelOf(thing, look);
}

function paint(context, shapes) {
  for (const shape of shapes) {
    if (shape.text !== undefined) paintText(context, shape);
    else paintBox(context, shape);
  }
}

function paintText(context, { text, x, y, size, fill, align, room, halo }) {
  context.font = `${size}px Arial, Helvetica, sans-serif`;
  context.textAlign = align;
  context.textBaseline = "alphabetic";
  context.direction = "ltr";
  context.fillStyle = colour(fill);
  const isolated = `\u2068${text}\u2069`;
  if (halo) {
    context.lineJoin = "round";
    context.lineWidth = halo;
    context.strokeStyle = colour("paper");
    context.strokeText(isolated, x, y, room);
  }
  context.fillText(isolated, x, y, room);
}

function paintBox(context, { left, top, w, h, radius, fill, stroke, width, dash }) {
  context.beginPath();
  context.roundRect(left, top, w, h, radius);
  context.fillStyle = colour(fill);
  context.fill();
  context.setLineDash(dash);
  context.lineWidth = width;
  context.strokeStyle = colour(stroke);
  context.stroke();
  context.setLineDash([]);
}

const MOST = page.items.reduce((most, item) => Math.max(most, item.amount || 0), 1);

function widthOf(value) {
  if (page.rows === "lines") return 1.5 + 5 * Math.sqrt(value / MOST);
  return MOST > 1 ? 1.3 + 3.7 * Math.sqrt((value - 1) / (MOST - 1)) : 1.3;
}

// `pick` turns a name of the palette into a colour: the reader's own on the screen, ours in copies.
function lineOf(tie, look, pick) {
  const sign = lots.get(tie.lot) || (page.rows === "ties" ? tieKinds.get(tie.kind) : null);
  const item = items.get(tie.item);
  const value = item && item.amount ? item.amount : 0;
  const width = tie.width || (tie.item ? widthOf(value) : 1);
  const own = sign ? sign.colour : "rule";
  const thin = page.layout.layered ? 1 : unit;
  return {
    colour: pick(look === "back" ? "rule" : own),
    width: thin * (look === "back" ? 0.6 : look === "near" ? width + 1 : width),
    dash: sign ? sign.dash.map((length) => length * thin) : [],
  };
}

// What is lit when something is chosen: its lines, the things at their ends, the areas served.
function findLit(id, shown) {
  if (!id) return null;
  const item = items.get(id);
  const selected = item ? selectItems(state).filter((s) => s.item === item) : selectAround(id);
  const inside = new Set(selected.map((s) => s.item.id));
  const lit = { things: new Set(item ? [] : [id]), ties: new Set() };
  for (const tie of shown.ties) {
    const isOwn = tie.item ? inside.has(tie.item) : tie.from === id || tie.to === id;
    if (!isOwn) continue;
    lit.ties.add(tie.id);
    lit.things.add(tie.from).add(tie.to);
  }
  const areas = new Set(selected.flatMap((s) => s.contracts.flatMap((c) => c.areas.map((a) => `area/${a}`))));
  if (id.startsWith("area/")) areas.forEach((area) => area !== id && areas.delete(area));
  for (const tie of shown.ties) {
    if (tie.item || !areas.has(tie.to) || !lit.things.has(tie.from)) continue;
    lit.ties.add(tie.id);
    lit.things.add(tie.to);
  }
  return lit;
}
