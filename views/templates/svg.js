// What is shown, as an SVG text: title, picture, letters, and the caption with its source.

function ownColour(name) {
  return Object.hasOwn(plain, name) ? plain[name] : name;
}

function isTooWide(text, size, room) {
  ruler.font = `${size}px Arial, Helvetica, sans-serif`;
  return room > 0 && ruler.measureText(text).width > room;
}

function svgText(x, y, text, { size = 14, fill = "ink", align = "left", bold = false, room = 0, halo = 0 } = {}) {
  const squeeze = isTooWide(text, size, room) ? ` textLength="${room}" lengthAdjust="spacingAndGlyphs"` : "";
  const anchor = { left: "start", right: "end", center: "middle" }[align];
  const weight = bold ? ' font-weight="700"' : "";
  const around = halo ? ` paint-order="stroke" stroke="${plain.paper}" stroke-width="${halo}" stroke-linejoin="round"` : "";
  return `<text x="${x}" y="${y}" font-size="${size}" fill="${ownColour(fill)}" text-anchor="${anchor}"${weight}${squeeze}${around} unicode-bidi="isolate">${escapeXml(text)}</text>`;
}

function svgShape(shape) {
  if (shape.text !== undefined) return svgText(shape.x, shape.y, shape.text, shape);
  const dash = shape.dash.length ? ` stroke-dasharray="${shape.dash.join(" ")}"` : "";
  return `<rect x="${shape.left}" y="${shape.top}" width="${shape.w}" height="${shape.h}" rx="${shape.radius}" fill="${plain[shape.fill]}" stroke="${plain[shape.stroke]}" stroke-width="${shape.width}"${dash}/>`;
}

// The same curve that vis-network draws for a bent tie.
function svgPath(tie) {
  const [from, to] = [stagedById.get(tie.from), stagedById.get(tie.to)];
  if (!tie.bend) return `M${from.x} ${from.y}L${to.x} ${to.y}`;
  const factor = 0.5 + (BEND / 2) * Math.abs(tie.bend);
  const angle = Math.atan2(from.y - to.y, to.x - from.x) + (tie.bend > 0 ? factor : 1 - factor) * Math.PI;
  const reach = factor * Math.hypot(to.x - from.x, to.y - from.y);
  const [x, y] = [from.x + reach * Math.sin(angle), from.y + reach * Math.cos(angle)];
  return `M${from.x} ${from.y}Q${x.toFixed(1)} ${y.toFixed(1)} ${to.x} ${to.y}`;
}

function svgTie(tie, look) {
  const line = lineOf(tie, look, ownColour);
  const dash = line.dash.length ? ` stroke-dasharray="${line.dash.join(" ")}"` : "";
  return `<path d="${svgPath(tie)}" fill="none" stroke="${line.colour}" stroke-width="${line.width.toFixed(2)}"${dash}/>`;
}

// Letters and dashes of what is shown, in as many rows as they need.
function svgLegend(top, width) {
  let [x, y] = [0, top];
  const name = page.rows === "ties" ? "tie" : "lot";
  const parts = LISTS[name].filter((lot) => lot.dash && !state.off[name].has(lot.id)).map((lot) => {
    const room = 74 + lot.label.length * 7.4;
    if (x > 0 && x + room > width) [x, y] = [0, y + 24];
    const dash = lot.dash.length ? ` stroke-dasharray="${lot.dash.join(" ")}"` : "";
    const part = `<path d="M${x} ${y}h36" stroke="${lot.colour}" stroke-width="4"${dash}/>${svgText(x + 44, y + 5, `${lot.letter || ""} ${lot.label}`.trim())}`;
    x += room;
    return part;
  });
  return { parts, bottom: y };
}

function drawSvg() {
  const { shown, ties } = shownNow;
  const lit = page.large ? null : findLit(state.at, shownNow);
  const lookOf = (set, id) => !lit ? "plain" : set.has(id) ? "near" : "back";
  const width = Math.max(page.layout.width, 760);
  const head = wrapText(page.title, Math.floor(width / 13)).map((text, n) => svgText(0, 28 + n * 30, text, { size: 24, bold: true }));
  const legend = svgLegend(30 * head.length + 30, width);
  const y = legend.bottom + 30;
  const standing = staged.things.filter((t) => shown.has(t.id));
  const picture = [
    ...ties.map((tie) => svgTie(tie, lit ? lookOf(lit.ties, tie.id) : "plain")),
    ...standing.flatMap((t) => shapesOf(t, looks.get(t.id) || "plain", sums.get(t.id) || "").map(svgShape)),
    ...standing.flatMap((t) => namesOf(t, looks.get(t.id) || "plain").map(svgShape)),
  ];
  const foot = captionLines().flatMap((line) => wrapText(line, Math.floor(width / 6.6)));
  const footTop = y + page.layout.height + 30;
  const height = footTop + foot.length * 18 + 16;
  const words = foot.map((text, n) => svgText(0, footTop + n * 18, text, { size: 13, fill: "muted" }));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" lang="en-GB" role="img" width="${width + 40}" height="${height + 20}" viewBox="-20 -10 ${width + 40} ${height + 20}" font-family="Arial, Helvetica, sans-serif">`,
    `<title>${escapeXml(page.title)}</title>`,
    `<desc>${escapeXml(captionLines().join(" "))}</desc>`,
    `<rect x="-20" y="-10" width="100%" height="100%" fill="${plain.paper}"/>`,
    ...head, ...legend.parts, `<g transform="translate(0 ${y})">`, ...picture, "</g>", ...words, "</svg>",
  ].join("\n");
}
