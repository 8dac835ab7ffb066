// The top: who acts, the product's state, the language, and the scenes with what to watch.

import { $, fill, h, scheduled } from "./dom.js";
import { actAs, desk, open, people, roleName } from "./desk.js";
import { attempt, factsBox } from "./overlay.js";
import { avatar } from "./look.js";
import { choose } from "./phone.js";
import { current, onLanguage, setLanguage, t } from "./i18n.js";
import { demo } from "./net.js";
import { group, on, store } from "./store.js";

const SCENES = [["price", "💬"], ["burst", "🌊"], ["flood", "🚦"], ["refuse", "💔"], ["crash", "⚡"]];
const begun = new Set();
let watched = null;

export function startBar() {
  $("#language").addEventListener("click", () => setLanguage(current() === "zh" ? "en" : "zh"));
  $("#product").addEventListener("click", productBox);
  fill($("#scenes"), SCENES.map(([name, face]) => sceneButton(name, face)));
  const draw = scheduled(render);
  ["all", "actor", "status", "link"].forEach((kind) => on(kind, draw));
  onLanguage(draw);
  on("scene", follow);
}

function render() {
  drawPeople();
  drawProduct();
  drawScenes();
}

function drawPeople() {
  const box = $("#people");
  fill(box, people().map((person) => {
    const chosen = person.id === desk.actor;
    return h("button.person", { type: "button", role: "radio", "aria-checked": String(chosen), class: chosen ? "chosen" : "", data: { role: person.status }, onclick: () => actAs(person.id) },
      avatar(person.id, person.name, "mini"), h("span", {}, person.name), h("span.role", {}, roleName(person)));
  }));
}

function drawProduct() {
  const pill = $("#product");
  const { product } = store;
  const state = !store.online ? "lost" : product ? product.state : "none";
  pill.className = `product ${state}`;
  fill(pill, h("span.dot", { "aria-hidden": "true" }), h("span", {}, t(`product_${state}`)), product?.pid && store.online && h("span.pid", {}, `${product.pid}, ${product.database}`));
}

async function productBox() {
  const { product } = store;
  if (!product) return;
  const rows = [
    [t("product_details"), t(`product_${product.state}`)], [t("pid"), product.pid ?? t("none")], [t("database"), product.database],
    [t("starts"), product.starts], [t("last_exit"), product.last_exit ?? t("none")],
  ];
  const buttons = product.state === "stopped"
    ? [{ label: t("start"), value: ["start", {}] }]
    : [{ label: t("kill"), value: ["restart", { kill: true }], danger: true }, { label: t("restart"), value: ["restart", {}] }, { label: t("stop"), value: ["stop", {}] }];
  const chosen = await factsBox("Topicdesk", rows, buttons);
  if (chosen) attempt(() => demo(...chosen));
}

function sceneButton(name, face) {
  const button = h("button.scene", { type: "button", data: { scene: name }, onclick: () => play(name) }, h("span.scene-face", { "aria-hidden": "true" }, face), h("span", { data: { t: `scene_${name}` } }));
  for (const event of ["pointerenter", "focus"]) button.addEventListener(event, () => hint(name));
  for (const event of ["pointerleave", "blur"]) button.addEventListener(event, () => hint(null));
  return button;
}

function hint(name) {
  watched = name;
  drawScenes();
}

async function play(name) {
  begun.add(name);
  await attempt(() => demo("scene", { name, language: current() }));
}

/** Bring to sight what a scene begun here is about: the phone first, the topic as soon as there is one. */
function follow(scene) {
  if (begun.has(scene.name) && scene.customer) choose(scene.customer);
  if (begun.has(scene.name) && scene.thread && group()) {
    begun.delete(scene.name);
    open(group().id, scene.thread);
  }
  drawScenes();
}

function drawScenes() {
  const runs = [...store.scenes.values()].sort((a, b) => a.number - b.number);
  for (const button of document.querySelectorAll("[data-scene]")) {
    const run = store.scenes.get(button.dataset.scene);
    button.classList.toggle("running", run?.state === "running");
    button.disabled = run?.state === "running";
  }
  const last = runs.at(-1);
  const name = watched || last?.name;
  $("#scene-watch").textContent = name ? t(`scene_${name}_watch`) : t("scene_hint");
  const result = $("#scene-result");
  const run = name && store.scenes.get(name);
  fill(result, run ? resultOf(run) : []);
  result.hidden = !run;
}

function resultOf(run) {
  const parts = run.checks.map((check) => h("span.check", { class: check.done >= check.total ? "full" : "" }, t(`check_${check.key}`, check), check.twice ? h("b", {}, ` ${t("twice", { n: check.twice })}`) : null));
  const done = run.state === "done";
  const perfect = run.name === "crash" && done && run.checks.every((check) => !check.twice);
  return [
    ...parts,
    run.posts && run.name !== "crash" ? h("span.check", {}, t(run.posts === 1 ? "posts_one" : "posts", { n: run.posts })) : null,
    perfect && h("span.check.full", {}, t("nothing_lost")),
    done && run.checks.length ? h("span.check", {}, t("seconds", { n: run.seconds })) : null,
    run.state === "failed" && h("span.check.bad", {}, t("scene_failed")),
    run.state === "running" && h("span.spinner", { role: "status", "aria-label": t("scene_running") }),
  ];
}
