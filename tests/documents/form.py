"""Checks the form of the documents: width of the prose, links and anchors, and the files and names of code that they mention.

usage: form.py --source FOLDER

Prose of README.md, DESIGN.md, CONTRIBUTING.md and docs/ is at most 100 columns wide; tables, commands, outputs and pictures may be wider. Links
between documents are checked in every document of the project. The version and its day are those of CMakeLists.txt wherever they stand.
"""

import argparse
import os
import re
import sys
import unicodedata

WIDTH = 100
WRAPPED = re.compile(r"^(README|DESIGN|CONTRIBUTING)\.md$|^docs/")

# Endings of files of the project; a file of the reader's has another one, or stands without a folder (chip.yaml, net.onnx).
SOURCE_NAME = re.compile(r"^[\w.-]+\.(cpp|h|sql|js|css|py|sh|cmake|proto)$")
ENDINGS = ("", ".h", ".cpp", ".py", ".yaml")

SPAN = re.compile(r"(`+)(.+?)\1", re.DOTALL)
LINK = re.compile(r"!?\[(?:[^\[\]]|\[[^\]]*\])*\]\(([^)\s]+)\)")


class Document:
    """A Markdown file as numbered lines, each of a kind: prose, heading, table, picture, or code."""

    def __init__(self, root, path):
        self.path = path
        with open(os.path.join(root, path), encoding="utf-8") as file:
            self.lines = file.read().splitlines()
        self.kinds = []
        fenced = False
        for line in self.lines:
            last = self.kinds[-1] if self.kinds else "blank"
            if line.lstrip().startswith("```"):
                fenced = not fenced
                kind = "code"
            elif fenced:
                kind = "code"
            elif not line.strip():
                kind = "code blank" if last.startswith("code") else "blank"
            elif line.startswith("    ") and last != "prose":  # behind prose it is the text of a list item
                kind = "code"
            elif line.lstrip().startswith("|"):
                kind = "table"
            elif re.match(r"#+ ", line):
                kind = "heading"
            elif line.startswith(("![", "<")):
                kind = "picture"
            else:
                kind = "prose"
            self.kinds.append(kind)

    def texts(self):
        """Number of the first line and text of each run of lines that are no code: a span or a link may go over a line's end."""
        first, text = 0, []
        for number, (line, kind) in enumerate(zip(self.lines + [""], self.kinds + ["blank"]), 1):
            if kind in ("prose", "picture"):
                first = first or number
                text.append(line)
                continue
            if text:
                yield first, "\n".join(text)
                first, text = 0, []
            if kind in ("table", "heading"):
                yield number, line

    def code(self):
        return ((number, line) for number, (line, kind) in enumerate(zip(self.lines, self.kinds), 1) if kind == "code")

    def anchors(self):
        """Names of the headings as hosting services make them: small letters, no punctuation, hyphens for spaces, a number for a repetition."""
        found = set()
        for line, kind in zip(self.lines, self.kinds):
            if kind != "heading":
                continue
            title = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", line.lstrip("#").strip()).lower()
            name = "".join(c for c in title if c in " -_" or unicodedata.category(c)[0] in "LNM").replace(" ", "-")
            anchor, repetition = name, 0
            while anchor in found:
                repetition += 1
                anchor = f"{name}-{repetition}"
            found.add(anchor)
        found.update(name for line in self.lines for name in re.findall(r'<a (?:id|name)="([^"]+)"', line))
        return found


def wide_lines(document):
    for number, (line, kind) in enumerate(zip(document.lines, document.kinds), 1):
        if kind in ("prose", "heading") and len(line) > WIDTH:
            yield number, f"{len(line)} columns, at most {WIDTH} in prose"


def broken_links(document, documents, root):
    for first, text in document.texts():
        plain = SPAN.sub(lambda span: " " * len(span[0]) if "](" in span[0] else span[0], text)
        for link in LINK.finditer(plain):
            target = link[1]
            if re.match(r"[a-z]+:", target):
                continue
            number = first + plain.count("\n", 0, link.start())
            path, _, anchor = target.partition("#")
            file = os.path.normpath(os.path.join(os.path.dirname(document.path), path)) if path else document.path
            if not os.path.exists(os.path.join(root, file)):
                yield number, f"the link {target} leads to no file"
            elif anchor and file not in documents:
                yield number, f"the link {target} has an anchor in what is no document"
            elif anchor and anchor not in documents[file].anchors():
                yield number, f"the link {target} leads to no heading of {file}"


