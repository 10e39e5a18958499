import { NewsDesk } from '../news-desk.ts';

/** Carries word of commits to whoever watches, here and in other processes. */
export interface NewsLine {
  /** Who watches in this process. */
  readonly desk: NewsDesk;
  /** After a commit of that user. Never fails and never waits. */
  announce(userId: string): void;
  close(): Promise<void>;
}

/** For a database that only this process has open. */
export function inProcessNews(): NewsLine {
  const desk = new NewsDesk();
  return { desk, announce: (userId) => desk.tell(userId), close: async () => undefined };
}
