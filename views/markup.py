"""A report as JSON, JSON Lines, Markdown or a small HTML table."""

import json

from rehabgraph.queries.report import Report, format_cell, to_plain
from rehabgraph.views.table import describe_coverage, describe_filters, describe_report


def render_json(report: Report) -> str:
    """Return the published JSON form, one object, one line a row; see `docs/report.schema.json`."""

    def text(value: object) -> str:
        return json.dumps(value, ensure_ascii=False, allow_nan=False)

    parts = []
    for key, value in report.to_json().items():
        if key in ("columns", "rows", "sources") and value:
            lines = ",\n".join(f"    {text(one)}" for one in value)
            parts.append(f"  {text(key)}: [\n{lines}\n  ]")
        else:
            parts.append(f"  {text(key)}: {text(value)}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def render_jsonl(report: Report) -> str:
    """Return the rows as JSON Lines, one object a row."""
    return "".join(
        json.dumps(to_plain(row), ensure_ascii=False, allow_nan=False) + "\n" for row in report.rows
    )


def render_markdown(report: Report) -> str:
    """Return the report as a Markdown table with its notes and sources."""

    def cell(text: str) -> str:
        escaped = text.replace("\\", "\\\\").replace("|", "\\|").replace("\n", " ")
        return escaped.replace("<", "&lt;").replace("`", "\\`").replace("[", "\\[")

    rule = ["---:" if c.type in ("integer", "number") else "---" for c in report.columns]
    lines = [f"## {cell(report.title)}", ""]
    lines.append("| " + " | ".join(cell(c.label) for c in report.columns) + " |")
    lines.append("| " + " | ".join(rule) + " |")
    for row in report.rows:
        cells = [cell(format_cell(row.get(c.name), c)) for c in report.columns]
        lines.append("| " + " | ".join(cells) + " |")
    lines.append("")
    lines += [f"- {cell(said.removeprefix('Note: '))}" for said in describe_report(report)]
    lines += [f"- Source {cell(s.id)}: {cell(s.title)}, {s.url}" for s in report.sources]
    return "\n".join(lines).rstrip() + "\n"


def render_html(report: Report) -> str:
    """Return the report as a whole HTML page, readable without scripts."""
    from html import escape

    asked = describe_filters(report)
    said = (f"Asked for: {asked}." if asked else "", *report.notes, describe_coverage(report))
    notes = "".join(f"<li>{escape(n)}</li>" for n in said if n)
    sources = "".join(
        f'<li>{escape(s.id)}: <a href="{escape(s.url)}">{escape(s.title)}</a></li>'
        if s.url.startswith(("https://", "http://"))  # no other kind of address may run
        else f"<li>{escape(s.id)}: {escape(s.title)}</li>"
        for s in report.sources
    )
    rows = []
    for row in report.rows:
        cells = "".join(
            f'<td class="{c.type}">{escape(format_cell(row.get(c.name), c))}</td>'
            for c in report.columns
        )
        rows.append(f"<tr>{cells}</tr>")
    head = "".join(f'<th scope="col">{escape(c.label)}</th>' for c in report.columns)
    return (
        '<!doctype html>\n<html lang="en-GB"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "style-src 'unsafe-inline'\">"
        f"<title>{escape(report.title)}</title><style>{_STYLE}</style></head><body><main>"
        f"<h1>{escape(report.title)}</h1><p>{escape(report.method)}</p>"
        f'<div class="scroll" tabindex="0" role="region" aria-label="Table"><table><thead><tr>'
        f"{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
        f"<h2>Notes</h2><ul>{notes}</ul><h2>Sources</h2><ul>{sources}</ul>"
        "</main></body></html>\n"
    )


_STYLE = (
    "body{font:1rem/1.5 Arial,Helvetica,sans-serif;margin:0;color:#0b0c0c}"
    "main{max-width:75rem;margin:0 auto;padding:1rem}.scroll{overflow-x:auto}"
    "table{border-collapse:collapse}th,td{padding:.35rem .6rem;border-bottom:1px solid #b1b4b6;"
    "text-align:left}td.integer,td.number{text-align:right;font-variant-numeric:tabular-nums}"
    "a{color:#1d70b8}"
)
