"""What a browser makes of the pages of mho report.

usage: browser_test.py --mho PATH [--shots FOLDER]

Makes databases with one, two and a thousand runs, opens their pages from file:// in headless Chromium, and checks: the console stays silent and nothing
is fetched; the figures shown are those of the database; a click changes the selection in picture and table within 200 ms of the page's thread;
sorting, filtering and keys do what they say. --shots keeps pictures of the pages in light, dark and print, 800 and 1600 pixels wide. Without a browser it ends with code 77.
"""

import argparse
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import browser as browsers  # noqa: E402

PREFIX = {"a": 1e-18, "f": 1e-15, "p": 1e-12, "n": 1e-9, "µ": 1e-6, "m": 1e-3, "": 1, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15}
failures = []


def check(holds, what):
    if not holds:
        failures.append(what)
    print(("ok      " if holds else "FAILED  ") + what)


def value_of(text, unit):
    """"24.76 nJ" as a number in the unit, and half of its last digit."""
    match = re.fullmatch(r"(-?[\d.]+)(?:e([-+]\d+))?\s*(.*)", text.strip())
    number, exponent, behind = match.groups()
    if unit == "%":
        scale = 0.01
        rest = behind.replace("%", "").strip()
    else:
        rest = behind.removesuffix(unit).strip() if behind != unit else ""
        scale = PREFIX[rest]
        rest = ""
    assert rest == "", text
    scale *= 10.0 ** int(exponent or 0)
    digits = len(number.partition(".")[2])
    return float(number) * scale, 0.5 * 10.0**-digits * scale


def shows(text, unit, stored, what):
    """Four digits at the most are shown; less where the last ones are 0."""
    shown, half = value_of(text, unit)
    room = max(half, 0.5 * 10.0 ** -3 * abs(stored)) if half > 1e-3 * abs(stored) else half
    check(abs(shown - stored) <= room * (1 + 1e-6) and abs(shown - stored) <= 6e-4 * abs(stored) + (half if unit == "%" else 0), f"{what}: {text} is {stored:.6g}")


def mho(program, folder, *arguments):
    outcome = subprocess.run([program, *arguments], cwd=folder, capture_output=True, text=True)
    if outcome.returncode != 0:
        sys.exit(f"mho {' '.join(arguments)}: {outcome.stderr}")
    return outcome.stdout


def many_runs(path, count):
    """Copies of run 1 with figures of their own, in every table."""
    database = sqlite3.connect(path)
    tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    columns = {name: [row[1] for row in database.execute(f"PRAGMA table_info({name})")] for name in tables}
    database.execute("CREATE TEMP TABLE number AS WITH RECURSIVE n(k) AS (SELECT 2 UNION ALL SELECT k + 1 FROM n WHERE k < ?) SELECT k FROM n", (count,))
    database.execute("DELETE FROM run WHERE id <> 1")
    for name in tables:
        key = "id" if name == "run" else "run"
        if key not in columns[name]:
            continue
        if name != "run":
            database.execute(f"DELETE FROM {name} WHERE run <> 1")
        others = ", ".join(f'"{column}"' for column in columns[name] if column not in (key, "uid"))
        database.execute(f'INSERT INTO {name} ({key}, {others}) SELECT k, {others} FROM {name}, number WHERE {key} = 1')
    database.execute("UPDATE run SET latency_s = latency_s * (1 + (id * 37 % 101) * 0.0123), energy_per_inference_j = energy_per_inference_j * (0.5 + (id * 61 % 499) * 0.004)")
    database.execute("UPDATE accuracy SET value = value - 0.0003 * (run * 7 % 211)")
    database.execute("UPDATE setting SET value = 4 + run % 5 WHERE key = 'tile.adc.bits'")
    database.commit()
    database.close()


FIGURES = [("latency_s", "s"), ("throughput_per_s", "/s"), ("energy_per_inference_j", "J"), ("average_power_w", "W"), ("area_mm2", "mm²"), ("tops_per_watt", "TOPS/W"),
           ("last_accuracy", "%"), ("first_accuracy", "%")]

TEXT_OF = "document.querySelector('[data-figure=\"%s\"]').textContent"


