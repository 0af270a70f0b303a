import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, test } from 'vitest'
import { describeSelf, judgeOwner, startedAtTicks, type LockOwner } from './lock-owner.ts'

const owner: LockOwner = {
  v: 1,
  runnerId: 'runner-1',
  host: 'host',
  pid: 77,
  startedAtTicks: '1000',
  bootId: 'boot',
  pidNamespace: 'pid:[1]',
  since: '2026-01-01T00:00:00.000Z',
}

const self: LockOwner = { ...owner, runnerId: 'runner-2', pid: 88, startedAtTicks: '2000' }

describe('the owner of a lock', () => {
  test('is alive while a process with its number and its start time exists', () => {
    expect(judgeOwner(owner, self, '1000')).toBe('alive')
  })

  test('is dead when no process or a later one has its number', () => {
    expect(judgeOwner(owner, self, null)).toBe('dead')
    expect(judgeOwner(owner, self, '3000')).toBe('dead')
  })

  test('is dead when the machine has restarted', () => {
    expect(judgeOwner(owner, { ...self, bootId: 'later' }, '1000')).toBe('dead')
  })

  test.each([
    ['another container of the machine', { pidNamespace: 'pid:[2]' }],
    ['another machine', { host: 'another', bootId: 'of another' }],
    ['a system without these facts', { bootId: null, pidNamespace: null, startedAtTicks: null }],
  ])('is unknown to %s, whichever process has its number', (_, difference) => {
    for (const running of [null, '1000', '3000']) expect(judgeOwner(owner, { ...self, ...difference }, running)).toBe('unknown')
  })
})

test('a process is identified by its start time, which an ended process no longer has', async () => {
  const mine = await describeSelf('runner', new Date(0))
  expect(mine).toMatchObject({ pid: process.pid, startedAtTicks: await startedAtTicks(process.pid) })
  expect(judgeOwner(mine, { ...mine, runnerId: 'another' }, await startedAtTicks(mine.pid))).not.toBe('dead')
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
  const pid = child.pid ?? 0
  const started = await startedAtTicks(pid)
  if (process.platform === 'linux') expect(Number(started)).toBeGreaterThanOrEqual(Number(mine.startedAtTicks))
  child.kill('SIGKILL')
  await once(child, 'exit')
  expect(await startedAtTicks(pid)).toBeNull()
})
