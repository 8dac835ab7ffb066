// A scrolling list of messages that grows at the end, keeps its place, and touches only the rows that changed.

import { h, icon, scheduled } from "./dom.js";
import { day, dayKey, t } from "./i18n.js";

const WINDOW = 150;
const NEAR_END = 80;
const SAME_BREATH = 420;

const sameBreath = (before, row) =>
  before.dataset.from === row.dataset.from
  && row.dataset.date - before.dataset.date < SAME_BREATH
  && !row.classList.contains("service")
  && !before.classList.contains("service");

/**
 * `box` scrolls. `draw(key)` makes the row of a message. `hooks.end` is called while the newest message is in sight.
 */
export class Timeline {
  constructor(box, hooks = {}) {
    this.box = box;
    this.hooks = hooks;
    this.keys = [];
    this.rows = new Map();
    this.from = 0;
    this.inner = h("div.rows", { role: "log", "aria-live": "off" });
    this.down = h("button.jump-down", { type: "button", hidden: true, onclick: () => this.toEnd(true) }, icon("down"));
    box.append(this.inner);
    box.after(this.down);
    this.stuck = true;
    this.settle = scheduled(() => this.afterChange());
    box.addEventListener("scroll", () => this.scrolled(), { passive: true });
    new ResizeObserver(() => this.stuck && this.toEnd()).observe(this.inner);
    new ResizeObserver(() => this.stuck && this.toEnd()).observe(box);
  }

  /** Show other messages, the newest at the bottom. */
  show(keys, draw) {
    this.keys = [...keys];
    this.draw = draw;
    this.rows.clear();
    this.inner.replaceChildren();
    this.from = Math.max(0, this.keys.length - WINDOW);
    this.inner.append(...this.range(this.from, this.keys.length));
    this.down.setAttribute("aria-label", t("jump_down"));
    this.stuck = true;
    this.dress();
    this.toEnd();
  }

  range(from, to) {
    return this.keys.slice(from, to).map((key) => this.make(key));
  }

  make(key) {
    const row = this.draw(key);
    this.rows.set(key, row);
    return row;
  }

  add(key) {
    this.keys.push(key);
    const row = this.make(key);
    row.classList.add("arriving");
    this.inner.append(row);
    this.settle();
  }

  /** Draw a row anew in its place. */
  update(key) {
    const old = this.rows.get(key);
    if (!old) return;
    const row = this.make(key);
    for (const name of ["first", "last"]) row.classList.toggle(name, old.classList.contains(name));
    const held = old.contains(document.activeElement);
    old.replaceWith(row);
    if (held) row.focus({ preventScroll: true });
    this.settle();
  }

  remove(key) {
    this.keys = this.keys.filter((one) => one !== key);
    const row = this.rows.get(key);
    if (!row) return;
    row.remove();
    this.rows.delete(key);
    this.settle();
  }

  afterChange() {
    this.dress();
    if (this.stuck) this.toEnd();
    else this.down.hidden = false;
  }

  /** Day marks between days; first and last of what one person says in one breath. */
  dress() {
    let before = null;
    let mark = null;
    for (const row of [...this.inner.children]) {
      if (row.classList.contains("day")) {
        if (mark) mark.remove();
        mark = row;
        continue;
      }
      const newDay = !before || dayKey(before.dataset.date) !== dayKey(row.dataset.date);
      const breath = !newDay && sameBreath(before, row);
      row.classList.toggle("first", !breath);
      if (before) before.classList.toggle("last", !breath);
      if (newDay && !mark) row.before(h("div.day", {}, h("span.pill", {}, day(Number(row.dataset.date)))));
      if (!newDay && mark) mark.remove();
      mark = null;
      before = row;
    }
    if (mark) mark.remove();
    if (before) before.classList.add("last");
  }

  scrolled() {
    const { box } = this;
    this.stuck = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_END;
    if (this.stuck) {
      this.down.hidden = true;
      if (this.hooks.end) this.hooks.end();
    }
    if (box.scrollTop < 200 && this.from > 0) this.earlier();
  }

  earlier() {
    const { box } = this;
    const distance = box.scrollHeight - box.scrollTop;
    const to = this.from;
    this.from = Math.max(0, to - WINDOW);
    this.inner.prepend(...this.range(this.from, to));
    this.dress();
    box.scrollTop = box.scrollHeight - distance;
  }

  toEnd(smooth = false) {
    this.stuck = true;
    this.down.hidden = true;
    this.box.scrollTo({ top: this.box.scrollHeight, behavior: smooth ? "smooth" : "instant" });
    if (this.hooks.end) this.hooks.end();
  }

  /** Bring a message into sight and let it shine. */
  jump(key) {
    while (!this.rows.has(key) && this.from > 0 && this.keys.includes(key)) this.earlier();
    const row = this.rows.get(key);
    if (!row) return;
    row.scrollIntoView({ block: "center", behavior: "smooth" });
    row.classList.remove("shine");
    requestAnimationFrame(() => row.classList.add("shine"));
  }
}
