// Small pieces of page, and the words that the node wrote for them in the page's language.
import { showDue } from "../../shared/due";

type Child = Node | string;

export function h(tag: string, marks: Record<string, string> = {}, ...inside: Child[]): HTMLElement {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(marks)) made.setAttribute(name, value);
  made.append(...inside);
  return made;
}

export function svg(tag: string, marks: Record<string, string | number>, ...inside: Node[]): SVGElement {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(marks)) made.setAttribute(name, String(value));
  made.append(...inside);
  return made;
}

export function icon(name: string): SVGElement {
  const sprite = document.querySelector("use")?.getAttribute("href")?.split("#")[0] ?? "";
  return svg("svg", { class: "icon", "aria-hidden": "true" }, svg("use", { href: `${sprite}#${name}` }));
}

const words = document.querySelector<HTMLTemplateElement>("#words")?.content;

export function say(key: string, values: Record<string, string | number> = {}): string {
  const text = words?.querySelector(`[data-word=${key}]`)?.textContent ?? key;
  return text.replace(/\{(\w+)\}/g, (_all, name: string) => String(values[name] ?? ""));
}

export function due(at: string): HTMLElement {
  const made = h("span", { class: "due calm", "data-due": at }, icon("calm"), h("span"));
  made.title = new Date(at).toLocaleString();
  showDue(made);
  return made;
}

export function tag(words: string, kind: string, shape: string): HTMLElement {
  return h("span", { class: `tag ${kind}` }, icon(shape), words);
}

export function fragment(html: string): DocumentFragment {
  const made = document.createElement("template");
  made.innerHTML = html;
  return made.content;
}

export function clock(at: number): string {
  return new Date(at).toLocaleString([], { month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" });
}
