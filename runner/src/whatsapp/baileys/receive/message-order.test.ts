import { EventEmitter } from 'node:events'
import type { BinaryNode, WASocket } from '@whiskeysockets/baileys'
import { expect, test } from 'vitest'
import { interceptStanzas, keepMessagesInOrder } from './message-order.ts'

/** A socket with one listener, as Baileys' sockets have. The test decides how long it takes for a stanza. */
function socketOf(event: string, reads: (stanza: BinaryNode) => Promise<void> | void) {
  const emitter = Object.assign(new EventEmitter(), { isOpen: true })
  // Returns a promise, as Baileys' own listener does.
  emitter.on(event, (stanza: BinaryNode): unknown => reads(stanza))
  return { emitter, ws: emitter as unknown as WASocket['ws'] }
}

const message = (id: string, attrs: Record<string, string> = {}): BinaryNode => ({ tag: 'message', attrs: { id, ...attrs } })

const unexpected = (error: unknown): never => {
  throw error
}

test('messages, live or from a backlog, are read one after the other, each as a live one', async () => {
  const begun: Record<string, string>[] = []
  const waiting: (() => void)[] = []
  const { emitter, ws } = socketOf('CB:message', async ({ attrs }) => {
    begun.push(attrs)
    await new Promise<void>((resolve) => waiting.push(resolve))
  })
  const readingSince = keepMessagesInOrder(ws, unexpected, () => 7)
  for (const stanza of [message('1', { offline: '0' }), message('2', { offline: '1' }), message('3')])
    emitter.emit('CB:message', stanza)
  expect(begun).toEqual([{ id: '1' }])
  expect(readingSince()).toBe(7)
  waiting.shift()?.()
  await expect.poll(() => begun.length).toBe(2)
  waiting.shift()?.()
  await expect.poll(() => begun).toEqual([{ id: '1' }, { id: '2' }, { id: '3' }])
  waiting.shift()?.()
  await expect.poll(readingSince).toBeNull()
})

test('a waiting message is not read after the end of the connection, since it comes again', async () => {
  const begun: string[] = []
  const first = Promise.withResolvers<void>()
  const { emitter, ws } = socketOf('CB:message', async ({ attrs }) => {
    begun.push(attrs['id'] ?? '')
    await first.promise
  })
  keepMessagesInOrder(ws, unexpected, () => 0)
  emitter.emit('CB:message', message('1'))
  emitter.emit('CB:message', message('2'))
  emitter.isOpen = false
  first.resolve()
  await first.promise
  await new Promise(setImmediate)
  expect(begun).toEqual(['1'])
})

test('a message that makes Baileys fail does not stop the messages behind it', async () => {
  const read: string[] = []
  const { emitter, ws } = socketOf('CB:message', async ({ attrs }) => {
    if (attrs['id'] === 'broken') throw new Error('Baileys did not expect this')
    read.push(attrs['id'] ?? '')
  })
  const broken: unknown[] = []
  keepMessagesInOrder(
    ws,
    (error) => void broken.push(error),
    () => 0,
  )
  for (const id of ['broken', 'next', 'broken', 'last']) emitter.emit('CB:message', message(id))
  await expect.poll(() => read).toEqual(['next', 'last'])
  expect(broken).toEqual([new Error('Baileys did not expect this'), new Error('Baileys did not expect this')])
})

test('a stanza that is intercepted does not reach Baileys, and another one does', () => {
  const read: string[] = []
  const { emitter, ws } = socketOf('CB:notification', ({ attrs }) => void read.push(attrs['id'] ?? ''))
  interceptStanzas(ws, 'CB:notification', ({ attrs }) => attrs['id'] === 'ours')
  emitter.emit('CB:notification', message('ours'))
  emitter.emit('CB:notification', message('theirs'))
  expect(read).toEqual(['theirs'])
})
