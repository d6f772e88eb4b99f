// Pictures without columns: a thing is a dot, and as many names stand beside their dots as there
// is room for, those with most ties first. Dots and names keep their size when the picture grows.

let unit = 1;
const labelled = new Map();
const ruler = document.createElement("canvas").getContext("2d");
const NAME_SIZE = 13;

// The more things, the smaller the dots.
const SMALLER = Math.max(0.55, Math.min(1, Math.sqrt(150 / page.things.length)));
const HUBS = 14;

function radiusOf(thing) {
  if (thing.kind === "cluster") return 8 + Math.min(26, Math.sqrt(thing.count || 1));
  return (page.large ? 1 : SMALLER) * (3.5 + Math.min(9, 1.2 * Math.sqrt(tiesOf.get(thing.id).length)));
}

// A circle is an organisation or a group, a square anything else.
function dotOf(thing, look) {
  const r = radiusOf(thing) * unit;
  const isRound = thing.kind === "organisation" || thing.kind === "cluster";
  const isChosen = look === "chosen";
  return { left: thing.x - r, top: thing.y - r, w: 2 * r, h: 2 * r, radius: isRound ? r : 0,
    fill: look === "back" ? "paper" : isRound || isChosen ? "ink" : "wash", stroke: look === "back" ? "rule" : "ink",
    width: (isChosen ? 5 : 1.5) * unit, dash: [] };
}

function labelOf(thing, look) {
  const spot = labelled.get(thing.id);
  if (!spot) return [];
  return [{ text: spot.text, size: NAME_SIZE * unit, fill: look === "back" ? "muted" : "ink", align: spot.align,
    x: thing.x + spot.dx * unit, y: thing.y + spot.dy * unit, room: (spot.w + 6) * unit, halo: 4 * unit }];
}

function cutName(text) {
  const letters = Array.from(text);
  return letters.length <= 30 ? text : `${letters.slice(0, 29).join("")}…`;
}

// Finds a free place for each name: right of the dot, left of it, below, above.
function placeLabels(list, looks, sums) {
  labelled.clear();
  ruler.font = `${NAME_SIZE}px Arial, Helvetica, sans-serif`;
  const first = (t) => ({ chosen: 0, near: 1 })[looks.get(t.id)] ?? 2;
  const lit = list.some((t) => first(t) < 2);
  const ranked = list.filter((t) => !lit || first(t) < 2)
    .sort((a, b) => first(a) - first(b) || (a.kind === "contract") - (b.kind === "contract") || radiusOf(b) - radiusOf(a) || compareNames(a.label, b.label));
  const dots = (list.length <= 800 ? list : ranked.slice(0, 200)).map((t) => {
    const r = radiusOf(t) - 1;
    return [t.x / unit - r, t.y / unit - r, t.x / unit + r, t.y / unit + r];
  });
  const names = [];
  const hits = (box, others) => others.reduce((n, o) =>
    n + (box[0] < o[2] && box[2] > o[0] && box[1] < o[3] && box[3] > o[1]), 0);
  const edge = page.layout.width / unit;
  ranked.forEach((thing, rank) => {
    const text = cutName(thing.label) + (sums.get(thing.id) || "");
    const w = ruler.measureText(text).width;
    const r = radiusOf(thing);
    const [x, y] = [thing.x / unit, thing.y / unit];
    const spots = [
      { dx: r + 4, dy: 4.5, align: "left", box: [x + r + 2, y - 7, x + r + 6 + w, y + 8] },
      { dx: -r - 4, dy: 4.5, align: "right", box: [x - r - 6 - w, y - 7, x - r - 2, y + 8] },
      { dx: 0, dy: r + 14, align: "center", box: [x - w / 2, y + r + 2, x + w / 2, y + r + 18] },
      { dx: 0, dy: -r - 5, align: "center", box: [x - w / 2, y - r - 18, x + w / 2, y - r - 2] },
    ];
    if (thing.kind === "cluster") spots.unshift(spots.splice(2, 1)[0]);
    const free = spots.filter(({ box }) => box[0] >= 0 && box[2] <= edge && !hits(box, names));
    // A name that matters may lie over a dot or two; any other needs a free place.
    const matters = rank < HUBS || first(thing) < 2 || thing.kind === "cluster";
    const covered = free.map((spot) => hits(spot.box, dots));
    const least = Math.min(...covered);
    if (!free.length || (least > 0 && !matters)) return;
    const spot = free[covered.indexOf(least)];
    labelled.set(thing.id, { ...spot, w, text });
    names.push(spot.box);
  });
}
