// Building the page: elements are made from tags, properties and texts. Data only ever becomes a text node.

const SVG = "http://www.w3.org/2000/svg";

/** h("button.primary", {type: "button", onclick: fn}, "Send"): children may be texts, nodes, lists, null. */
export function h(tag, props, ...children) {
  const [name, ...classes] = tag.split(".");
  const element = document.createElement(name || "div");
  if (classes.length) element.className = classes.join(" ");
  for (const [key, value] of Object.entries(props || {})) set(element, key, value);
  append(element, children);
  return element;
}

function set(element, key, value) {
  if (value === null || value === undefined || value === false) return;
  if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
  else if (key === "class") element.className += ` ${value}`;
  else if (key === "data") Object.assign(element.dataset, value);
  else if (key === "style") for (const [name, one] of Object.entries(value)) element.style.setProperty(name, one);
  else if (key === "disabled" || key === "hidden" || key === "value" || key === "checked") element[key] = value;
  else element.setAttribute(key, value === true ? "" : value);
}

export function append(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : String(child));
  }
}

export function fill(element, ...children) {
  element.replaceChildren();
  append(element, children);
  return element;
}

export const $ = (selector, root = document) => root.querySelector(selector);

const PATHS = {
  send: "M3 20.5 21 12 3 3.5v6.6L15 12 3 13.9z",
  clip: "M16.5 6.5v9.8a4.5 4.5 0 0 1-9 0V5.8a3 3 0 0 1 6 0v9.6a1.5 1.5 0 0 1-3 0V7h-1.6v8.4a3.1 3.1 0 0 0 6.2 0V5.8a4.6 4.6 0 0 0-9.2 0v10.5a6.1 6.1 0 0 0 12.2 0V6.5z",
  more: "M12 7.5a1.7 1.7 0 1 0 0-3.4 1.7 1.7 0 0 0 0 3.4m0 6.2a1.7 1.7 0 1 0 0-3.4 1.7 1.7 0 0 0 0 3.4m0 6.2a1.7 1.7 0 1 0 0-3.4 1.7 1.7 0 0 0 0 3.4",
  back: "M15.7 5.3 9 12l6.7 6.7-1.4 1.4L6.2 12l8.1-8.1z",
  close: "m6.4 5 5.6 5.6L17.6 5 19 6.4 13.4 12l5.6 5.6-1.4 1.4-5.6-5.6L6.4 19 5 17.6l5.6-5.6L5 6.4z",
  play: "M8 5v14l11-7z",
  pause: "M7 5h3.6v14H7zm6.4 0H17v14h-3.6z",
  file: "M6 2.5h8l5 5V20a1.6 1.6 0 0 1-1.6 1.6H6A1.6 1.6 0 0 1 4.4 20V4.1A1.6 1.6 0 0 1 6 2.5m7.2 1.6v4.3h4.2z",
  lock: "M7 10V7.6a5 5 0 0 1 10 0V10h.8A1.2 1.2 0 0 1 19 11.2v8.1a1.7 1.7 0 0 1-1.7 1.7H6.7A1.7 1.7 0 0 1 5 19.3V11.2A1.2 1.2 0 0 1 6.2 10zm1.8 0h6.4V7.6a3.2 3.2 0 0 0-6.4 0z",
  pin: "M14.6 2.8 21.2 9.4l-1.2 1.2-1-.3-3.9 3.9-.2 3.6-1.3 1.3-4-4-5 5-1.1-1.1 5-5-4-4 1.3-1.3 3.6-.2 3.9-3.9-.3-1z",
  place: "M12 2a7.2 7.2 0 0 1 7.2 7.2C19.2 14.6 12 22 12 22S4.8 14.6 4.8 9.2A7.2 7.2 0 0 1 12 2m0 4.7a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5",
  person: "M12 12a4.3 4.3 0 1 0 0-8.6 4.3 4.3 0 0 0 0 8.6m0 2.1c-4.2 0-8 2-8 4.7V20h16v-1.2c0-2.7-3.8-4.7-8-4.7",
  plus: "M11 5h2v6h6v2h-6v6h-2v-6H5v-2h6z",
  chat: "M4 4h16a1.5 1.5 0 0 1 1.5 1.5v10A1.5 1.5 0 0 1 20 17H9l-5 4v-4a1.5 1.5 0 0 1-1.5-1.5v-10A1.5 1.5 0 0 1 4 4",
  phone: "M8 2h8a2 2 0 0 1 2 2v16a2 2 0 0 1-2 2H8a2 2 0 0 1-2-2V4a2 2 0 0 1 2-2m0 3v13h8V5zm4 14a1 1 0 1 0 0 2 1 1 0 0 0 0-2",
  list: "M4 6h16v2H4zm0 5h16v2H4zm0 5h11v2H4z",
  down: "m12 15.4-6.7-6.7 1.4-1.4 5.3 5.3 5.3-5.3 1.4 1.4z",
  eye: "M12 5c5 0 8.6 4.3 9.8 7-1.2 2.7-4.8 7-9.8 7s-8.6-4.3-9.8-7C3.4 9.3 7 5 12 5m0 3.2a3.8 3.8 0 1 0 0 7.6 3.8 3.8 0 0 0 0-7.6",
  reply: "M10 5v4.2c6.5.4 10 4.3 11 9.8-2.6-3.6-6-4.9-11-5V18l-7-6.5z",
  wifi: "M12 18.8 8.7 15a5 5 0 0 1 6.6 0zM2 8.6a15 15 0 0 1 20 0l-1.8 2a12.3 12.3 0 0 0-16.4 0zm3.3 3.7a10 10 0 0 1 13.4 0l-1.8 2a7.4 7.4 0 0 0-9.8 0z",
};

export function icon(name, extra = "") {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", `icon ${extra}`);
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

/** One or two ticks of a WhatsApp message. */
export function ticks(two, blue, label) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 18 12");
  svg.setAttribute("class", `ticks${blue ? " blue" : ""}`);
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", label);
  for (const d of two ? ["m1 6.5 3.6 3.7L11.5 2", "m7.3 9.2 1 1L15.6 2"] : ["m4 6.5 3.6 3.7L14.5 2"]) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", d);
    svg.append(path);
  }
  return svg;
}

/** Run `work` once in the next frame, however often it is asked for; hidden pages get their turn too. */
export function scheduled(work) {
  let waiting = false;
  return () => {
    if (waiting) return;
    waiting = true;
    const run = () => {
      waiting = false;
      work();
    };
    if (document.hidden) setTimeout(run, 30);
    else requestAnimationFrame(run);
  };
}
