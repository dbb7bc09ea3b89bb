"""Opens every page of an exported course in headless Chromium and uses it as a reader would.

    check.py COURSE                      # COURSE is what `diffuse export html --out COURSE` wrote
    check.py COURSE --pictures FOLDER    # and keeps screenshots of every page: light, dark, phone

What is wrong is listed, and the exit code is 1.
"""

import argparse
import pathlib
import sys
import time

from browser import Browser

problems = []


def expect(condition, message):
    if not condition:
        problems.append(message)


# What a page must be for every reader: run in the page, gives a list of complaints.
SOUND = r"""
const complaints = [];
const expect = (condition, message) => { if (!condition) complaints.push(message); };
const all = (selector) => [...document.querySelectorAll(selector)];
expect(document.documentElement.lang === "en", "no language");
expect(document.title.length > 10, "no title");
expect(all("h1").length === 1, "not one h1");
expect(all("main").length === 1 && all("header").length === 1 && all("nav[aria-label]").length >= 1, "landmarks are missing");
let level = 1;
for (const heading of all("h1,h2,h3,h4,h5,h6")) {
  expect(Number(heading.tagName[1]) <= level + 1, "heading skips a level: " + heading.textContent);
  level = Number(heading.tagName[1]);
}
const ids = all("[id]").map((element) => element.id);
expect(new Set(ids).size === ids.length, "ids twice: " + ids.filter((id, n) => ids.indexOf(id) !== n).slice(0, 3));
for (const link of all("a[href^='#']")) expect(document.getElementById(link.hash.slice(1)), "dead link " + link.hash);
for (const figure of all("figure.art svg")) {
  const [title, description] = figure.getAttribute("aria-labelledby").split(" ").map((id) => document.getElementById(id));
  expect(title?.textContent && description?.textContent.length > 10, "a figure has no words: " + title?.textContent);
  for (const use of figure.querySelectorAll("use"))
    expect(document.getElementById(use.getAttribute("href").slice(1)), "a glyph is missing in " + title?.textContent);
}
for (const control of all("button, input, output[for], [role=region]")) {
  const name = control.getAttribute("aria-label") || control.labels?.[0]?.textContent || control.textContent;
  expect(name?.trim(), "no name: " + control.outerHTML.slice(0, 80));
}
for (const math of all("math")) expect(math.getBoundingClientRect().width > 0 || !math.checkVisibility(), "a formula is empty");
for (const entry of performance.getEntriesByType("resource")) expect(entry.name.startsWith("file:"), "asks for " + entry.name);
expect(document.documentElement.scrollWidth <= innerWidth, "wider than the window: " + document.documentElement.scrollWidth);
return complaints;
"""


def check_page(browser, path, where):
    browser.open(path)
    for complaint in browser.complaints() + browser.run(SOUND):
        problems.append(f"{path.name}, {where}: {complaint}")


def check_links(folder, browser, path):
    for target in browser.run("return [...document.querySelectorAll('a[href]')].map((a) => a.getAttribute('href'))"):
        if not target.startswith(("#", "http:", "https:")):
            expect((folder / target.split("#")[0]).exists(), f"{path.name}: {target} does not exist")


# --- What a reader does

def check_sliders(browser, path):
    count = browser.run("return document.querySelectorAll('.slider').length")
    for n in range(count):
        selector = f"document.querySelectorAll('.slider')[{n}]"
        figures = f"return [...{selector}.closest('.stage').querySelectorAll('figure')].map((f) => f.innerHTML)"
        texts = ("return [...document.querySelectorAll(`.value[data-values][data-stage=\"${" + selector
                 + ".dataset.stage}\"]`)].map((v) => v.textContent)")
        name = browser.run(f"return {selector}.dataset.key")
        before, said = browser.run(figures), browser.run(texts)
        stops = browser.run(f"return JSON.parse({selector}.dataset.values).length")
        start = browser.run(f"return Number({selector}.querySelector('input').value)")
        key = "\ue014" if start + 1 < stops else "\ue012"  # arrow right, arrow left
        back = "\ue012" if key == "\ue014" else "\ue014"
        browser.type(f"#slider-{name}", key)
        moved = await_change(browser, figures, before)
        expect(moved, f"{path.name}: the slider {name} does not move its figure")
        expect(not said or browser.run(texts) != said, f"{path.name}: the text does not follow the slider {name}")
        value = browser.run(f"return {selector}.querySelector('output').textContent")
        for place in (".command code", "input"):
            shown = browser.run(f"const e = {selector}.querySelector('{place}'); "
                                "return e.getAttribute('aria-valuetext') ?? e.textContent")
            expect(shown.endswith(value), f"{path.name}: the slider {name} says '{shown}' at {value}")
        problems.extend(f"{path.name}, slider {name}: {c}" for c in browser.run(SOUND))
        browser.type(f"#slider-{name}", back)
        expect(browser.run(figures) == before, f"{path.name}: the slider {name} does not come back")
    return count