class Names:
    """What of the project a document may name: files, and identifiers of the sources."""

    def __init__(self, root, files):
        self.files = set(files)
        self.folders = {folder for file in files for folder in folders_of(file)}
        self.top = {folder for folder in self.folders if "/" not in folder}
        self.base_names = {os.path.basename(file) for file in files}
        self.words, self.targets = set(), set()
        for file in files:
            if file.endswith((".h", ".cpp")):
                self.words.update(re.findall(r"\w+", read(root, file)))
            elif os.path.basename(file) == "CMakeLists.txt":
                self.targets.update(re.findall(r"[\w-]+", read(root, file)))

    def exists(self, path):
        path = path.rstrip("/")
        placeholder = re.sub(r"<[^>]*>|\*|\b[A-Z]{2,}\b|\bNNN\b", "\0", path)
        if "\0" in placeholder:
            pattern = re.compile(re.escape(placeholder).replace("\0", "[^/]*") + "(/|$)")
            return any(pattern.match(file) for file in self.files)
        return path in self.folders or any(path + ending in self.files for ending in ENDINGS)

    def missing(self, span):
        """What is wrong with each word of a span of code."""
        for word in re.findall(r"[^\s,;()\"'=]+", span):
            word = word.split(":")[0] if re.search(r":\d+$", word) else word
            if word.startswith("build/release/"):
                target = os.path.basename(word.rstrip("/")).removeprefix("test_")
                if target not in self.targets and word != "build/release/":
                    yield f"no build target makes {word}"
            elif "/" in word and word.split("/")[0] in self.top and not self.exists(word):
                yield f"no file is {word}"
            elif SOURCE_NAME.match(word) and word not in self.base_names and not re.match(r"[A-Z]{2,}\.|NNN", word):
                yield f"no file is called {word}"
            elif re.fullmatch(r"\w+(::\w+)+", word) and word.split("::")[-1] not in self.words:
                yield f"no source has the name {word}"


def unknown_names(document, names):
    for first, text in document.texts():
        for span in SPAN.finditer(text):
            for message in names.missing(span[2].replace("\n", " ")):
                yield first + text.count("\n", 0, span.start()), message
    for number, line in document.code():
        for word in re.findall(r"[^\s\"'=,]+", line):
            if "/" in word.rstrip("/") and (word.split("/")[0] in names.top or word.startswith("build/release/")):
                for message in names.missing(word):
                    yield number, message


def different_versions(root):
    """Where a file names another version, or another day of it, than CMakeLists.txt."""
    cmake = read(root, "CMakeLists.txt")
    version = re.search(r"^project\(mho VERSION (\S+)", cmake, re.M)[1]
    date = re.search(r"^set\(mho_RELEASE_DATE (\S+)\)", cmake, re.M)[1]
    minor = version.rsplit(".", 1)[0]
    for path, pattern, expected in (
        ("CITATION.cff", r"^version: (\S+)", version),
        ("CITATION.cff", r"^date-released: (\S+)", date),
        ("CHANGELOG.md", r"^## \[(\d\S*)\]", version),
        ("CHANGELOG.md", r"^## \[\d\S*\] - (\S+)", date),
        ("docs/release_notes.md", r"^## (\d+\.\d+)", minor),
        ("docs/install.md", r"/mho_([^_]+)_", version),
        ("docs/install.md", r"find_package\(mho (\S+) ", minor),
        ("docs/database.md", r"`(\d+\.\d+\.\d+)\+", version),
        ("tests/install/consumer/CMakeLists.txt", r"find_package\(mho (\S+) ", minor),
    ):
        found = re.search(pattern, read(root, path), re.M)
        if not found or found[1] != expected:
            yield f"{path} has {found[1] if found else 'nothing'} for {pattern}, CMakeLists.txt {expected}"


def folders_of(file):
    parts = file.split("/")[:-1]
    return ["/".join(parts[: i + 1]) for i in range(len(parts))]


def read(root, file):
    with open(os.path.join(root, file), encoding="utf-8", errors="replace") as stream:
        return stream.read()


def files_below(root):
    for folder, folders, files in os.walk(root):
        if folder == root:
            folders[:] = [name for name in folders if not name.startswith("build")]
        folders[:] = sorted(name for name in folders if not name.startswith((".", "__pycache__")))
        for name in sorted(files):
            yield os.path.relpath(os.path.join(folder, name), root)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--source", required=True)
    root = os.path.realpath(parser.parse_args().source)
    files = list(files_below(root))
    documents = {file: Document(root, file) for file in files if file.endswith(".md")}
    names = Names(root, files)
    faults = 0
    for path, document in sorted(documents.items()):
        found = list(broken_links(document, documents, root))
        if WRAPPED.match(path):
            found += list(wide_lines(document)) + list(unknown_names(document, names))
        for number, message in sorted(found):
            print(f"{path}:{number}: {message}")
        faults += len(found)
    for message in different_versions(root):
        print(message)
        faults += 1
    wrapped = sum(1 for path in documents if WRAPPED.match(path))
    if not wrapped:
        sys.exit(f"no documents below {root}")
    print(f"{len(documents)} documents, {wrapped} of them in columns and names: {faults} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
