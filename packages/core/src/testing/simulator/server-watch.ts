// Watches the server while it answers: what died before its commit is not there, what is there keeps its number, and a status
// is the plain sum of what it lists.
import type { HttpRequest, HttpResponse } from '../../ports.ts';
import { contradictions, type StatusFacts } from './oracle/status.ts';
import type { DeviceSlot, World } from './world.ts';

export class ServerWatch {
  readonly #world: World;
  /** Nothing that is asked of it arrives. */
  isDown = false;
  /** Where the next write dies; the mark of it is met by the one that does. */
  #dies: 'before' | 'after' | null = null;
  /** The number by which the server shows each session. */
  readonly #numbers = new Map<string, string>();

  constructor(world: World) {
    this.#world = world;
  }

  dies(when: 'before' | 'after'): void {
    this.#dies = when;
  }

  /** What the server gave out since its backup it may give out again. */
  restored(): void {
    this.#numbers.clear();
  }

  /** To be called with each request; the result takes its answer. */
  asked(device: DeviceSlot, request: HttpRequest, ids: readonly string[]): (response: HttpResponse) => void {
    const [id] = ids;
    const isAlone = this.#dies === 'before' && ids.length === 1 && id !== undefined && !this.#has(device, id);
    return (response) => {
      if (response.status === 503 && !this.isDown) this.#died(device, isAlone ? id : null);
      else if (response.status === 503 && id !== undefined) this.#world.marks.hit('server.down');
      if (response.status < 300 && id !== undefined && request.path === '/api/pomodoro/submit') this.#checkNumber(id, response);
      if (response.status === 200 && request.path.startsWith('/api/sync/status')) this.#checkStatus(response);
    };
  }

  #has({ plan }: DeviceSlot, id: string): boolean {
    return this.#world.server.stored(this.#world.userIds[plan.user] ?? '').some((session) => session.id === id);
  }

  #died(device: DeviceSlot, id: string | null): void {
    if (this.#dies !== null) this.#world.marks.hit(`server.crash-${this.#dies}`);
    if (id !== null && this.#dies === 'before' && this.#has(device, id)) this.#world.violate('D11', `the server died before it committed session ${id}, and has it`);
    this.#dies = null;
  }

  #checkNumber(id: string, { body }: HttpResponse): void {
    const number = String((JSON.parse(body) as { session_id?: unknown }).session_id);
    const before = this.#numbers.get(id);
    this.#numbers.set(id, number);
    if (before !== undefined && before !== number) this.#world.violate('D18', `session ${id} was number ${before} on the server and is ${number}`);
  }

  #checkStatus({ body }: HttpResponse): void {
    for (const wrong of contradictions(JSON.parse(body) as StatusFacts)) this.#world.violate('I-05', `the server's status: ${wrong}`);
  }
}
