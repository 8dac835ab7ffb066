// Pictures, sounds, films, files, places and cards inside bubbles; the same for both messengers.

import { h, icon } from "./dom.js";
import { duration, size, t } from "./i18n.js";
import { openPhoto } from "./overlay.js";

/** `media`: {kind, name, size, duration, width, height, mime}; `url` may be null when the file is gone. */
export function mediaNode(media, url) {
  if (!url) return h("div.file", {}, h("span.file-icon", {}, icon("file")), h("span.file-name", {}, t("file_gone")));
  const kind = media.kind === "image" ? "photo" : media.kind;
  if (kind === "photo") return photo(media, url);
  if (kind === "sticker") return h("img.sticker", { src: url, alt: media.emoji || t("kind_sticker"), loading: "lazy" });
  if (kind === "voice" || (kind === "audio" && media.voice)) return player(media, url, true);
  if (kind === "audio") return player(media, url, false);
  if (kind === "video" || kind === "animation" || kind === "video_note") return film(media, url, kind);
  return file(media, url);
}

function ratio(media) {
  const shape = media.width && media.height ? media.width / media.height : 4 / 3;
  return Math.min(2, Math.max(0.75, shape));
}

function photo(media, url) {
  const image = h("img", { src: url, alt: media.name || t("kind_photo"), loading: "lazy" });
  const open = () => openPhoto(url, media.name || t("kind_photo"));
  return h("button.photo", { type: "button", "aria-label": t("open_photo"), onclick: open, style: { "--ratio": ratio(media).toFixed(3) } }, image);
}

function film(media, url, kind) {
  const round = kind === "video_note" ? "round" : "";
  const quiet = kind === "animation";
  return h("video.film", { class: round, src: url, controls: !quiet, loop: quiet, autoplay: quiet, muted: quiet, playsinline: true, preload: "metadata", style: { "--ratio": ratio(media).toFixed(3) } });
}

function file(media, url) {
  const name = media.name || t("kind_document");
  const kind = (name.includes(".") ? name.split(".").pop() : "").slice(0, 4).toUpperCase();
  return h("a.file", { href: url, download: name },
    h("span.file-icon", {}, icon("file"), kind && h("span.file-kind", {}, kind)),
    h("span.file-text", {}, h("span.file-name", {}, name), h("span.file-size", {}, size(media.size))));
}

let sounding = null;

/** A play control with a drawn wave; only one sounds at a time. */
function player(media, url, voice) {
  const audio = new Audio();
  audio.preload = media.duration ? "none" : "metadata";
  audio.src = url;
  const time = h("span.player-time", {}, media.duration ? duration(media.duration) : "0:00");
  const bars = voice ? wave(url) : [];
  const line = voice ? h("span.wave", { "aria-hidden": "true" }, bars) : h("span.track", {}, h("span.track-name", {}, media.name || t("kind_audio")));
  const button = h("button.player-button", { type: "button", "aria-label": t("play") }, icon("play"));
  const show = (name) => {
    button.replaceChildren(icon(name));
    button.setAttribute("aria-label", t(name));
  };
  button.addEventListener("click", () => {
    if (!audio.paused) {
      audio.pause();
      return;
    }
    if (sounding && sounding !== audio) sounding.pause();
    sounding = audio;
    audio.play().catch(() => show("play"));
  });
  audio.addEventListener("play", () => show("pause"));
  audio.addEventListener("pause", () => show("play"));
  audio.addEventListener("ended", () => paint(bars, 0));
  audio.addEventListener("loadedmetadata", () => {
    if (Number.isFinite(audio.duration)) time.textContent = duration(audio.duration);
  });
  audio.addEventListener("timeupdate", () => {
    if (!audio.duration) return;
    time.textContent = duration(audio.paused && audio.ended ? audio.duration : audio.currentTime);
    paint(bars, audio.currentTime / audio.duration);
  });
  return h("div.player", {}, button, h("span.player-body", {}, line, time));
}

function wave(url) {
  let seed = [...url].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) >>> 0, 7);
  return Array.from({ length: 30 }, (_, index) => {
    seed = (seed * 1664525 + 1013904223) >>> 0;
    const height = 4 + ((seed >>> 24) / 255) * 14 * Math.sin(((index + 2) / 34) * Math.PI);
    return h("span", { style: { height: `${height.toFixed(1)}px` } });
  });
}

const paint = (bars, part) => bars.forEach((bar, index) => bar.classList.toggle("played", index / bars.length < part));

export function place(location, title, address) {
  const where = `${Number(location.latitude).toFixed(5)}, ${Number(location.longitude).toFixed(5)}`;
  return h("div.place", {},
    h("div.place-map", { "aria-hidden": "true" }, icon("place")),
    h("div.place-text", {}, h("b", {}, title || t("kind_location")), address && h("span", {}, address), h("span.faint", {}, where)));
}

export const card = (name, phone) =>
  h("div.card", {}, h("span.card-icon", {}, icon("person")), h("span", {}, h("b", {}, name || t("kind_contact")), h("span.faint", {}, phone || "")));

/** The demo's own files for quick attachments. */
export const SAMPLES = {
  photo: { path: "/page/samples/photo.jpg", name: "desk.jpg", mime: "image/jpeg" },
  document: { path: "/page/samples/price-list.pdf", name: "price-list.pdf", mime: "application/pdf" },
  sticker: { path: "/page/samples/sticker.webp", name: "sticker.webp", mime: "image/webp" },
  voice: { path: "/page/samples/voice.ogg", name: "voice.ogg", mime: "audio/ogg" },
};

export async function sampleFile(kind) {
  const sample = SAMPLES[kind];
  const answer = await fetch(sample.path);
  return new File([await answer.blob()], sample.name, { type: sample.mime });
}

/** Ask for a file of the person's own. Resolves with null when none was chosen. */
export function chooseFile() {
  return new Promise((resolve) => {
    const input = h("input", { type: "file" });
    input.addEventListener("change", () => resolve(input.files[0] || null));
    input.addEventListener("cancel", () => resolve(null));
    input.click();
  });
}

export const DEMO_PLACE = { latitude: 52.52008, longitude: 13.40495 };
