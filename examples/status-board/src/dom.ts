// The little of the document that the board needs. Text is always text, never markup.

export function place(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no #${id}`);
  return found;
}

export function element(tag: string, className: string, ...content: readonly (string | HTMLElement)[]): HTMLElement {
  const made = document.createElement(tag);
  made.className = className;
  made.append(...content);
  return made;
}

/** Sets a text only when it changed, so that nothing is announced or drawn twice. */
export function say(id: string, text: string): void {
  const target = place(id);
  if (target.textContent !== text) target.textContent = text;
}
