import { beforeEach, describe, expect, it } from 'vitest'
import { ANA, ANA_LID, beginAnew, BOB, clock, commit, entries, message, pass, start } from './directory-under-test.ts'

beforeEach(beginAnew)

describe('the chats', () => {
  it('count what is unread until the account reads, answers, or marks', async () => {
    const directory = await start()
    for (let count = 0; count < 3; count++) commit(directory.ride(message(ANA, { pushName: 'Ana' })))
    pass(5000)
    expect(entries('chats')).toMatchObject([{ id: ANA, pushName: 'Ana', unread: 3 }])
    commit(directory.ride(message(ANA, { fromMe: true })))
    pass(5000)
    expect(entries('chats')).toMatchObject([{ unread: 0 }])
    directory.hear({ chats: [{ id: ANA_LID, unread: 1 }] })
    pass(5000)
    expect(entries('chats')).toMatchObject([{ id: ANA, unread: 1 }])
    directory.read(ANA_LID)
    pass(5000)
    expect(entries('chats')).toMatchObject([{ unread: 0 }])
  })

  it('begin with what the history of the phone counts as unread, and go on from there', async () => {
    const directory = await start()
    const atMs = clock.now() - 1000
    const past = { chats: [{ id: ANA, unreadThen: { count: 3, atMs } }] }
    directory.hear({ chats: [...past.chats, { id: BOB, unreadThen: { count: 0, atMs } }] })
    pass(5000)
    expect(entries('chats')).toMatchObject([{ id: ANA, unread: 3, at: atMs }])
    commit(directory.ride(message(ANA)))
    pass(5000)
    expect(entries('chats')).toMatchObject([{ unread: 4 }])
    // The same history again, after a crash.
    directory.read(ANA)
    directory.hear(past)
    pass(5000)
    expect(entries('chats')).toMatchObject([{ id: ANA, unread: 0 }])
  })

  it('add what the phone counted to what came between linking and its history, and only once', async () => {
    const directory = await start()
    commit(directory.ride(message(ANA)))
    commit(directory.ride(message(ANA)))
    commit(directory.ride(message(BOB)))
    directory.read(BOB)
    const past = { chats: [ANA, BOB].map((id) => ({ id, unreadThen: { count: 3, atMs: clock.now() - 1000 } })) }
    directory.hear(past)
    pass(5000)
    expect(entries('chats')).toMatchObject([
      { id: ANA, unread: 5 },
      { id: BOB, unread: 0 },
    ])
    // The same history again, after a crash, and after more has come.
    commit(directory.ride(message(BOB)))
    directory.hear(past)
    pass(5000)
    expect(entries('chats')).toMatchObject([
      { id: ANA, unread: 5 },
      { id: BOB, unread: 1 },
    ])
  })

  it('count a message once that the phone has counted as its last one', async () => {
    const directory = await start()
    commit(directory.ride(message(ANA)))
    directory.hear({ chats: [{ id: ANA, unreadThen: { count: 3, atMs: clock.now() } }] })
    pass(5000)
    expect(entries('chats')).toMatchObject([{ id: ANA, unread: 3 }])
  })

  it('count nothing twice that was here before the device was linked anew', async () => {
    const directory = await start()
    commit(directory.ride(message(ANA)))
    const then = clock.now() + 1000
    pass(5000)
    commit(directory.ride(message(ANA)))
    directory.hear({ chats: [{ id: ANA, unreadThen: { count: 1, atMs: then } }] })
    pass(5000)
    expect(entries('chats')).toMatchObject([{ id: ANA, unread: 2 }])
  })

  it('count what the phone counted, also when later parts of its history were told before', async () => {
    const directory = await start()
    const then = clock.now() - 10_000
    commit(directory.ride(message(ANA, { sentAtMs: then }, true)))
    commit(directory.ride(message(BOB, { sentAtMs: then }, true)))
    commit(directory.ride(message(BOB)))
    directory.hear({ chats: [ANA, BOB].map((id) => ({ id, unreadThen: { count: 5, atMs: then } })) })
    pass(5000)
    expect(entries('chats')).toMatchObject([
      { id: ANA, unread: 5, at: then },
      { id: BOB, unread: 6 },
    ])
  })

  it('count a live message that came before the history of a device that was linked anew beside what the phone counted', async () => {
    const directory = await start()
    for (let count = 0; count < 3; count++) commit(directory.ride(message(ANA)))
    const then = clock.now() + 2000
    pass(5000)
    // Linked anew: the phone has counted these three and four more, and two come before it says so.
    for (let count = 0; count < 2; count++) commit(directory.ride(message(ANA)))
    directory.hear({ chats: [{ id: ANA, unreadThen: { count: 7, atMs: then } }] })
    pass(5000)
    expect(entries('chats')).toMatchObject([{ id: ANA, unread: 9 }])
  })

  it('count the live message alone where the phone that was linked anew had read all others', async () => {
    const directory = await start()
    for (let count = 0; count < 3; count++) commit(directory.ride(message(ANA)))
    const then = clock.now() + 2000
    pass(5000)
    commit(directory.ride(message(ANA)))
    directory.hear({ chats: [{ id: ANA, unreadThen: { count: 0, atMs: then } }] })
    pass(5000)
    expect(entries('chats')).toMatchObject([{ id: ANA, unread: 1 }])
  })

  it('that were answered here, or read on another device, before the history came are not unread again', async () => {
    const directory = await start()
    const atMs = clock.now() - 1000
    commit(directory.ride(message(ANA, { fromMe: true })))
    commit(directory.ride(message(BOB)))
    directory.hear({ chats: [{ id: BOB, unread: 0 }] })
    directory.hear({ chats: [ANA, BOB].map((id) => ({ id, unreadThen: { count: 2, atMs } })) })
    pass(5000)
    expect(entries('chats')).toMatchObject([
      { id: ANA, unread: 0 },
      { id: BOB, unread: 0 },
    ])
  })

  it('are read up to where the phone has nothing unread, once it was linked anew', async () => {
    const directory = await start()
    commit(directory.ride(message(ANA)))
    const now = clock.now()
    directory.hear({ chats: [{ id: ANA, unreadThen: { count: 0, atMs: now - 1000 } }] })
    pass(5000)
    expect(entries('chats')).toMatchObject([{ id: ANA, unread: 1 }])
    directory.hear({ chats: [{ id: ANA, unreadThen: { count: 0, atMs: now + 1000 } }] })
    pass(5000)
    expect(entries('chats')).toMatchObject([{ id: ANA, unread: 0 }])
    directory.hear({ chats: [{ id: ANA, unreadThen: { count: 7, atMs: now + 2000 } }] })
    pass(5000)
    expect(entries('chats')).toMatchObject([{ id: ANA, unread: 7, at: now + 2000 }])
  })
})
