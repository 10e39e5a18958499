import { hash } from '@node-rs/argon2';
import { describe, expect, it } from 'vitest';
import { argon2Passwords } from './password-hashing.ts';
import { passwordComplaint } from './password-rules.ts';
import { createWorkQueue } from './work-queue.ts';

describe('password hashing', () => {
  const passwords = argon2Passwords();

  it('[S-16] is Argon2id with its parameters in the stored text, salted', async () => {
    const [first, second] = await Promise.all([passwords.hash('a good long one'), passwords.hash('a good long one')]);
    expect(first).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(first).not.toBe(second);
    expect(await passwords.verify('a good long one', first)).toBe(true);
    expect(await passwords.verify('a good long onE', first)).toBe(false);
  });

  it('[S-16] reads every character of a long password', async () => {
    const long = 'x'.repeat(255);
    expect(await passwords.verify(`${long}b`, await passwords.hash(`${long}a`))).toBe(false);
  });

  it('[S-18] of nobody matches nothing, at the price of a real one', async () => {
    expect(await passwords.verify('anything', null)).toBe(false);
    expect(await passwords.verify('anything', 'closed')).toBe(false);
  });

  it('[S-16] asks for a new hash when the stored one is weaker', async () => {
    expect(passwords.needsRehash(await hash('a good long one', { memoryCost: 8192, timeCost: 1, parallelism: 1 }))).toBe(true);
    expect(passwords.needsRehash(await passwords.hash('a good long one'))).toBe(false);
  });
});

describe('the rules of a new password', () => {
  it.each([
    ['1234567', 'jane', 'at least 8'],
    ['x'.repeat(250) + 'abcdefg', 'jane', 'at most 256'],
    ['password', 'jane', 'tried first'],
    ['Qwertyuiop', 'jane', 'tried first'],
    ['my janechen pass', 'JaneChen', 'username'],
    ['ababababab', 'jane', 'repeat'],
  ])('[S-16] refuse %s', async (password, username, words) => {
    expect(await passwordComplaint(password, username)).toContain(words);
  });

  it.each(['correct horse battery', 'ÄÖü ß 日本語 ok', 'tolerable'.padEnd(256, '!?.')])('[S-16] allow %s', async (password) => {
    expect(await passwordComplaint(password, 'jane')).toBeNull();
  });
});

describe('a work queue', () => {
  it('[S-16] runs so many at once, lets so many wait, and turns the rest away', async () => {
    const queue = createWorkQueue(2, 3);
    const finish: (() => void)[] = [];
    let running = 0;
    let most = 0;
    const work = async (): Promise<void> => {
      most = Math.max(most, (running += 1));
      await new Promise<void>((resolve) => finish.push(resolve));
      running -= 1;
    };
    const all = Array.from({ length: 6 }, () => queue.run(work));
    await expect(all[5]).rejects.toMatchObject({ code: 'queue_full' });
    for (let done = 0; done < 5; done += 1) {
      await expect.poll(() => finish.length).toBeGreaterThan(0);
      finish.shift()?.();
      await Promise.resolve();
    }
    await Promise.all(all.slice(0, 5));
    expect(most).toBe(2);
  });

  it('goes on after work that failed', async () => {
    const queue = createWorkQueue(1, 1);
    await expect(queue.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await queue.run(async () => 'yes')).toBe('yes');
  });
});
