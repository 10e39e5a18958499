import { expect, it } from 'vitest';
import { passwordComplaint } from '../auth/password-rules.ts';
import { makePassword } from './add-account.ts';

it('[S-16] a password that is made up may be used, however often chance spells the name in it', async () => {
  for (let i = 0; i < 40; i += 1) expect(await passwordComplaint(await makePassword('a'), 'a')).toBeNull();
});