def one_run(browser, folder, shots):
    page = browser.open(os.path.join(folder, "one.html"), width=1600)
    check(page.errors() == [], f"one run: the console is silent {page.errors()}")
    database = sqlite3.connect(os.path.join(folder, "results.db"))
    database.row_factory = sqlite3.Row
    run = database.execute("SELECT * FROM v_run WHERE run = 1").fetchone()
    for key, unit in FIGURES:
        shows(page.evaluate(TEXT_OF % key), unit, run[key], f"one run: {key}")
    check(page.evaluate(TEXT_OF % "tiles").startswith(f"{run['tiles']} of"), "one run: tiles")
    # Every layer, component and parameter is there; the warnings and the command too.
    text = page.evaluate("document.querySelector('main').textContent")
    for (name,) in database.execute("SELECT name FROM layer UNION SELECT component FROM component UNION SELECT key FROM parameter UNION SELECT name FROM stage"):
        if name not in text:
            check(False, f"one run: {name} is named")
    for (command,) in database.execute("SELECT command FROM run WHERE id = 1"):
        check(command in text, "one run: the command")
    rows = page.evaluate("[...document.querySelectorAll('section')].find((one) => one.ariaLabel === 'Layers: losses at their tiles').querySelectorAll('tbody tr').length")
    check(rows == database.execute("SELECT count(*) FROM layer WHERE run = 1").fetchone()[0], "one run: rows of the layers")
    energies = page.evaluate("[...document.querySelectorAll('section')].find((one) => one.ariaLabel === 'Layers: losses at their tiles')"
                             ".querySelectorAll('tbody tr').values().map((row) => [row.cells[0].textContent, row.cells[7].textContent]).toArray()")
    for name, shown in energies:
        shows(shown, "J", database.execute("SELECT energy_j FROM layer WHERE run = 1 AND name = ?", (name,)).fetchone()[0], f"one run: energy of {name}")
    # When layers work, and what more of a resource would bring.
    rows_of = ("[...document.querySelectorAll('section')].find((one) => one.ariaLabel === '%s').querySelectorAll('tbody tr').values()"
               ".map((row) => [...row.cells].map((cell) => cell.textContent)).toArray()")
    times = database.execute("SELECT name, begin_s, end_s, working_s, latency_s, latency_working_s, latency_waiting_s FROM v_layer_time WHERE run = 1 ORDER BY number").fetchall()
    shown = page.evaluate(rows_of % "Latency by layer, one inference alone")
    check([row[0] for row in shown] == [row["name"] for row in times], "one run: rows of the times of layers")
    for texts, row in zip(shown, times):
        for text_of, value in zip(texts[1:], tuple(row)[1:]):
            shows(text_of, "s", value, f"one run: times of {row['name']}")
    bars = page.evaluate("[...document.querySelectorAll('section')].find((one) => one.ariaLabel === 'Pipeline over time').querySelectorAll('svg').values()"
                         ".map((one) => [...one.querySelectorAll('g')].map((row) => row.querySelectorAll('rect').length)).toArray()")
    check(len(bars) == 2 and all(len(rows) == len(times) and min(rows) > 0 for rows in bars), f"one run: a row of the pipeline for each layer, {bars}")
    more = page.evaluate(rows_of % "What more of a resource would bring")
    stored = database.execute("SELECT resource || change, round(area_percent, 1) FROM v_marginal WHERE run = 1 AND number > 0 ORDER BY number").fetchall()
    check([(row[0], float(row[3].removesuffix(" %").replace("−", "-"))) for row in more] == [tuple(row) for row in stored], "one run: what more of a resource would bring")
    # Chips of the picture of accuracies: a faint line each.
    lines = page.evaluate("[...document.querySelectorAll('section')].find((one) => one.ariaLabel === 'Accuracy over time').querySelectorAll('path[stroke-opacity]').length")
    check(lines == run_repeats(database), "one run: a line for each programmed chip")
    # A choice of colours changes the floorplan.
    nodes = "[...document.querySelectorAll('section')].find((one) => one.ariaLabel === 'Floorplan').querySelector('svg').outerHTML"
    before = page.evaluate(nodes)
    page.evaluate("(() => { const choice = document.querySelector('[aria-label=\"colour of nodes\"]'); choice.value = 'energy'; choice.dispatchEvent(new Event('change')); })()")
    check(page.evaluate(nodes) != before, "one run: the floorplan is coloured by energy")
    # The filter of parameters.
    page.evaluate("(() => { const box = document.querySelector('[aria-label=\"filter of parameters\"]'); box.value = 'adc bits'; box.dispatchEvent(new Event('input')); })()")
    found = page.evaluate("[...document.querySelectorAll('section')].find((one) => one.ariaLabel === 'Parameters').querySelectorAll('tbody tr').values().map((row) => row.cells[0].textContent).toArray()")
    check("tile.adc.bits" in found and all("adc" in key for key in found), "one run: the filter of parameters")
    check(page.evaluate("[...document.querySelectorAll('svg')].every((one) => one.ariaLabel || one.getAttribute('aria-hidden'))"), "one run: every picture says what it shows")
    for width in (800, 1600):
        page.size(width, 900)
        page.settle()
        check(page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"one run: nothing is wider than {width} pixels")
        small = page.evaluate("Math.min(...[...document.querySelectorAll('section svg')].map((one) => 13 * one.getBoundingClientRect().width / one.viewBox.baseVal.width))")
        check(small >= 9.5, f"one run: letters of pictures are {small:.1f} pixels high at {width}")
    check(page.errors() == [], f"one run: the console stayed silent {page.errors()}")
    pictures(browser, folder, shots, "one")


