import { expect, it } from 'vitest'
import { mayPost } from './files-of-channels.ts'

const runner = (state: 'active' | 'draining' | 'dead', postsFiles: boolean) =>
  ({ answer: { state }, postsFiles }) as Parameters<typeof mayPost>[0][number]

it('a file may go to a channel unless a live runner does not know how', () => {
  const [knows, old] = [runner('active', true), runner('draining', false)]
  expect([[], [knows], [knows, runner('dead', false)]].map(mayPost)).toEqual([true, true, true])
  expect([[old], [knows, old]].map(mayPost)).toEqual([false, false])
})
