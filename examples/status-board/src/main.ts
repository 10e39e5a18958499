// A wall display: it opens the account's engine as a follower, subscribes to the status, and shows it. It records and sends nothing.
import { devices$, status$ } from '@syncline/rxjs';
import { createSyncEngine } from '@syncline/core';
import { map } from 'rxjs';
import { comeBack } from './account.ts';
import { boardOf, deviceLines } from './board.ts';
import './styles.css';

function place(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`the page has no #${id}`);
  return element;
}

function fill(list: HTMLElement, lines: readonly { readonly text: string; readonly word: string }[]): void {
  list.replaceChildren(...lines.map(({ text, word }) => {
    const item = document.createElement('li');
    item.className = word;
    item.textContent = text;
    return item;
  }));
}

async function show(): Promise<void> {
  const account = await comeBack();
  if (account === null) {
    place('overall').textContent = 'Signed out';
    place('sign-in').hidden = false;
    return;
  }
  const engine = await createSyncEngine({
    user: account.userId,
    device: { type: 'web_timer', version: '1.0.0', name: 'Status board' },
    server: { url: location.origin, token: account.token },
  });
  status$(engine).pipe(map(boardOf)).subscribe(({ word, overall, detail, advice }) => {
    document.body.dataset['word'] = word;
    place('overall').textContent = overall;
    place('detail').textContent = detail;
    fill(place('advice'), advice.map((text) => ({ text, word: '' })));
  });
  devices$(engine).subscribe((devices) => fill(place('devices'), deviceLines(devices)));
}

await show();
