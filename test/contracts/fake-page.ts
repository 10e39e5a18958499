// A page that only has what the lifecycle adapter listens to.
import type { LifecycleEvent } from '../../packages/core/src/ports.ts';
import type { LifecyclePlatform } from '../../packages/core/src/adapters/browser-lifecycle.ts';

export interface FakePage {
  readonly platform: LifecyclePlatform;
  cause(event: LifecycleEvent): void;
}

export function fakePage(): FakePage {
  const document = Object.assign(new EventTarget(), { visibilityState: 'visible' });
  const navigator = { onLine: true };
  const window = new EventTarget();
  return {
    platform: { document, navigator, window },
    cause(event) {
      if (event === 'visible' || event === 'hidden') {
        document.visibilityState = event;
        document.dispatchEvent(new Event('visibilitychange'));
      } else if (event === 'freeze' || event === 'resume') {
        document.dispatchEvent(new Event(event));
      } else {
        if (event === 'online' || event === 'offline') navigator.onLine = event === 'online';
        window.dispatchEvent(new Event(event));
      }
    },
  };
}
