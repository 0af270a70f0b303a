import { expect, test } from 'vitest'
import { faultsOfTimeline } from './timeline.ts'

type Life = Parameters<typeof faultsOfTimeline>[0]

const life = (...words: string[]): Life => {
  const timeline = words.map((word) => {
    const [status = '', why] = word.split(':')
    return { status, ...(why === undefined ? {} : { why }) } as Life['timeline'][number]
  })
  return { status: timeline.at(-1)?.status ?? '', timeline }
}

test('a message may be refused, sent again, retried by hand, and read', () => {
  expect(faultsOfTimeline(life('pending', 'processing', 'pending', 'processing', 'sent', 'delivered', 'read'))).toEqual([])
  expect(faultsOfTimeline(life('pending', 'processing', 'failed', 'pending:retried', 'processing', 'sent'))).toEqual([])
  expect(faultsOfTimeline(life('pending', 'processing', 'failed', 'sent', 'delivered'))).toEqual([])
  expect(faultsOfTimeline(life('pending', 'canceled'))).toEqual([])
  expect(faultsOfTimeline(life('pending', 'pending:moved', 'processing', 'processing', 'sent', 'read'))).toEqual([])
})

test('nothing comes after an end, but a retry by hand of a failed message', () => {
  expect(faultsOfTimeline(life('pending', 'canceled', 'processing', 'sent'))).toEqual(['is processing after it was canceled'])
  expect(faultsOfTimeline(life('pending', 'failed', 'processing'))).toEqual(['is processing after it had failed'])
  expect(faultsOfTimeline(life('pending', 'processing', 'sent', 'processing'))).toEqual(['is processing after it was sent'])
  expect(faultsOfTimeline(life('pending', 'processing', 'delivered', 'sent'))).toEqual(['is sent after it was delivered'])
  expect(faultsOfTimeline(life('pending', 'canceled', 'canceled'))).toHaveLength(1)
})

test('the status is the last one of the timeline', () => {
  expect(faultsOfTimeline({ ...life('pending', 'processing'), status: 'sent' })).toEqual([
    'is sent, and its timeline ends with processing',
  ])
})
