/** What a login came to, and the cookies with which the learner is known from then on. */
export interface Login {
  status: number;
  cookie: string;
}

/** Fills in the form of the hub's login page and sends it. */
export async function logIn(address: string, username: string, password: string): Promise<Login> {
  const page = await fetch(`${address}/hub/login`);
  const first = cookiesOf(page);
  const _xsrf = /name="_xsrf" value="([^"]+)"/.exec(await page.text())?.[1] ?? '';
  const answer = await fetch(`${address}/hub/login`, {
    method: 'POST',
    body: new URLSearchParams({ username, password, _xsrf }),
    headers: { cookie: first.join('; ') },
    redirect: 'manual',
  });
  // What is set anew takes the place of what was.
  const all = new Map([...first, ...cookiesOf(answer)].map((cookie) => [cookie.split('=')[0], cookie]));
  return { status: answer.status, cookie: [...all.values()].join('; ') };
}

const cookiesOf = (answer: Response): string[] =>
  answer.headers.getSetCookie().map((each) => each.split(';')[0]);