def run_repeats(database):
    return database.execute("SELECT repeats FROM run WHERE id = 1").fetchone()[0]


def two_runs(browser, folder, shots):
    page = browser.open(os.path.join(folder, "two.html"), width=1600)
    check(page.errors() == [], f"two runs: the console is silent {page.errors()}")
    database = sqlite3.connect(os.path.join(folder, "results.db"))
    table = "[...document.querySelectorAll('section')].find((one) => one.ariaLabel === '%s').querySelectorAll('tbody tr').values().map((row) => [...row.cells].map((cell) => cell.textContent)).toArray()"
    changed = {row[0]: row[1:3] for row in page.evaluate(table % "What changed")}
    stored = {key: [str(a), str(b)] for key, a, b in database.execute(
        "SELECT a.key, a.value, b.value FROM parameter a JOIN parameter b ON a.key = b.key AND a.run = 1 AND b.run = 2 WHERE a.value <> b.value")}
    check({key: [text.split()[0] for text in texts] for key, texts in changed.items() if "." in key} == stored, f"two runs: what changed, {stored}")
    did = {row[0]: row for row in page.evaluate(table % "What it did")}
    for title, column, unit in (("energy per inference", "energy_per_inference_j", "J"), ("area", "area_mm2", "mm²")):
        a, b = (value for (value,) in database.execute(f"SELECT {column} FROM run WHERE id < 3 ORDER BY id"))
        for k, value in ((1, a), (2, b)):
            shows(did[title][k].split(" (")[0], unit, value, f"two runs: {title}")
        shows(did[title][3], "×", b / a, f"two runs: ratio of {title}")
        check(("better" in did[title][4]) == (b < a), f"two runs: verdict on {title}")
    # Differences chip by chip, computed here from the table of accuracies.
    for age, seconds in (("1 s", 1.0), ("1 y", 31536000.0)):
        pairs = database.execute("SELECT b.value - a.value FROM accuracy a JOIN accuracy b USING (time_s, repeat) WHERE a.run = 1 AND b.run = 2 AND time_s = ?", (seconds,)).fetchall()
        mean = sum(value for (value,) in pairs) / len(pairs)
        row = next(row for row in page.evaluate(table % "Accuracy, chip by chip") if row[0] == age)
        check(abs(float(row[1].split()[0]) - 100 * mean) <= 0.006 + 6e-4 * abs(100 * mean), f"two runs: difference after {age}, {row[1]}")
    check(page.errors() == [], f"two runs: the console stayed silent {page.errors()}")
    pictures(browser, folder, shots, "two")


