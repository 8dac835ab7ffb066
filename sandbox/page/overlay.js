// What lies above the page: menus, dialogs, toasts, the picture viewer. All close with Esc.

import { $, h, icon } from "./dom.js";
import { t } from "./i18n.js";

let closeMenu = null;

/**
 * A menu beside `anchor`. `items`: {label, action, danger, icon} or null. `emoji`: quick reactions {list, chosen, pick}.
 */
export function menu(anchor, items, emoji) {
  const before = document.activeElement;
  if (closeMenu) closeMenu();
  const buttons = items.filter(Boolean).map((item) =>
    h("button.menu-item", { type: "button", role: "menuitem", class: item.danger ? "danger" : "", onclick: () => done(item.action) },
      item.checked === undefined ? null : h("span.menu-check", {}, item.checked ? "✓" : ""), item.label));
  const quick = emoji && h("div.menu-emoji", {}, emoji.list.map((one) =>
    h("button", { type: "button", role: "menuitem", class: emoji.chosen.includes(one) ? "chosen" : "", "aria-label": `${t("react")} ${one}`, onclick: () => done(() => emoji.pick(one)) }, one)));
  const box = h("div.menu", { role: "menu" }, quick, buttons);
  document.body.append(box);
  place(box, anchor);

  function close() {
    if (closeMenu !== close) return;
    closeMenu = null;
    box.remove();
    document.removeEventListener("pointerdown", outside, true);
    document.removeEventListener("keydown", keys, true);
    if (before && before.isConnected) before.focus({ preventScroll: true });
  }
  function done(action) {
    close();
    action();
  }
  function outside(event) {
    if (!box.contains(event.target)) close();
  }
  const keys = (event) => walk(event, [...box.querySelectorAll("button")], close);
  document.addEventListener("keydown", keys, true);
  document.addEventListener("pointerdown", outside, true);
  closeMenu = close;
  const first = $(".menu-item", box) || $("button", box);
  if (first) first.focus({ preventScroll: true });
}

function walk(event, buttons, close) {
  const steps = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };
  if (event.key === "Escape" || event.key === "Tab") {
    event.preventDefault();
    event.stopPropagation();
    close();
  } else if (event.key in steps) {
    event.preventDefault();
    const at = buttons.indexOf(document.activeElement) + steps[event.key];
    buttons[(at + buttons.length) % buttons.length].focus();
  }
}

function place(box, anchor) {
  const spot = anchor instanceof Element ? anchor.getBoundingClientRect() : { left: anchor.x, right: anchor.x, top: anchor.y, bottom: anchor.y };
  const { offsetWidth: width, offsetHeight: height } = box;
  const left = spot.left + width > innerWidth - 8 ? Math.max(8, spot.right - width) : spot.left;
  const top = spot.bottom + height > innerHeight - 8 ? Math.max(8, spot.top - height - 4) : spot.bottom + 4;
  box.style.left = `${left}px`;
  box.style.top = `${top}px`;
}

/** A modal box. Resolves with what `finish` was called with, null when it was left. */
function dialog(build) {
  return new Promise((resolve) => {
    const box = h("dialog.dialog");
    let answer = null;
    const finish = (value) => {
      answer = value;
      box.close();
    };
    build(box, finish);
    box.addEventListener("close", () => {
      box.remove();
      resolve(answer);
    });
    box.addEventListener("click", (event) => event.target === box && box.close());
    document.body.append(box);
    box.showModal();
  });
}

const actions = (...buttons) => h("div.dialog-actions", {}, buttons);
const plain = (label, action) => h("button.flat", { type: "button", onclick: action }, label);
const strong = (label, kind = "") => h("button.strong", { type: "submit", class: kind }, label);

export const alertBox = (text, title) =>
  dialog((box, finish) => {
    const form = h("form", { onsubmit: (event) => { event.preventDefault(); finish(true); } }, h("h2", {}, title), h("p", {}, text), actions(strong(t("ok"))));
    box.append(form);
  });

export const confirmBox = (text, label) =>
  dialog((box, finish) => {
    const form = h("form", { onsubmit: (event) => { event.preventDefault(); finish(true); } }, h("p", {}, text), actions(plain(t("cancel"), () => finish(null)), strong(label, "danger")));
    box.append(form);
  });

/** Ask for one line of text. */
export const askBox = (label, value, action) =>
  dialog((box, finish) => {
    const input = h("input", { type: "text", value, maxlength: "128", required: true, "aria-label": label, autofocus: true });
    const submit = (event) => {
      event.preventDefault();
      if (input.value.trim()) finish(input.value.trim());
    };
    box.append(h("form", { onsubmit: submit }, h("h2", {}, label), input, actions(plain(t("cancel"), () => finish(null)), strong(action))));
    queueMicrotask(() => input.select());
  });

/** Facts and buttons: rows [[name, value]], buttons [{label, value, danger}]. */
export const factsBox = (title, rows, buttons) =>
  dialog((box, finish) => {
    const facts = rows.map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]);
    const made = buttons.map((one) => h("button.flat", { type: "button", class: one.danger ? "danger" : "", onclick: () => finish(one.value) }, one.label));
    box.append(h("h2", {}, title), h("dl", {}, facts), h("div.dialog-actions.wrap", {}, made, plain(t("close"), () => finish(null))));
  });

export function openPhoto(url, name) {
  dialog((box, finish) => {
    box.classList.add("viewer");
    box.append(h("img", { src: url, alt: name }), h("button.viewer-close", { type: "button", "aria-label": t("close"), onclick: () => finish(null) }, icon("close")));
  });
}

/** A short word at the bottom that goes by itself. */
export function toast(text, kind = "") {
  const line = h("div.toast", { class: kind, role: "status" }, text);
  $("#toasts").append(line);
  setTimeout(() => line.classList.add("going"), 3600);
  setTimeout(() => line.remove(), 4000);
}

/** Run an order; its refusal becomes a toast. Resolves with undefined when refused. */
export async function attempt(work) {
  try {
    return await work();
  } catch (error) {
    toast(t("failed", { why: error.message }), "bad");
    return undefined;
  }
}
