import { beforeEach, describe, expect, test } from 'vitest'
import type { RawSocket } from '../../whatsapp/frame-gate.ts'
import { Gate } from './gate.ts'

const OPEN = 1

/** The raw socket behind the gate. It records the frames that the gate let out. */
class Wire implements RawSocket {
  readyState = 0
  readonly left: string[] = []
  readonly callbacks: (((error?: Error) => void) | undefined)[] = []
  terminated = false

  send(data: Uint8Array, _options: unknown, callback?: (error?: Error) => void): void {
    this.left.push(Buffer.from(data).toString())
    this.callbacks.push(callback)
  }

  terminate(): void {
    this.terminated = true
  }
}

let wire: Wire
let gate: Gate
let journal: { position: number; durable: number; onDurable: (listener: () => void) => () => void }
let listeners: Set<() => void>
/** The number of changes that are not in the journal yet. */
let pending: number
let now: number

beforeEach(() => {
  wire = new Wire()
  listeners = new Set()
  journal = {
    position: 0,
    durable: 0,
    onDurable: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
  pending = 0
  now = 1000
  const commitPending = () => {
    journal.position += pending
    pending = 0
  }
  gate = new Gate({ journal, commitPending, now: () => now })
  gate.attach(wire)
  wire.readyState = OPEN
})

/** Sends as Baileys does, through the method of the raw socket. */
const say = (text: string, callback?: (error?: Error) => void) => wire.send(Buffer.from(text), undefined, callback)

const durableUpTo = (position: number) => {
  journal.durable = position
  for (const listener of listeners) listener()
}

const ping = (text: string) => gate.sendUnbound(async () => say(text))

describe('a frame', () => {
  test('leaves at once when everything before it is durable', () => {
    Object.assign(journal, { position: 7, durable: 7 })
    say('hello')
    expect(wire.left).toEqual(['hello'])
    expect(gate.heldSince).toBeNull()
  })

  test('waits until the position at which it was sent is durable', () => {
    journal.position = 2
    say('depends on 2')
    journal.position = 9
    durableUpTo(1)
    expect(wire.left).toEqual([])
    durableUpTo(2)
    expect(wire.left).toEqual(['depends on 2'])
  })

  test('depends on what was written right before it, although that was not committed yet', () => {
    pending = 1
    say('with a new key')
    expect(journal.position).toBe(1)
    expect(wire.left).toEqual([])
    durableUpTo(1)
    expect(wire.left).toEqual(['with a new key'])
  })

  test('never passes an earlier frame that waits', () => {
    journal.position = 3
    say('first')
    journal.position = 5
    say('second')
    say('third')
    durableUpTo(4)
    expect(wire.left).toEqual(['first'])
    durableUpTo(5)
    expect(wire.left).toEqual(['first', 'second', 'third'])
  })

  test('is held when the socket is no longer open', () => {
    journal.position = 1
    say('too late')
    wire.readyState = 2
    durableUpTo(1)
    expect(wire.left).toEqual([])
  })

  test('may have its callback in place of the options', () => {
    let answered = false
    wire.send(Buffer.from('short'), () => (answered = true))
    expect([wire.left, answered]).toEqual([['short'], true])
  })
})

describe('the oldest held frame', () => {
  test('gives the time at which it arrived', () => {
    journal.position = 1
    say('first')
    now = 2000
    say('second')
    expect(gate.heldSince).toBe(1000)
    durableUpTo(1)
    expect(gate.heldSince).toBeNull()
  })
})

describe('a ping', () => {
  test('leaves at once when no frame waits, although the journal is behind', async () => {
    journal.position = 4
    pending = 1
    await ping('ping')
    expect(wire.left).toEqual(['ping'])
    // The ping depends on no record, so the gate committed nothing for it.
    expect(pending).toBe(1)
  })

  test('waits behind earlier frames that wait', async () => {
    journal.position = 4
    say('held')
    await ping('ping')
    expect(wire.left).toEqual([])
    durableUpTo(4)
    expect(wire.left).toEqual(['held', 'ping'])
  })

  test('with a slow answer frees no other frame', async () => {
    journal.position = 4
    const { promise, resolve } = Promise.withResolvers<void>()
    const pinging = gate.sendUnbound(() => promise)
    say('meanwhile')
    expect(wire.left).toEqual([])
    resolve()
    await pinging
  })

  test('that cannot be sent frees no later frame', async () => {
    journal.position = 4
    await expect(gate.sendUnbound(() => Promise.reject(new Error('closed')))).rejects.toThrow('closed')
    await expect(
      gate.sendUnbound(() => {
        throw new Error('closed at once')
      }),
    ).rejects.toThrow('closed at once')
    say('held')
    expect(wire.left).toEqual([])
  })
})

describe('a sender', () => {
  test('is answered at once while its frame waits', () => {
    journal.position = 1
    let answered = 0
    say('held', () => answered++)
    expect([answered, wire.left]).toEqual([1, []])
    durableUpTo(1)
    expect(answered).toBe(1)
  })

  test('is answered only by the real write when 500 frames wait', () => {
    journal.position = 1
    let answered = 0
    for (let index = 0; index < 502; index++) say(`frame ${index}`, () => answered++)
    expect(answered).toBe(500)
    durableUpTo(1)
    expect(wire.left).toHaveLength(502)
    expect(wire.callbacks.filter((callback) => callback !== undefined)).toHaveLength(2)
    for (const callback of wire.callbacks) callback?.()
    expect(answered).toBe(502)
  })
})

describe('a muted gate', () => {
  test('holds frames that depend on a record, even if the record is durable', () => {
    Object.assign(journal, { position: 3, durable: 3 })
    gate.mute(true)
    say('quiet')
    durableUpTo(3)
    expect(wire.left).toEqual([])
    gate.mute(false)
    expect(wire.left).toEqual(['quiet'])
  })

  test('lets out pings, which keep the connection alive', async () => {
    Object.assign(journal, { position: 3, durable: 2 })
    gate.mute(true)
    await ping('ping')
    expect(wire.left).toEqual(['ping'])
  })
})

describe('a shut gate', () => {
  test('drops the held frames, terminates the socket, and lets nothing out any more', () => {
    journal.position = 1
    say('held')
    gate.shut()
    expect(wire.terminated).toBe(true)
    durableUpTo(1)
    say('later')
    expect(wire.left).toEqual([])
  })

  test('no longer listens to the journal', () => {
    expect(listeners.size).toBe(1)
    gate.shut()
    expect(listeners.size).toBe(0)
  })

  test('commits nothing for a late sender', () => {
    gate.shut()
    pending = 1
    say('late')
    expect(pending).toBe(1)
  })
})

test('a gate refuses a socket that is already open, whose first frames would pass it', () => {
  const late = new Gate({ journal, commitPending: () => {}, now: () => now })
  const open = new Wire()
  open.readyState = OPEN
  expect(() => late.attach(open)).toThrow('before the socket opens')
  expect(listeners.size).toBe(1)
})