def thousand_runs(browser, folder, shots):
    path = os.path.join(folder, "many.html")
    check(os.path.getsize(path) < 1_000_000, f"1000 runs: {os.path.getsize(path)} bytes")
    page = browser.open(path, width=1600)
    check(page.errors() == [], f"1000 runs: the console is silent {page.errors()}")
    database = sqlite3.connect(os.path.join(folder, "many.db"))
    check(page.evaluate("document.querySelectorAll('#front .point').length") == 1000, "1000 runs: a point each")
    # The front, found here by brute force.
    rows = database.execute("SELECT run, energy_per_inference_j, last_accuracy FROM v_run").fetchall()
    front = {a[0] for a in rows if not any(b[1] <= a[1] and b[2] >= a[2] and (b[1] < a[1] or b[2] > a[2]) for b in rows)}
    shown = set(map(int, page.evaluate("[...document.querySelectorAll('#front .point.front')].map((one) => one.dataset.run)")))
    check({(x, y) for run, x, y in rows if run in front} == {(x, y) for run, x, y in rows if run in shown}, f"1000 runs: {len(shown)} on the front")
    # A click on a point: chosen in picture, table and list, and how long until it is on the screen.
    where = page.evaluate("(() => { const box = document.querySelector('#front .point.front').getBoundingClientRect(); return [box.x + box.width / 2, box.y + box.height / 2, "
                          "document.querySelector('#front .point.front').dataset.run]; })()")
    slowest = 0
    for _ in range(5):
        begun = page.busy_ms()
        page.click(where[0], where[1])
        page.settle()
        slowest = max(slowest, page.busy_ms() - begun)
    check(0 < slowest < 200, f"1000 runs: a click is on the screen after {slowest:.0f} ms of the page's thread")
    chosen = "[document.querySelector('#front .point.chosen')?.dataset.run, document.querySelector('#runs tr.chosen')?.dataset.run, document.querySelector('#chosen a')?.hash]"
    check(page.evaluate(chosen) == [where[2], where[2], f"#run-{where[2]}"], f"1000 runs: run {where[2]} is chosen everywhere")
    # A row, and then two runs to compare.
    page.evaluate("document.querySelector('#runs tr[data-run=\"7\"] td:nth-child(3)').click()")
    check(page.evaluate("[...document.querySelectorAll('#chosen a')].some((one) => one.hash.startsWith('#compare-'))"), "1000 runs: two of them can be compared")
    page.evaluate("document.querySelector('#chosen button').click()")
    check(page.evaluate("document.querySelectorAll('.chosen').length") == 0, "1000 runs: the selection is cleared")
    # Sorting, by number and back.
    order = "[...document.querySelectorAll('#runs tbody tr')].map((row) => Number(row.dataset.run))"
    column = "document.querySelector('#runs th[data-column=\"%s\"] button').click()"
    begun = page.busy_ms()
    page.evaluate(column % "energy_per_inference_j")
    page.settle()
    took = page.busy_ms() - begun
    check(0 < took < 200, f"1000 runs: sorted after {took:.0f} ms of the page's thread")
    energy = {run: joule for run, joule, _ in rows}
    check([energy[run] for run in page.evaluate(order)] == sorted(energy.values())[:200], "1000 runs: the first 200 by energy")
    page.evaluate(column % "energy_per_inference_j")
    check([energy[run] for run in page.evaluate(order)] == sorted(energy.values(), reverse=True)[:200], "1000 runs: and the other way round")
    page.evaluate("[...document.querySelectorAll('button')].find((one) => one.textContent.startsWith('show all 1000')).click()")
    check(len(page.evaluate(order)) == 1000, "1000 runs: all rows when they are asked for")
    # A filter, by the names of the database.
    def filtered(text):
        page.evaluate(f"(() => {{ const box = document.querySelector('#filter'); box.value = {text!r}; box.dispatchEvent(new Event('input')); }})()")
        return page.evaluate("[...document.querySelectorAll('#runs tbody tr')].filter((row) => !row.hidden).length"), page.evaluate("document.querySelectorAll('#front .point').length")
    wanted = database.execute("SELECT count(*) FROM v_run JOIN parameter p USING (run) WHERE energy_per_inference_j < 2e-8 AND p.key = 'tile.adc.bits' AND p.value = 6").fetchone()[0]
    check(filtered("energy_per_inference_j<2e-8 tile.adc.bits=6") == (wanted, wanted) and wanted > 0, f"1000 runs: a filter leaves {wanted}")
    check(filtered("nothing is called so") == (0, 0), "1000 runs: a filter that leaves none")
    check(filtered("") == (1000, 1000), "1000 runs: no filter")
    # Other axes; the figures of a row are those of the database.
    page.evaluate("(() => { const choice = document.querySelector('#choose-x'); choice.value = 'set tile.adc.bits'; choice.dispatchEvent(new Event('change')); })()")
    check("no front" in page.evaluate("document.querySelector('main').textContent"), "1000 runs: a setting has no better end")
    heads = page.evaluate("[...document.querySelectorAll('#runs th')].map((one) => one.dataset.column)")
    cells = page.evaluate("[...document.querySelector('#runs tr[data-run=\"123\"]').cells].map((one) => one.textContent)")
    run = dict(zip([column[0] for column in database.execute("SELECT * FROM v_run LIMIT 0").description], database.execute("SELECT * FROM v_run WHERE run = 123").fetchone()))
    for key, unit in FIGURES:
        if key in heads:
            shows(cells[heads.index(key)], unit, run[key], f"1000 runs: {key} of run 123")
    # By keys: to the first point, the next, choose it, open its page.
    page.evaluate("document.querySelector('#front').focus()")
    page.key("ArrowRight")
    page.key("ArrowRight")
    page.key("Enter")
    page.settle()
    check(page.evaluate("document.querySelectorAll('#front .point.chosen').length") == 1, "1000 runs: chosen by keys")
    check(not page.evaluate("document.querySelector('#tip').hidden"), "1000 runs: the point that keys reach is named")
    number = page.evaluate("document.querySelector('#chosen a').hash.slice(5)")
    page.evaluate("document.querySelector('#chosen a').focus()")
    page.key("Enter")
    page.settle()
    check(page.evaluate("document.querySelector('h1').textContent").startswith(f"Run {number}:"), "1000 runs: from a point to its run")
    shows(page.evaluate(TEXT_OF % "energy_per_inference_j"), "J", energy[int(number)], "1000 runs: the figure of that run")
    check(page.errors() == [], f"1000 runs: the console stayed silent {page.errors()}")
    pictures(browser, folder, shots, "many")


