/** An element that the page's own HTML must have. */
export function find<Kind extends Element>(root: ParentNode, selector: string, kind: new () => Kind): Kind {
  const found = root.querySelector(selector);
  if (!(found instanceof kind)) throw new Error(`the page has no ${selector}`);
  return found;
}

/** A copy of what a `<template>` holds. */
export function fromTemplate(id: string): HTMLElement {
  const template = find(document, `template#${id}`, HTMLTemplateElement);
  const copy = template.content.firstElementChild?.cloneNode(true);
  if (!(copy instanceof HTMLElement)) throw new Error(`the template ${id} is empty`);
  return copy;
}

/** Everything said by others goes in as text, never as HTML. */
export function element(tag: string, className: string, text = ""): HTMLElement {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.textContent = text;
  return made;
}

/** Adds at the end, drops the oldest past the bound, and follows unless the reader has scrolled away. */
export function appendBounded(list: HTMLElement, child: HTMLElement, childrenMax: number): void {
  const following = isAtEnd(list);
  list.append(child);
  while (list.childElementCount > childrenMax) list.firstElementChild?.remove();
  if (following) scrollToEnd(list);
}

export function isAtEnd(list: HTMLElement): boolean {
  return list.scrollHeight - list.scrollTop - list.clientHeight < 40;
}

export function scrollToEnd(list: HTMLElement): void {
  list.scrollTop = list.scrollHeight;
}
