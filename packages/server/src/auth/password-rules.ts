// What a new password must be. Asked when one is set, never at login. Length counts, not kinds of characters.
import { LIMITS } from '@syncline/protocol';

/** A sentence that says what is wrong, or null when the password may be used. */
export async function passwordComplaint(password: string, username: string): Promise<string | null> {
  const length = [...password].length;
  if (length < LIMITS.newPasswordCharsMin) return `must have at least ${LIMITS.newPasswordCharsMin} characters`;
  if (password.length > LIMITS.passwordCharsMax) return `must have at most ${LIMITS.passwordCharsMax} characters`;
  const plain = password.toLowerCase();
  if (username !== '' && plain.includes(username.toLowerCase())) return 'must not contain the username';
  if (new Set(plain).size < 4) return 'must not repeat the same few characters';
  return (await commonPasswords()).has(plain) ? 'is on the list of passwords that are tried first' : null;
}

/** Some 49,000 passwords, most used first; read only when somebody sets one. */
async function commonPasswords(): Promise<ReadonlySet<string>> {
  const { dictionary } = await import('@zxcvbn-ts/language-common');
  return new Set(dictionary['passwords-common']);
}
