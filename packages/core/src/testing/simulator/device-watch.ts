import { Effort } from './effort.ts';

/** What is watched on one device. */
export class DeviceWatch {
  /** Pending sessions at each version of the store. */
  readonly pendingAt: Map<number, number> = new Map();
  /** Versions of the store at which settlements waited to be sent. */
  readonly settlingAt: Set<number> = new Set();
  /** Its store holds something to be sent that does not wait for a person. */
  isMoving: boolean = false;
  readonly acknowledged: Set<string> = new Set();
  readonly effort: Effort = new Effort();
  lastVersion: number = -1;
  /** Tokens that were answered 401 there, since when; nobody asked by hand to try again. */
  readonly refused: Map<string, number> = new Map();
  /** When the last delivery was sent that was answered: a device may sleep long over an answer. */
  heardFrom: number = 0;
  lostAnswer: { readonly id: string; readonly at: number; killed: boolean; expired: boolean } | null = null;
}
