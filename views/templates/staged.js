// What stands in the picture: everything, or in a large network its groups; and when a thing of it
// is chosen, that thing in the middle of what it touches.

const RING = 60;
let staged = { key: "", things: page.large ? [] : page.things, ties: page.large ? [] : page.ties };
let stagedById = new Map(staged.things.map((thing) => [thing.id, thing]));

function stageThings(shown) {
  if (!page.large) return false;
  const chosen = things.get(state.at);
  const isGroup = !chosen || chosen.kind === "cluster";
  staged = isGroup ? stageGroups(shown) : stageAround(chosen, shown);
  stagedById = new Map(staged.things.map((thing) => [thing.id, thing]));
  return true;
}

// Groups with how many things they hold, and between them how many ties.
function stageGroups({ shown, ties }) {
  const sizes = new Map();
  for (const thing of page.things) {
    if (shown.has(thing.id)) sizes.set(thing.cluster, (sizes.get(thing.cluster) || 0) + 1);
  }
  const pairs = new Map();
  for (const tie of ties) {
    const ends = [things.get(tie.from).cluster, things.get(tie.to).cluster].sort();
    if (ends[0] !== ends[1]) pairs.set(ends.join("~"), (pairs.get(ends.join("~")) || 0) + 1);
  }
  const most = Math.max(1, ...pairs.values());
  for (const group of page.clusters) group.count = sizes.get(group.id) || 0;
  return {
    things: page.clusters.filter((group) => group.count),
    ties: [...pairs].map(([key, number]) => {
      const [from, to] = key.split("~");
      return { id: `pair/${key}`, from, to, kind: "", lot: "", item: "", bend: 0, width: 1 + 7 * Math.sqrt(number / most) };
    }),
  };
}

function stageAround(chosen, { ties }) {
  const own = ties.filter((tie) => tie.from === chosen.id || tie.to === chosen.id);
  const ids = [...new Set(own.flatMap((tie) => [tie.from, tie.to]))].filter((id) => id !== chosen.id);
  const near = ids.map((id) => things.get(id)).sort((a, b) => compareNames(a.label, b.label)).slice(0, RING);
  const middle = { x: page.layout.width / 2, y: page.layout.height / 2 };
  const ring = near.map((thing, n) => {
    const turn = (2 * Math.PI * n) / near.length - Math.PI / 2;
    const far = near.length > 20 && n % 2 ? 0.3 : 0.4;
    return { ...thing, x: middle.x + 0.8 * far * page.layout.width * Math.cos(turn), y: middle.y + far * page.layout.height * Math.sin(turn) };
  });
  const kept = new Set([chosen.id, ...near.map((thing) => thing.id)]);
  return { things: [{ ...chosen, ...middle }, ...ring], ties: own.filter((tie) => kept.has(tie.from) && kept.has(tie.to)) };
}
