#!/usr/bin/python3
"""Makes Benchmarks/Results of one run of the benchmarks: README.md, and pictures by gnuplot.

usage: make-page.py JSON FOLDER
"""
import json
import pathlib
import subprocess
import sys
import time

COLOURS = {"crunchstat": "#c0392b", "bare loop": "#2c7fb8", "floor": "#2c7fb8"}


def plot(path, title, axes, curves, key="right top"):
    """Draws curves: (name, points, gnuplot's style); `axes` is a list of gnuplot's commands."""
    script = [
        "set terminal svg size 760,420 font 'sans-serif,13' background '#ffffff'",
        f"set output '{path}'", f"set title '{title}'", "set grid lc '#dddddd'", f"set key {key}",
        "set border 3", "set tics nomirror", *axes,
    ]
    for number, (_, points, _) in enumerate(curves):
        script += [f"$data{number} << EOD", *(" ".join(map(str, point)) for point in points), "EOD"]
    script.append("plot " + ", ".join(
        f"$data{number} using 1:2 with {style} lc '{COLOURS[name.split(',')[0]]}' title '{name}'"
        for number, (name, _, style) in enumerate(curves)))
    subprocess.run(["gnuplot"], input="\n".join(script), text=True, check=True)


def draw(run, folder):
    """Returns what was drawn: the file's name and what it shows."""
    series, drawn = run["series"], []

    def add(name, text, *arguments, **others):
        plot(folder / name, text, *arguments, **others)
        drawn.append((name, text))

    for state, words in (("idle", "idle machine"), ("busy", "every core busy")):
        curves = [(who, series.get(f"lateness {state}, {who}"), "steps lw 2")
                  for who in ("crunchstat", "bare loop")]
        if all(points for _, points, _ in curves):
            add(f"lateness-{state}.svg", f"Lateness at 10 ms, {words}: share of polls that come later",
                ["set logscale xy", "set xlabel 'us after the deadline'", "set ylabel 'share of polls'",
                 "set format y '10^{%T}'"], curves)
    points = series.get("cost by period")
    if points:
        add("cost-by-period.svg", "CPU time per poll, by period",
            ["set logscale x", "set xlabel 'ms from poll to poll'", "set ylabel 'us per poll'",
             "set yrange [0:*]"],
            [("crunchstat", [(p[0], p[1]) for p in points], "linespoints pt 7 lw 2"),
             ("floor", [(p[0], p[2]) for p in points], "linespoints pt 7 lw 2")], key="right bottom")
    points = series.get("cost by bytes")
    if points:
        add("cost-by-bytes.svg", "Time of a poll, by bytes read",
            ["set xlabel 'bytes read'", "set ylabel 'us per poll'", "set yrange [0:*]"],
            [("crunchstat", [(p[0], p[1]) for p in points], "linespoints pt 7 lw 2"),
             ("floor", [(p[0], p[2]) for p in points], "linespoints pt 7 lw 2")], key="left top")
    return drawn


def table(rows):
    def line(cells):
        return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
    return [line(rows[0]), "|" + "---|" * len(rows[0]), *map(line, rows[1:])]


def section(part):
    """A section of the run: what it says it did, its tables, its remarks."""
    text = [f"### {part['title']}", ""]
    for piece in part["parts"]:
        if isinstance(piece, str):
            text += [piece.replace("<", "&lt;"), ""]
        else:
            text += [*table(piece), ""]
    return text


def page(run, drawn):
    made = time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(run["made"]))
    machine = run["machine"]
    met = sum(row["verdict"] == "met" for row in run["rows"])
    text = [
        "# What crunchstat costs", "",
        "Made by `make benchmark-page` from one run; not written by hand.", "",
        *table([["", ""], ["made", f"{made}, in {run['seconds']} s"], *([k, v] for k, v in machine.items())]), "",
    ]
    if run["quick"] == "yes":
        text += ["**A quick run: too few rounds for any verdict to be relied on.**", ""]
    text += [
        "## What was reached", "",
        f"{met} of {len(run['rows'])} bounds are met. A bound is `met` where all of the 95 % interval of the",
        "median keeps it, and `NOT met` where none of it does; in between, the rounds differ too much to say.",
        "A *wide spread* is an interval of more than a fifth of its value; what is counted once has none.",
        "*Floor* is the least that the same can cost: a loop in C that waits, reads and writes as much; a bare",
        "clock_nanosleep loop for lateness; a static C program for the start; cat for stderr. What a start takes",
        "is told over what `true` takes; with groups over what the C program takes, and that is the floor.",
        "",
        *table([run["heading"], *(row["cells"] for row in run["rows"])]), "",
    ]
    for row in run["rows"]:
        if row["obstacle"]:
            text += [f"{row['what']}: {row['obstacle']}.", ""]
    text += ["## Pictures", ""]
    for name, words in drawn:
        text += [f"![{words}]({name})", ""]
    text += [
        "## Method", "",
        "[ARCHITECTURE](../../ARCHITECTURE.md#measuring) says why the floor is a fair limit, and why what shares",
        "a window of time may. What each section did, and found:", "",
    ]
    for part in run["sections"]:
        text += section(part)
    return "\n".join(text).rstrip() + "\n"


def main():
    run = json.loads(pathlib.Path(sys.argv[1]).read_text())
    folder = pathlib.Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.svg"):
        old.unlink()
    (folder / "README.md").write_text(page(run, draw(run, folder)))


if __name__ == "__main__":
    main()
