// A client's end of a stream: waits for the next event, and tells comments from events.
import { parseWith, streamEvent, type StreamEvent } from '@syncline/protocol';
import type { ApiUser } from './api-world.ts';
import type { CallOptions } from './api-world.ts';

export class TestStream {
  readonly status: number;
  readonly headers: Headers;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #decoder = new TextDecoder();
  #text = '';
  #comments = 0;

  constructor(response: Response) {
    if (response.body === null) throw new Error('no body');
    this.status = response.status;
    this.headers = response.headers;
    this.#reader = response.body.getReader();
  }

  /** Comments that were read. */
  get comments(): number {
    return this.#comments;
  }

  /** The next event, or null at the end of the stream. */
  async next(): Promise<StreamEvent | null> {
    for (;;) {
      const block = await this.#block();
      if (block === null) return null;
      if (block.startsWith(':')) this.#comments += 1;
      else return eventOf(block);
    }
  }

  /** Reads until a comment came; events before it are passed over. */
  async nextComment(): Promise<void> {
    const before = this.#comments;
    while (this.#comments === before) {
      const block = await this.#block();
      if (block === null) throw new Error('the stream ended');
      if (block.startsWith(':')) this.#comments += 1;
    }
  }

  /** The next event of that type; others are passed over. */
  async nextOf<T extends StreamEvent['type']>(type: T): Promise<Extract<StreamEvent, { type: T }>> {
    for (;;) {
      const event = await this.next();
      if (event === null) throw new Error(`the stream ended without ${type}`);
      if (event.type === type) return event as Extract<StreamEvent, { type: T }>;
    }
  }

  /** Every event to the end of the stream. */
  async rest(): Promise<StreamEvent[]> {
    const events: StreamEvent[] = [];
    for (let event = await this.next(); event !== null; event = await this.next()) events.push(event);
    return events;
  }

  async close(): Promise<void> {
    await this.#reader.cancel();
  }

  async #block(): Promise<string | null> {
    for (;;) {
      const end = this.#text.indexOf('\n\n');
      if (end >= 0) {
        const block = this.#text.slice(0, end);
        this.#text = this.#text.slice(end + 2);
        return block;
      }
      const { value, done } = await this.#reader.read();
      if (done) return null;
      this.#text += this.#decoder.decode(value, { stream: true });
    }
  }
}

function eventOf(block: string): StreamEvent {
  const fields = new Map(block.split('\n').map((line) => [line.slice(0, line.indexOf(': ')), line.slice(line.indexOf(': ') + 2)]));
  const parsed = parseWith(streamEvent, JSON.parse(fields.get('data') ?? 'null'));
  if (!parsed.ok) throw new Error(`not as the schema says: ${JSON.stringify(parsed.issues)}`);
  const event = parsed.value;
  if (fields.get('event') !== event.type) throw new Error(`named ${fields.get('event')}, is ${event.type}`);
  if ('head' in event && fields.get('id') !== String(event.head)) throw new Error(`its id is ${fields.get('id')}, its head ${event.head}`);
  return event;
}

export async function openStream(user: ApiUser, options: CallOptions = {}): Promise<TestStream> {
  return new TestStream(await user.request('stream', options));
}