def check_motion(browser, path):
    """Of the frames of a figure that moves, one is seen at a time, and not always the same."""
    seen = (
        "return [...document.querySelectorAll('svg')].map(svg => [...svg.querySelectorAll('[class$=-frame]')])"
        ".filter(frames => frames.length > 0 && frames[0].checkVisibility())"
        ".map(frames => frames.map((f, i) => getComputedStyle(f).visibility == 'visible' ? i : -1).filter(i => i >= 0))"
    )
    before = browser.run(seen)
    for number, frames in enumerate(before):
        expect(len(frames) == 1, f"{path.name}: moving figure {number} shows the frames {frames} at once")
    if before:
        expect(await_change(browser, seen, before), f"{path.name}: the figures that should move stand still")
    return len(before)


def await_change(browser, script, before):
    for _ in range(100):
        if browser.run(script) != before:
            return True
        time.sleep(0.05)
    return False


def check_theme(browser, path):
    colour = "return getComputedStyle(document.body).backgroundColor"
    shape = ("const r = document.querySelector('figure.art svg rect'); return r && getComputedStyle(r).fill")
    page, figure = browser.run(colour), browser.run(shape)
    expect(not figure or figure == page, f"{path.name}: the figure is {figure} on a page of {page}")
    browser.click("#theme")
    expect(browser.run(colour) != page, f"{path.name}: the button does not change the theme")
    expect(not figure or browser.run(shape) == browser.run(colour), f"{path.name}: figures keep their theme")
    both = browser.run("const i = [...document.querySelectorAll('svg image.l, svg image.d')];"
                       "const m = i.map((e) => getComputedStyle(e).display); return [i.length, "
                       "i.every((e, n) => (m[n] === 'none') === (e.classList.contains('d') !== "
                       "(document.documentElement.dataset.theme === 'dark')))]")
    expect(both[1], f"{path.name}: of {both[0]} pictures those of the other theme are shown")
    browser.click("#theme")
    expect(browser.run(colour) == page, f"{path.name}: the button does not change back")


def check_exercises(browser, path):
    """Right and wrong answers, sent as a reader sends them."""
    graded = browser.run(r"""
      return [...document.querySelectorAll('.exercise form')].map((form) => {
        const said = [];
        const send = () => { form.requestSubmit(); said.push(form.querySelector('output').textContent); };
        send();
        if ('choice' in form.dataset) {
          for (const value of ['0', '1']) { form.querySelector(`input[value="${value}"]`).checked = true; send(); }
        } else {
          for (const shift of [1, 0]) {
            form.answer.value = Number(form.dataset.number) + shift * (1 + 2 * Number(form.dataset.tolerance));
            send();
          }
        }
        return said;
      });""")
    for empty, wrong, right in graded:
        expect(empty and not empty.startswith("✓"), f"{path.name}: an empty answer gives '{empty}'")
        expect(wrong.startswith("✗"), f"{path.name}: a wrong answer gives '{wrong}'")
        expect(right.startswith("✓"), f"{path.name}: the right answer gives '{right}'")
    return len(graded)


def check_controls(browser, path):
    if browser.run("return !!document.querySelector('.copy')"):
        expect(browser.run("const b = document.querySelector('.copy'); b.click(); return true"), "")
        expect(browser.await_true("document.querySelector('.copy').textContent === 'copied'"),
               f"{path.name}: the copy button says nothing")
    if browser.run("return !!document.querySelector('.larger')"):
        count = "return document.querySelectorAll('figure.art svg').length"
        before = browser.run(count)
        browser.run("document.querySelector('.larger').click()")
        expect(browser.run("return !!document.querySelector('dialog[open] svg')"), f"{path.name}: no larger figure")
        browser.run("document.querySelector('dialog button').click()")
        expect(browser.await_true("!document.querySelector('dialog')") and browser.run(count) == before,
               f"{path.name}: the larger figure does not go back")


def check_keyboard(browser, path):
    browser.type("body", "\ue004")  # Tab
    expect(browser.run("return document.activeElement.className") == "skip", f"{path.name}: Tab does not reach the skip link")


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("course", type=pathlib.Path)
    arguments.add_argument("--pictures", type=pathlib.Path)
    options = arguments.parse_args()
    pages = sorted(options.course.glob("*.html"))
    expect(any(page.name == "index.html" for page in pages) and len(pages) > 1, f"{options.course} holds no course")
    if options.pictures:
        options.pictures.mkdir(parents=True, exist_ok=True)
    sliders = exercises = motions = 0
    for where, size, options_ in (("light", (1280, 900), {}), ("dark", (1280, 900), {"dark": True}),
                                  ("phone", (390, 844), {"phone": True})):
        with Browser(*size, **options_) as browser:
            for page in pages:
                check_page(browser, page, where)
                if options.pictures:
                    browser.picture(options.pictures / f"{page.stem}-{where}.png", whole=True)
                if where == "light":
                    check_keyboard(browser, page)
                    check_links(options.course, browser, page)
                    check_theme(browser, page)
                    sliders += check_sliders(browser, page)
                    motions += check_motion(browser, page)
                    exercises += check_exercises(browser, page)
                    check_controls(browser, page)
                    problems.extend(f"{page.name}, used: {c}" for c in browser.complaints())
    expect(sliders > 0, "no page has a slider")
    expect(exercises > 0, "no page has an exercise")
    expect(motions > 0, "no page has a figure that moves")
    for problem in problems:
        print(problem, file=sys.stderr)
    print(f"{len(pages)} pages, {sliders} sliders, {motions} moving figures, {exercises} exercises: {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
