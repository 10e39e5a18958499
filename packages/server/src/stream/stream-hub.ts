// Every stream that this server has open: how many each user may have, and which end when a login or the server does.
import { LIMITS } from '@syncline/protocol';
import { problem } from '../http/problem.ts';
import { type ByeReason, UserStream, type UserStreamOptions } from './user-stream.ts';

/** Streams of all users. Each costs a socket and a little memory. */
const STREAMS_MAX = 10_000;

export class StreamHub {
  readonly #streams = new Map<UserStream, { readonly userId: string; readonly sid: string }>();
  #isStopped = false;

  /** Opens a stream and says hello. @throws Problem `too_many_requests` or `unavailable`; rejects as the store does. */
  async open(sid: string, options: Omit<UserStreamOptions, 'onEnd'>): Promise<ReadableStream<Uint8Array>> {
    if (this.#isStopped || this.#streams.size >= STREAMS_MAX) throw problem('unavailable', { headers: { 'Retry-After': '5' } });
    if (this.#countOf(options.userId) >= LIMITS.streamsPerUserMax) {
      throw problem('too_many_requests', { message: 'Too many streams are open', headers: { 'Retry-After': '30' } });
    }
    const stream = new UserStream({ ...options, onEnd: () => void this.#streams.delete(stream) });
    this.#streams.set(stream, { userId: options.userId, sid });
    await stream.open();
    // The server stopped while the first look went on.
    if (this.#isStopped) stream.bye('restart');
    return stream.body;
  }

  /** Streams that are open. */
  get size(): number {
    return this.#streams.size;
  }

  /** The login has ended, and its streams with it. */
  endLogin(sid: string): void {
    this.#end('auth', (stream) => stream.sid === sid);
  }

  /** Ends all streams, and opens no other. */
  stop(): void {
    this.#isStopped = true;
    this.#end('restart', () => true);
  }

  #end(reason: ByeReason, isMeant: (stream: { readonly sid: string }) => boolean): void {
    for (const [stream, of] of [...this.#streams]) if (isMeant(of)) stream.bye(reason);
  }

  #countOf(userId: string): number {
    let count = 0;
    for (const stream of this.#streams.values()) if (stream.userId === userId) count += 1;
    return count;
  }
}
