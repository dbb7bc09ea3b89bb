"use strict";
// What a page does beyond being read: theme, copying, sliders, exercises, larger figures. Without it everything is still there
// to be read; the controls it needs are shown by it.
const course = (() => {
  const all = (selector, inside = document) => [...inside.querySelectorAll(selector)];

  // Theme: as the system has it until the reader chooses; the choice is kept.
  const root = document.documentElement;
  const isDark = () => root.dataset.theme
    ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  const kept = (value) => {
    try {
      if (value) localStorage.setItem("theme", value);
      return localStorage.getItem("theme");
    } catch { return null; }
  };
  if (kept()) root.dataset.theme = kept();

  function themeButton() {
    const button = document.getElementById("theme");
    const label = () => { button.textContent = isDark() ? "light" : "dark"; };
    button.hidden = false;
    button.addEventListener("click", () => {
      root.dataset.theme = isDark() ? "light" : "dark";
      kept(root.dataset.theme);
      label();
    });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", label);
    label();
  }

  // Copying; pages opened from a disk may not have the clipboard, so there is the old way too.
  async function copy(button) {
    const code = button.parentElement.querySelector("code");
    try {
      await navigator.clipboard.writeText(code.textContent);
    } catch {
      getSelection().selectAllChildren(code);
      document.execCommand("copy");
    }
    button.textContent = "copied";
    setTimeout(() => { button.textContent = "copy"; }, 1500);
  }

  // Sliders: the frames of a stage are in a file of their own, which the first movement loads.
  const waiting = new Map();
  const loaded = new Map();

  function slider(box) {
    const input = box.querySelector("input");
    const values = JSON.parse(box.dataset.values);
    const own = Number(input.value);
    const home = all(":scope > .part", box.parentElement);
    const ownParts = home.map((part) => part.innerHTML);
    const command = box.querySelector(".command code span");
    let shown = own;

    function show(frames) {
      const at = Number(input.value);
      if (at === shown) return;
      shown = at;
      home.forEach((part, n) => {
        const html = frames[at][n] ?? ownParts[n];
        if (part.shown === html) return;
        part.innerHTML = html;
        part.shown = html;
        largerButtons(part);
      });
      for (const value of all(`.value[data-stage="${box.dataset.stage}"][data-values]`)) {
        value.textContent = JSON.parse(value.dataset.values)[at];
        value.classList.toggle("changed", at !== own);
      }
    }

    input.addEventListener("input", () => {
      const value = values[Number(input.value)];
      box.querySelector("output").textContent = value;
      input.setAttribute("aria-valuetext", box.querySelector("label code").textContent + " = " + value);
      command.textContent = command.textContent.replace(/=.*/, "=" + value);
      withFrames(box, show);
    });
    box.hidden = false;
  }

  function withFrames(box, use) {
    const { key, file } = box.dataset;
    if (loaded.has(key)) return use(loaded.get(key));
    if (waiting.has(key)) return;
    waiting.set(key, use);
    const script = document.createElement("script");
    script.src = file;
    script.onerror = () => { waiting.delete(key); };
    document.head.append(script);
  }

  // Exercises: numbers within a tolerance, choices; formulas are for the program.
  function check(form) {
    const verdict = form.querySelector("output");
    const say = (right, text) => {
      verdict.className = right ? "right" : "wrong";
      verdict.textContent = text;
    };
    if ("choice" in form.dataset) {
      const chosen = form.querySelector("input:checked");
      if (!chosen) return say(false, "Choose one.");
      return chosen.value === "1" ? say(true, "✓ Right.") : say(false, "✗ Not that one.");
    }
    const text = form.answer.value.trim().replace("−", "-");
    const given = Number(/^[-+]?[1-9]\d{0,2}(,\d{3})+(\.\d+)?$/.test(text) ? text.replaceAll(",", "") : text.replace(",", "."));
    if (text === "" || !Number.isFinite(given)) return say(false, "A number, please.");
    const wanted = Number(form.dataset.number);
    if (Math.abs(given - wanted) <= Number(form.dataset.tolerance)) return say(true, "✓ Right.");
    say(false, given < wanted ? "✗ Too small." : "✗ Too large.");
  }

  // A figure by itself, as large as the window; a phone scrolls in it.
  function larger(button) {
    const art = button.closest("figure").querySelector("svg").parentElement;
    const dialog = document.createElement("dialog");
    const close = document.createElement("button");
    const pictures = all(":scope > svg", art);
    const place = document.createComment("");
    close.textContent = "close";
    close.addEventListener("click", () => dialog.close());
    art.insertBefore(place, pictures[0]);
    dialog.append(close, ...pictures);
    dialog.addEventListener("close", () => {
      place.replaceWith(...pictures);
      dialog.remove();
      button.focus();
    });
    document.body.append(dialog);
    dialog.showModal();
  }

  function largerButtons(inside) {
    for (const button of all(".larger", inside)) {
      button.hidden = false;
      button.addEventListener("click", () => larger(button));
    }
  }

  document.addEventListener("DOMContentLoaded", () => {
    themeButton();
    for (const button of all(".copy")) {
      button.hidden = false;
      button.addEventListener("click", () => copy(button));
    }
    all(".slider").forEach(slider);
    for (const form of all(".exercise form")) {
      form.hidden = false;
      all("button", form).forEach((button) => { button.hidden = false; });
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        check(form);
      });
    }
    largerButtons(document);
    const contents = document.querySelector(".contents");
    if (contents && matchMedia("(min-width: 92rem)").matches) contents.open = true;
  });

  return {
    frames(key, frames) {
      loaded.set(key, frames);
      waiting.get(key)?.(frames);
    },
  };
})();
