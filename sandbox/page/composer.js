// Where one writes: a growing field, what it answers or edits, attachments, command suggestions.

import { fill, h, icon } from "./dom.js";
import { menu } from "./overlay.js";
import { onLanguage, t } from "./i18n.js";

const MOST_LINES_PX = 168;

/**
 * `hooks`: send(text, context), attachments() → menu items, commands() → [{command, description}], hint() → placeholder,
 * marks: what Ctrl+B and Ctrl+I put around the chosen words.
 * A context is {mode: "reply" | "edit", message, title, text}.
 */
export class Composer {
  constructor(root, hooks) {
    this.hooks = hooks;
    this.context = null;
    this.drafts = new Map();
    this.spot = null;
    this.field = h("textarea.field", { rows: "1", enterkeyhint: "send", autocomplete: "off" });
    this.note = h("div.composer-note", { hidden: true });
    this.list = h("div.suggestions", { role: "listbox", hidden: true });
    this.attach = h("button.round", { type: "button", "aria-haspopup": "menu" }, icon("clip"));
    this.button = h("button.round.send", { type: "button" }, icon("send"));
    root.append(this.list, this.note, h("div.composer-line", {}, this.attach, this.field, this.button));
    this.field.addEventListener("input", () => this.changed());
    this.field.addEventListener("keydown", (event) => this.pressed(event));
    this.field.addEventListener("blur", () => setTimeout(() => { this.list.hidden = true; }, 150));
    this.button.addEventListener("click", () => this.send());
    this.attach.addEventListener("click", () => menu(this.attach, hooks.attachments()));
    onLanguage(() => this.label());
    this.label();
  }

  label() {
    this.field.placeholder = this.hooks.hint();
    this.field.setAttribute("aria-label", this.hooks.hint());
    this.attach.setAttribute("aria-label", t("attach"));
    this.button.setAttribute("aria-label", t("send"));
  }

  /** Change the place one writes to; each keeps its draft. */
  moveTo(spot) {
    if (spot === this.spot) return;
    if (this.spot !== null && this.context?.mode !== "edit") this.drafts.set(this.spot, this.field.value);
    this.spot = spot;
    this.setContext(null);
    this.write(this.drafts.get(spot) || "");
  }

  write(text) {
    this.field.value = text;
    this.changed();
  }

  insert(text) {
    this.write(text);
    this.field.focus();
  }

  setContext(context) {
    const leftEdit = this.context?.mode === "edit" && !context;
    this.context = context;
    this.note.hidden = !context;
    if (leftEdit) this.write("");
    if (!context) return;
    const away = h("button.round.small", { type: "button", "aria-label": t("cancel"), onclick: () => this.setContext(null) }, icon("close"));
    fill(this.note, h("span.composer-bar", {}, h("b", {}, context.title), h("span", {}, context.text)), away);
    if (context.mode === "edit") this.write(context.message.text);
    this.field.focus();
  }

  changed() {
    this.field.style.height = "auto";
    const height = this.field.scrollHeight; // 0 while the field is not shown
    if (height) this.field.style.height = `${Math.min(height, MOST_LINES_PX)}px`;
    this.button.classList.toggle("ready", Boolean(this.field.value.trim()));
    this.suggest();
  }

  suggest() {
    const typed = /^\/(\w*)$/.exec(this.field.value);
    const found = typed ? this.hooks.commands().filter((one) => one.command.startsWith(typed[1].toLowerCase())) : [];
    this.list.hidden = !found.length;
    fill(this.list, found.map((one, index) =>
      h("button.suggestion", { type: "button", role: "option", class: index ? "" : "chosen", "aria-selected": String(!index), onclick: () => this.insert(`/${one.command} `) },
        h("b", {}, `/${one.command}`), h("span", {}, one.description))));
  }

  pressed(event) {
    if (event.isComposing || event.keyCode === 229) return;
    const open = !this.list.hidden;
    const mark = (event.ctrlKey || event.metaKey) && this.hooks.marks[event.key.toLowerCase()];
    if (mark) {
      event.preventDefault();
      this.surround(mark);
    } else if (event.key === "Escape") {
      if (open) this.list.hidden = true;
      else if (this.context) this.setContext(null);
      else return;
      event.stopPropagation();
    } else if (open && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      this.choose(event.key === "ArrowDown" ? 1 : -1);
    } else if (open && (event.key === "Tab" || (event.key === "Enter" && !this.complete()))) {
      event.preventDefault();
      this.list.querySelector(".chosen").click();
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.send();
    }
  }

  surround(mark) {
    const { selectionStart: from, selectionEnd: to, value } = this.field;
    this.field.setRangeText(mark + value.slice(from, to) + mark, from, to, "end");
    if (from === to) this.field.selectionStart = this.field.selectionEnd = from + mark.length;
    this.changed();
  }

  /** Is a whole command typed, so that Enter sends it? */
  complete() {
    return this.hooks.commands().some((one) => `/${one.command}` === this.field.value.trim());
  }

  choose(step) {
    const all = [...this.list.children];
    const at = all.findIndex((one) => one.classList.contains("chosen"));
    all.forEach((one, index) => {
      const chosen = index === (at + step + all.length) % all.length;
      one.classList.toggle("chosen", chosen);
      one.setAttribute("aria-selected", String(chosen));
      if (chosen) one.scrollIntoView({ block: "nearest" });
    });
  }

  async send() {
    const text = this.field.value.trim();
    if (!text) {
      this.field.focus();
      return;
    }
    const { context } = this;
    this.context = null;
    this.setContext(null);
    this.write("");
    const done = await this.hooks.send(text, context);
    if (done === undefined && !this.field.value) this.write(text);
    this.field.focus();
  }
}
