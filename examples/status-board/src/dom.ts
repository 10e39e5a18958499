// The little of the document that the board needs. Text is always text, never markup.

export function place(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no #${id}`);
  return found;
}

const SVG = 'http://www.w3.org/2000/svg';

/** A picture of one path, for the eye only. */
export function picture(path: string): SVGElement {
  const [drawn, line] = [document.createElementNS(SVG, 'svg'), document.createElementNS(SVG, 'path')] as const;
  drawn.setAttribute('class', 'icon');
  drawn.setAttribute('viewBox', '0 0 16 16');
  drawn.setAttribute('aria-hidden', 'true');
  line.setAttribute('d', path);
  drawn.append(line);
  return drawn;
}

export function element(tag: string, className: string, ...content: readonly (string | Element)[]): HTMLElement {
  const made = document.createElement(tag);
  made.className = className;
  made.append(...content);
  return made;
}

/** Puts these in the place of what is there, but for what is the same: whoever reads it or has selected it is not thrown out. */
export function fill(id: string, content: readonly Element[]): void {
  const target = place(id);
  content.forEach((made, i) => {
    const shown = target.children[i];
    if (shown === undefined) target.append(made);
    else if (!shown.isEqualNode(made)) shown.replaceWith(made);
  });
  while (target.children.length > content.length) target.lastElementChild?.remove();
}

/** Sets a text only when it changed, so that nothing is announced or drawn twice. */
export function say(id: string, text: string): void {
  const target = place(id);
  if (target.textContent !== text) target.textContent = text;
}
