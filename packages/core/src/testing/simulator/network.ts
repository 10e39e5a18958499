// The way between one device and the server: what its faults do to each exchange.
import type { HttpRequest, HttpResponse } from '../../ports.ts';
import type { SimDelivery } from '../sim-transport.ts';
import type { NetFault } from './action.ts';
import type { Random } from './random.ts';

const PORTAL: HttpResponse = { status: 200, headers: { 'content-type': 'text/html' }, body: '<html><title>Welcome to the hotel</title></html>' };
const JUNK: HttpResponse = { status: 200, headers: { 'content-type': 'application/json' }, body: '{"ok":1,"items":[]}' };
const SLOWEST_MS = 20_000;

/** The faults that are on, and what a message meets. */
export class SimWay {
  readonly #random: Random;
  readonly #latencyMs: number;
  readonly #faults = new Map<number, NetFault>();
  #next = 0;

  constructor(random: Random, latencyMs: number) {
    this.#random = random;
    this.#latencyMs = latencyMs;
  }

  /** Turns a fault on; the returned function turns it off. */
  break(fault: NetFault): () => void {
    const key = (this.#next += 1);
    this.#faults.set(key, fault);
    return () => void this.#faults.delete(key);
  }

  heal(): void {
    this.#faults.clear();
  }

  get faults(): readonly NetFault[] {
    return [...this.#faults.values()];
  }

  deliver(_request: HttpRequest): SimDelivery {
    const delay = (): number => Math.round(this.#latencyMs * (0.5 + this.#random.next()));
    let delivery: SimDelivery = { requestDelayMs: delay(), responseDelayMs: delay() };
    for (const fault of this.#faults.values()) delivery = { ...delivery, ...this.#effect(fault) };
    return delivery;
  }

  #effect(fault: NetFault): SimDelivery {
    switch (fault) {
      case 'cut':
      case 'lose-request':
        return { loseRequest: this.#random.chance(0.7) ? 'error' : 'hang' };
      case 'lose-answer':
        return { loseResponse: this.#random.chance(0.7) ? 'error' : 'hang' };
      case 'truncate':
        return { cutBodyAt: this.#random.int(0, 60) };
      case 'duplicate':
        return { duplicateAfterMs: this.#random.int(0, 3000) };
      case 'slow':
        return { requestDelayMs: this.#random.int(0, SLOWEST_MS), responseDelayMs: this.#random.int(0, SLOWEST_MS) };
      case 'hang':
        return { loseResponse: 'hang' };
      case 'portal':
        return { answerInstead: PORTAL };
      case 'junk':
        return { answerInstead: JUNK };
      case 'redirect':
        return { answerInstead: { status: 302, headers: { location: 'https://login.example/' }, body: '' } };
      default:
        return { answerInstead: edgeAnswer(Number(fault.slice('status-'.length)), this.#random) };
    }
  }
}

function edgeAnswer(status: number, random: Random): HttpResponse {
  const headers: Record<string, string> = { 'content-type': 'text/plain' };
  if ((status === 429 || status === 503) && random.chance(0.5)) headers['retry-after'] = String(random.int(1, 90));
  return { status, headers, body: random.chance(0.5) ? '' : 'upstream' };
}
