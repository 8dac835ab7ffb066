// Words of the page in both languages. Static parts name their text with data-t, data-t-label, data-t-hint.

import { TEXTS } from "./texts.js";

const KEY = "topicdesk-demo-language";
const listeners = new Set();
let language = remembered() || ((navigator.language || "en").toLowerCase().startsWith("zh") ? "zh" : "en");

function remembered() {
  const kept = localStorage.getItem(KEY);
  return kept in TEXTS ? kept : null;
}

export const current = () => language;
export const locale = () => (language === "zh" ? "zh-CN" : "en-GB");

export function t(key, values = {}) {
  const text = TEXTS[language][key] ?? TEXTS.en[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

export function setLanguage(wanted) {
  language = wanted;
  localStorage.setItem(KEY, wanted);
  translate(document);
  listeners.forEach((listener) => listener());
}

/** Called after every change of language. */
export const onLanguage = (listener) => listeners.add(listener);

export function translate(root) {
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  document.title = t("title");
  for (const element of root.querySelectorAll("[data-t]")) element.textContent = t(element.dataset.t);
  for (const element of root.querySelectorAll("[data-t-label]")) {
    element.setAttribute("aria-label", t(element.dataset.tLabel));
    element.title = t(element.dataset.tLabel);
  }
  for (const element of root.querySelectorAll("[data-t-hint]")) element.placeholder = t(element.dataset.tHint);
}

const formats = new Map();

function format(name, options) {
  const key = `${language}:${name}`;
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat(locale(), options));
  return formats.get(key);
}

export const clock = (seconds) =>
  format("clock", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(seconds * 1000);
export const clockSeconds = (seconds) =>
  format("seconds", { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" }).format(seconds * 1000);
export const day = (seconds) => format("day", { day: "numeric", month: "long" }).format(seconds * 1000);
export const dayKey = (seconds) => new Date(seconds * 1000).toDateString();

export function size(bytes) {
  if (bytes === null || bytes === undefined) return "";
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 1048576 ? `${Math.round(bytes / 1024)} KB` : `${(bytes / 1048576).toFixed(1)} MB`;
}

export const duration = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
