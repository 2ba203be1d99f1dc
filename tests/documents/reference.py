"""Keeps the reference pages in docs/reference: they are made from what mho says of its options, parameters, recipes and views.

usage: reference.py --mho PATH --source FOLDER [--write]

--write makes the pages anew. Without it a page that differs is an error.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import textwrap


def cell(text):
    return str(text).replace("|", "\\|").replace("\n", " ").strip()


def wrapped(sentence):
    return textwrap.fill(sentence[:1].upper() + sentence[1:] + ".", 100)


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(cell(text) for text in row) + " |" for row in rows]) + "\n"


def legal(parameter):
    """What a value may be, in words."""
    if parameter.get("words"):
        words = ", ".join(f"`{word}`" for word in parameter["words"])
        return words if parameter["type"] == "choice" else f"{words}, or a number"
    least, most = parameter.get("minimum"), parameter.get("maximum")
    if parameter["type"] == "boolean":
        return "`true`, `false`"
    if least is None and most is None:
        return parameter["type"]
    if most is None:
        return f"from {least:g}"
    return f"to {most:g}" if least is None else f"{least:g} to {most:g}"


def default(parameter):
    value = parameter.get("default")
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:g}" if isinstance(value, (int, float)) else "" if value is None else value


def parameters_page(mho, arguments, title, introduction):
    groups = {}
    for parameter in mho(*arguments)["parameters"]:
        parts = parameter["key"].split(".")
        groups.setdefault(".".join(parts[:2]) if len(parts) > 2 else parts[0] if len(parts) > 1 else "general", []).append(parameter)
    text = f"# {title}\n\n{introduction}\n"
    for group, members in groups.items():
        rows = [(f"`{p['key']}`", p["sentence"], legal(p), p["unit"], default(p), p["source"]) for p in members]
        text += f"\n## {group}\n\n" + table(("key", "meaning", "values", "unit", "default", "source"), rows)
    return text


def options_page(mho):
    text = "# Verbs and options\n\nEvery verb with its options, as `mho VERB --help` prints them.\n"
    text += "[command_line.md](../command_line.md) tells what holds for all.\n"

    def section(verb, level):
        nonlocal text
        rows = [(f"`{o['name']}{' ' + o['value'] if o.get('value') and o['name'].startswith('-') else ''}`", o["sentence"]) for o in verb["options"]]
        text += f"\n{level} {verb['verb']}\n\n{wrapped(verb['sentence'])}\n\n    {verb['usage'].replace('Usage: ', '')}\n"
        text += "\n" + table(("option", "meaning"), rows) if rows else ""

    for verb in mho("help")["verbs"]:
        if not verb["verb"].startswith("db "):
            section(verb, "##")
    group = mho("help", "db")
    text += f"\n## db\n\n{wrapped(group['sentence'])}\n"
    for verb in group["verbs"]:
        section(verb, "###")
    return text


def views_page(mho):
    """A database must exist to be asked; its rows do not matter."""
    views = {}
    with tempfile.TemporaryDirectory(prefix="mho-reference-") as folder:
        file = os.path.join(folder, "results.db")
        mho("simulate", "--db", file)
        columns = mho("db", "schema", "--db", file)["columns"]
    for row in columns:
        views.setdefault(row["view"], []).append(row)
    text = "# Views of the database\n\nEvery view with its columns, as `mho db schema VIEW` prints them and the view `v_column` holds them.\n"
    text += "[database.md](../database.md) shows what to ask.\n"
    for view, rows in views.items():
        text += f"\n## {view}\n\n" + table(("column", "unit", "meaning"), [(f"`{r['column']}`", r["unit"], r["meaning"]) for r in rows])
    return text


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--mho", required=True)
    parser.add_argument("--source", required=True)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()

    def mho(*words):
        return json.loads(subprocess.run([arguments.mho, *words, "--json"], check=True, capture_output=True, text=True).stdout)

    pages = {
        "parameters.md": parameters_page(mho, ["describe"], "Parameters of a design",
                                         "Every key of a design file and of `--set`, as `mho describe` prints them.\n"
                                         "The default `model` stands for a cost that follows the parameters beside it\n([costs.md](../costs.md))."),
        "recipes.md": parameters_page(mho, ["describe", "--recipe-keys"], "Keys of a recipe",
                                      "Every key of a training's recipe, as `mho describe --recipe-keys` prints them.\n"
                                      "[retraining.md](../retraining.md) explains them."),
        "options.md": options_page(mho),
        "views.md": views_page(mho),
    }
    folder = os.path.join(arguments.source, "docs", "reference")
    os.makedirs(folder, exist_ok=True)
    stale = 0
    for name, text in pages.items():
        path = os.path.join(folder, name)
        if arguments.write:
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            continue
        with open(path, encoding="utf-8") as file:
            kept = file.read()
        if kept != text:
            stale += 1
            was, now = set(kept.splitlines()), set(text.splitlines())
            changed = [f"- {line[:160]}" for line in sorted(was - now)][:5] + [f"+ {line[:160]}" for line in sorted(now - was)][:5]
            print(f"docs/reference/{name} is out of date; python3 tests/documents/reference.py --mho MHO --source . --write makes it anew\n" + "\n".join(changed))
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
