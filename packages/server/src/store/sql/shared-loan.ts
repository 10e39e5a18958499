// One connection for several short reads at once: lending it costs as much as such a read.

interface Loan<T> {
  readonly lent: Promise<T>;
  readonly end: () => void;
  users: number;
}

export class SharedLoan<T> {
  readonly #lend: (use: (lent: T) => Promise<void>) => Promise<void>;
  readonly #usersMax: number;
  /** The one that newcomers join. */
  #open: Loan<T> | null = null;

  /**
   * @param lend lends for as long as `use` takes.
   * @param usersMax how many may have one and the same: they wait for each other.
   */
  constructor(lend: (use: (lent: T) => Promise<void>) => Promise<void>, usersMax: number) {
    this.#lend = lend;
    this.#usersMax = usersMax;
  }

  async use<R>(work: (lent: T) => Promise<R>): Promise<R> {
    const loan = (this.#open ??= this.#begin());
    loan.users += 1;
    if (loan.users === this.#usersMax) this.#leave(loan);
    try {
      return await work(await loan.lent);
    } catch (error) {
      // It may be broken: who comes now gets another one.
      this.#leave(loan);
      throw error;
    } finally {
      loan.users -= 1;
      if (loan.users === 0) {
        this.#leave(loan);
        loan.end();
      }
    }
  }

  #begin(): Loan<T> {
    let end: () => void = () => undefined;
    const ended = new Promise<void>((resolve) => (end = resolve));
    const lent = new Promise<T>((resolve, reject) => {
      this.#lend((thing) => {
        resolve(thing);
        return ended;
      }).catch(reject);
    });
    return { lent, end, users: 0 };
  }

  #leave(loan: Loan<T>): void {
    if (this.#open === loan) this.#open = null;
  }
}
