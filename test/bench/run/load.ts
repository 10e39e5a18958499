// Calls a server as fast as it answers, so many at once, and looks at every answer.
import { Pool } from 'undici';

const AT_ONCE = 16;

/** One kind of call. */
export interface Call {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** What each answer must hold. */
  readonly holds: readonly string[];
}

export class Caller {
  readonly #pool: Pool;

  constructor(origin: string) {
    this.#pool = new Pool(origin, { connections: AT_ONCE, pipelining: 1 });
  }

  /** The text of a good answer. */
  async ask({ method, path, headers, body, holds }: Call): Promise<string> {
    const answer = await this.#pool.request({ method, path, headers, body: body ?? null });
    const text = await answer.body.text();
    const missing = holds.find((part) => !text.includes(part));
    if (answer.statusCode !== 200 || missing !== undefined) throw new Error(`wrong answer to ${path}: ${answer.statusCode} without ${missing ?? ''}: ${text.slice(0, 2000)}`);
    return text;
  }

  /** Calls for so long. */
  async callFor(call: Call, ms: number): Promise<{ readonly calls: number; readonly perSecond: number }> {
    const begun = performance.now();
    let calls = 0;
    const lane = async (): Promise<void> => {
      while (performance.now() - begun < ms) {
        await this.ask(call);
        calls += 1;
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, lane));
    return { calls, perSecond: (calls * 1000) / (performance.now() - begun) };
  }

  close(): Promise<void> {
    return this.#pool.close();
  }
}
