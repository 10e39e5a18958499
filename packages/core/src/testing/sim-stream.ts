// A long answer that arrives bit by bit, over the network between one simulated tab and a server in the same process.
// Every piece is an event and meets what the network does at that moment; pieces never overtake one another.
import type { HttpRequest, HttpResponse, TransportResult } from '../ports.ts';
import { broken, failed } from './sim-failure.ts';
import type { SimTab } from './sim-tab.ts';
import type { SimDelivery, SimStreamHandler } from './sim-transport.ts';

export interface SimStreamOptions {
  readonly tab: SimTab;
  readonly request: HttpRequest;
  /** What the network does now. */
  readonly policy: () => SimDelivery;
  readonly stream: SimStreamHandler;
  readonly onText: (text: string) => void;
  readonly signal: AbortSignal;
}

class SimStream {
  readonly #options: SimStreamOptions;
  readonly #resolve: (result: TransportResult) => void;
  /** Tells the server that nobody listens. */
  readonly #abort = new AbortController();
  readonly #onAbort = (): void => this.#end(failed('aborted', 'aborted by the caller'));
  #cancelDeadline: () => void = () => undefined;
  #cancelKill: () => void = () => undefined;
  /** When the last piece arrives. */
  #lastAt = 0;
  #isSilent = false;
  #isOver = false;

  constructor(options: SimStreamOptions, resolve: (result: TransportResult) => void) {
    this.#options = options;
    this.#resolve = resolve;
  }

  open(): void {
    const { signal, tab, policy, request } = this.#options;
    if (signal.aborted) return this.#end(failed('aborted', 'aborted before it was sent'));
    signal.addEventListener('abort', this.#onAbort);
    this.#cancelKill = tab.onKill(() => this.#close());
    this.#restartDeadline();
    const { requestDelayMs = 0, loseRequest, answerInstead } = policy();
    this.#later(requestDelayMs, () => {
      if (loseRequest === 'hang') return;
      if (loseRequest === 'error') return this.#arrive(() => this.#end(broken()));
      if (answerInstead) return this.#arrive(() => this.#end({ ok: true, response: { ...answerInstead, body: '' } }));
      this.#ask(request);
    });
  }

  #ask(request: HttpRequest): void {
    const { stream } = this.#options;
    const onText = (text: string): void => this.#arrive(() => this.#hand(text));
    Promise.resolve()
      .then(() => stream(request, onText, this.#abort.signal))
      .then((response: HttpResponse) => this.#arrive(() => this.#end({ ok: true, response })), () => this.#arrive(() => this.#end(broken())));
  }

  #arrive(run: () => void): void {
    const { policy, tab: { scheduler } } = this.#options;
    const { responseDelayMs = 0, loseRequest, loseResponse, answerInstead } = policy();
    const fault = loseResponse ?? loseRequest ?? (answerInstead === undefined ? undefined : 'error');
    this.#lastAt = Math.max(this.#lastAt, scheduler.now + responseDelayMs);
    if (fault === 'hang') this.#isSilent = true;
    if (this.#isSilent) return;
    this.#later(this.#lastAt - scheduler.now, fault === 'error' ? () => this.#end(broken()) : run);
  }

  #hand(text: string): void {
    this.#options.tab.deliver(() => {
      if (this.#isOver) return;
      this.#restartDeadline();
      this.#options.onText(text);
    });
  }

  #end(result: TransportResult): void {
    this.#options.tab.deliver(() => {
      if (this.#isOver) return;
      this.#close();
      this.#resolve(result);
    });
  }

  #close(): void {
    this.#isOver = true;
    this.#cancelDeadline();
    this.#cancelKill();
    this.#options.signal.removeEventListener('abort', this.#onAbort);
    this.#abort.abort();
  }

  #restartDeadline(): void {
    const { timeoutMs } = this.#options.request;
    this.#cancelDeadline();
    this.#cancelDeadline = this.#later(timeoutMs, () => this.#end(failed('timeout', `no answer in ${timeoutMs} ms`)));
  }

  #later(ms: number, run: () => void): () => void {
    const { scheduler } = this.#options.tab;
    return scheduler.schedule(scheduler.now + ms, run);
  }
}

/** Opens it; resolves when it has ended. */
export function openSimStream(options: SimStreamOptions): Promise<TransportResult> {
  return new Promise((resolve) => new SimStream(options, resolve).open());
}
