import { expect, it } from 'vitest'
import { createClient } from './client.ts'
import { everySession } from './sessions.ts'

async function asked(answers: readonly unknown[]) {
  const urls: string[] = []
  const fetch = async ({ url }: Request) => Response.json(answers[urls.push(url) - 1])
  const sessions = await everySession(createClient({ baseUrl: 'http://api.test', apiKey: 'k', fetch }), { status: 'FAILED' })
  return { names: sessions.map(({ name }) => name), queries: urls.map((url) => new URL(url).searchParams.toString()) }
}

it('all sessions are asked for page by page', async () => {
  const answers = [
    { sessions: [{ name: 'a' }, { name: 'b' }], cursor: 'b' },
    { sessions: [{ name: 'c' }], cursor: null },
  ]
  expect(await asked(answers)).toEqual({
    names: ['a', 'b', 'c'],
    queries: ['all=true&limit=1000&status=FAILED', 'all=true&limit=1000&status=FAILED&cursor=b'],
  })
})

it('an API from before there were pages answers at once', async () => {
  expect((await asked([[{ name: 'a' }]])).names).toEqual(['a'])
})
