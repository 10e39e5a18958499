// The same sign-in as the web timer's: a cookie that scripts cannot read gives this page a token of its own, in memory.
export interface BoardAccount {
  readonly userId: string;
  readonly token: () => Promise<string | null>;
}

interface Answer {
  readonly access_token: string;
  readonly user: { readonly id: string };
}

async function refresh(): Promise<Answer | null> {
  const response = await fetch('/api/auth/refresh', {
    method: 'POST', headers: { 'Content-Type': 'application/json', 'X-Syncline-Refresh': '1' }, body: '{}',
  });
  return response.ok ? ((await response.json()) as Answer) : null;
}

/** Who is signed in in this browser, or null. Offline, the web timer's last user, whose sessions are here. */
export async function comeBack(): Promise<BoardAccount | null> {
  let answer: Answer | null = null;
  try {
    answer = await refresh();
    if (answer === null) return null;
  } catch {
    const remembered = JSON.parse(localStorage.getItem('syncline.lastUser') ?? 'null') as { id?: unknown } | null;
    if (typeof remembered?.id !== 'string') return null;
    return { userId: remembered.id, token: async () => (await refresh())?.access_token ?? null };
  }
  const { user, access_token: token } = answer;
  return { userId: user.id, token: () => Promise.resolve(token) };
}
