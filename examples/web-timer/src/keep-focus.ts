// Keeps the keyboard near what it was used on. A button often goes away with what it did; the browser would then begin again at the page's top.

/** From now on what had the focus and is gone leaves it to the nearest that is left of what was around it. */
export function keepFocus(): void {
  let around: readonly HTMLElement[] = [];
  addEventListener('focusin', ({ target }) => void (around = target instanceof HTMLElement ? placesAround(target) : []));
  // Told before the next key can arrive.
  new MutationObserver(() => {
    const [focused] = around;
    if (focused === undefined || focused.isConnected || document.activeElement !== document.body) return;
    around.find(({ isConnected }) => isConnected)?.focus({ preventScroll: true });
  }).observe(document.body, { childList: true, subtree: true });
}

/** The element, and all around it that can take the focus. A dialog itself cannot; its heading does. */
function placesAround(element: HTMLElement): readonly HTMLElement[] {
  const around = [element];
  for (let at = element.parentElement; at !== null; at = at.parentElement) {
    const place = at instanceof HTMLDialogElement ? at.querySelector('h2') : at;
    if (place?.hasAttribute('tabindex')) around.push(place);
  }
  return around;
}