def refused_runs(browser, folder, shots):
    page = browser.open(os.path.join(folder, "results.html"), width=1280)
    check(page.errors() == [], f"refused runs: the console is silent {page.errors()}")
    check(page.evaluate("document.querySelectorAll('#front .point').length") == 2, "refused runs: no point in the picture")
    check(page.evaluate("document.querySelectorAll('#runs tbody tr').length") == 3, "refused runs: a row in the table")
    check(page.evaluate("[...document.querySelectorAll('button')].filter((one) => one.textContent.startsWith('show all') && one.checkVisibility()).length") == 0,
          "refused runs: all rows are shown, so none is to be asked for")
    check(page.evaluate("[...document.querySelectorAll('#runs th')].map((one) => one.dataset.column)").count("tag sweep") == 1, "refused runs: a tag is a column")
    page.evaluate("location.hash = '#run-3'")
    page.settle()
    reason = sqlite3.connect(os.path.join(folder, "results.db")).execute("SELECT reason FROM run WHERE id = 3").fetchone()[0]
    check(reason in page.evaluate("document.querySelector('.warning').textContent"), "refused runs: the reason is said")
    page.evaluate("location.hash = '#compare-1-3'")
    page.settle()
    check("the network needs" in page.evaluate("document.querySelector('main').textContent"), "refused runs: compared with another run")
    check(page.errors() == [], f"refused runs: the console stayed silent {page.errors()}")


def pictures(browser, folder, shots, name):
    """What a person should look at."""
    if not shots:
        return
    for width in (800, 1600):
        for dark in (False, True):
            page = browser.open(os.path.join(folder, name + ".html"), width=width, dark=dark)
            page.screenshot(os.path.join(shots, f"{name}_{width}_{'dark' if dark else 'light'}.png"))
    page.pdf(os.path.join(shots, name + ".pdf"))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--mho", required=True)
    parser.add_argument("--shots")
    arguments = parser.parse_args()
    arguments.mho = os.path.realpath(arguments.mho)
    if browsers.program() is None:
        print("no browser: this test needs Chromium (Debian: chromium)")
        return 77
    if arguments.shots:
        os.makedirs(arguments.shots, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="mho-page-") as folder:
        for bits in ("8", "6"):
            mho(arguments.mho, folder, "run", "--repeats", "5", "--samples", "200", "--set", "tile.adc.bits=" + bits, "--tag", "sweep=bits")
        mho(arguments.mho, folder, "db", "improve", "1")
        mho(arguments.mho, folder, "report", "--run", "1", "--out", "one.html")
        mho(arguments.mho, folder, "report", "--runs", "1,2", "--out", "two.html")
        shutil.copy(os.path.join(folder, "results.db"), os.path.join(folder, "many.db"))
        many_runs(os.path.join(folder, "many.db"), 1000)
        mho(arguments.mho, folder, "report", "many.db", "--out", "many.html")
        refused = subprocess.run([arguments.mho, "simulate", "--set", "chip.mesh.width=1"], cwd=folder, capture_output=True, text=True)
        check(refused.returncode == 4, "a network that does not fit is refused")
        mho(arguments.mho, folder, "report", "--out", "results.html")
        with browsers.Browser() as browser:
            one_run(browser, folder, arguments.shots)
            two_runs(browser, folder, arguments.shots)
            thousand_runs(browser, folder, arguments.shots)
            refused_runs(browser, folder, arguments.shots)
    print(f"{len(failures)} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
