import { randomInt } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Chat, EngineWorld, eventually } from '../support/engine-world.ts'
import { rawApi, type RawAnswer } from '../support/raw-api.ts'

/** Chats, contacts and groups, as clients of WAHA ask for them: the API, a runner and the simulator. */

let world: EngineWorld
let chat: Chat
let call: (method: string, path: string, json?: unknown) => Promise<RawAnswer>

beforeAll(async () => {
  world = await EngineWorld.start()
  call = rawApi(world)
  chat = await world.linked('chats', { phone: { keyShare: true } })
})

afterAll(async () => {
  expect((await world.simulator.state()).violations).toEqual([])
  await world[Symbol.asyncDispose]()
})

/** The questions that nobody has removed. */
const openQuestions = () => world.google.documents.query({ collection: 'owner_queries' })

const frames = (tag: string, child?: string) =>
  world.happened.filter(
    (event) => event.type === 'frame' && event.phone === chat.phone && event.tag === tag && (!child || event.child === child),
  )

describe('a phone number', () => {
  const ask = (phone: string, session = chat.name) => call('GET', `/api/contacts/check-exists?session=${session}&phone=${phone}`)

  test('with an account has a chat, and WhatsApp is asked once', async () => {
    const before = frames('iq', 'usync').length
    const answer = { status: 200, body: { numberExists: true, chatId: `${chat.contact}@c.us` } }
    expect(await ask(chat.contact)).toEqual(answer)
    expect(await ask(`%2B${chat.contact}`)).toEqual(answer)
    expect(frames('iq', 'usync').length).toBe(before + 1)
    await eventually(async () => expect(await openQuestions()).toEqual([]))
  })

  test('without an account has none', async () => {
    expect(await ask(`5511${randomInt(100_000_000, 999_999_999)}`)).toEqual({ status: 200, body: { numberExists: false } })
  })

  test('that is none is refused, and so is a session that is not connected', async () => {
    expect(await ask('hello')).toMatchObject({ status: 400, body: { code: 'bad-request' } })
    expect(await ask(chat.contact, 'nobody')).toMatchObject({ status: 404, body: { code: 'unknown-session' } })
    await call('POST', '/api/sessions', { name: 'stopped', start: false })
    expect(await ask(chat.contact, 'stopped')).toMatchObject({
      status: 422,
      body: { code: 'session-not-working', session: 'stopped', status: 'STOPPED', expected: ['WORKING'] },
    })
  })
})

test('a first message to a number without an account fails at once', async () => {
  const nobody = `5511${randomInt(100_000_000, 999_999_999)}`
  const job = await chat.send('hello', nobody)
  await chat.untilStatus(job, 'failed')
  expect(await chat.job(job)).toMatchObject({ attempts: 0, lastError: { code: 'not-on-whatsapp' } })
})

const SUCCESS = { success: true }

/** Resolves with the next event of a kind about the session's phone. */
const heard = (type: string, since: number, fits: (event: Record<string, unknown>) => boolean = () => true) =>
  world.happens((event) => event.type === type && event['phone'] === chat.phone && fits(event), since)

describe('a group', () => {
  const at = (path = '') => `/api/${chat.name}/groups${path}`
  const somebody = `5511${randomInt(100_000_000, 999_999_999)}`
  let id = ''
  const members = async () => {
    const { body } = await call('GET', at(`/${id}/participants/v2`))
    return Object.fromEntries(body.map((one: { id: string; role: string }) => [one.id, one.role]))
  }

  beforeAll(async () => {
    await world.simulator.createContact(somebody, 'Somebody')
    const made = await call('POST', at(), { name: 'Our team', participants: [{ id: `${chat.contact}@c.us` }] })
    expect(made).toMatchObject({ status: 201, body: { subject: 'Our team', size: 2 } })
    id = made.body.id
  })

  test('is listed with its members, and counted', async () => {
    const [group] = (await call('GET', at('?exclude='))).body
    const lid = expect.stringMatching(/@lid$/)
    expect(group).toMatchObject({ id, subject: 'Our team', owner: `${chat.phone}@c.us`, announce: false })
    expect(group.participants).toEqual([
      { id: `${chat.phone}@c.us`, pn: `${chat.phone}@c.us`, lid, role: 'superadmin', admin: 'superadmin' },
      { id: `${chat.contact}@c.us`, pn: `${chat.contact}@c.us`, lid, role: 'participant', admin: null },
    ])
    expect((await call('GET', at('?exclude=participants&limit=1'))).body[0].participants).toBeUndefined()
    expect(await call('GET', at('/count'))).toEqual({ status: 200, body: { count: 1 } })
    expect(await call('GET', at(`/${encodeURIComponent(id)}`))).toMatchObject({ status: 200, body: { id } })
  })

  test('takes new members and admins, and lets them go', async () => {
    const persons = { participants: [{ id: `${somebody}@c.us` }] }
    expect(await call('POST', at(`/${id}/participants/add`), persons)).toMatchObject({ status: 200, body: [{ status: 200 }] })
    expect(await members()).toMatchObject({ [`${somebody}@c.us`]: 'participant' })
    expect(await call('POST', at(`/${id}/admin/promote`), persons)).toMatchObject({ status: 200 })
    expect(await members()).toMatchObject({ [`${somebody}@c.us`]: 'admin' })
    expect(await call('POST', at(`/${id}/admin/demote`), persons)).toMatchObject({ status: 200 })
    expect(await call('POST', at(`/${id}/participants/remove`), persons)).toMatchObject({ status: 200 })
    expect(await members()).not.toHaveProperty([`${somebody}@c.us`])
    expect(await call('POST', at(`/${id}/participants/remove`), persons)).toMatchObject({
      status: 422,
      body: { code: 'refused-there' },
    })
  })

  test('is answered from what is stored, which follows what others change', async () => {
    const questions = () => frames('iq').filter(({ child }) => child === 'query' || child === 'participating').length
    const asked = questions()
    const size = async () => (await call('GET', at())).body.find((one: { id: string }) => one.id === id).size
    expect([await size(), await size()]).toEqual([2, 2])
    expect(questions()).toBe(asked)
    await world.simulator.changeParticipants(id, { add: [somebody] })
    await eventually(async () => expect(await size()).toBe(3))
    await world.simulator.changeParticipants(id, { remove: [somebody] })
    await eventually(async () => expect(await members()).not.toHaveProperty([`${somebody}@c.us`]))
  })

  test('has a name, a description, settings and an invitation', async () => {
    expect(await call('PUT', at(`/${id}/subject`), { subject: 'Their team' })).toEqual({ status: 200, body: SUCCESS })
    for (const description of ['What we do', 'What we did']) {
      expect(await call('PUT', at(`/${id}/description`), { description })).toEqual({ status: 200, body: SUCCESS })
    }
    for (const setting of ['info-admin-only', 'messages-admin-only']) {
      const path = at(`/${id}/settings/security/${setting}`)
      expect(await call('GET', path)).toEqual({ status: 200, body: { adminsOnly: false } })
      expect(await call('PUT', path, { adminsOnly: true })).toEqual({ status: 200, body: SUCCESS })
      expect(await call('GET', path)).toEqual({ status: 200, body: { adminsOnly: true } })
    }
    expect((await call('GET', at(`/${id}`))).body).toMatchObject({ subject: 'Their team', description: 'What we did' })
    const code = (await call('GET', at(`/${id}/invite-code`))).body
    const renewed = (await call('POST', at(`/${id}/invite-code/revoke`))).body
    expect(renewed).not.toBe(code)
    const join = (invitation: string) => call('POST', at('/join'), { code: invitation })
    expect(await join(`https://chat.whatsapp.com/${renewed}`)).toEqual({ status: 200, body: { id } })
    expect(await join(code)).toMatchObject({ status: 404, body: { code: 'unknown-there' } })
  })

  test('that the account is no admin of, or not in, refuses it', async () => {
    const theirs = await world.simulator.createGroup('Their own', [chat.contact, chat.phone])
    const persons = { participants: [{ id: `${somebody}@c.us` }] }
    expect(await call('POST', at(`/${theirs}/participants/add`), persons)).toMatchObject({
      status: 422,
      body: { code: 'refused-there' },
    })
    expect(await call('POST', at(`/${theirs}/leave`))).toEqual({ status: 200, body: SUCCESS })
    expect(await call('GET', at(`/${theirs}`))).toMatchObject({ status: 422, body: { code: 'refused-there' } })
    expect(await call('GET', at('/120363999999999999@g.us'))).toMatchObject({ status: 404, body: { code: 'unknown-there' } })
    expect(await call('GET', at(`/${chat.contact}@c.us`))).toMatchObject({ status: 400, body: { code: 'invalid-chat' } })
  })
})

/** The smallest beginning of a JPEG. */
const JPEG = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 0]).toString('base64')

test('a person has a picture and an about, is blocked, and is saved', async () => {
  const query = `session=${chat.name}&contactId=${chat.contact}@c.us`
  expect(await call('GET', `/api/contacts/about?${query}`)).toEqual({ status: 200, body: { about: null } })
  expect(await call('GET', `/api/contacts/profile-picture?${query}`)).toEqual({ status: 200, body: { profilePictureURL: null } })
  await world.post(`/contacts/${chat.contact}/profile`, { about: 'At the beach', picture: JPEG })
  expect(await call('GET', `/api/contacts/about?${query}`)).toEqual({ status: 200, body: { about: 'At the beach' } })
  const picture = await call('GET', `/api/contacts/profile-picture?${query}`)
  expect(picture.body.profilePictureURL).toMatch(/^https:/)
  const person = { session: chat.name, contactId: `${chat.contact}@c.us` }
  const isBlocked = async () => (await call('GET', `/api/contacts?${query}`)).body.isBlocked
  expect(await call('POST', '/api/contacts/block', person)).toEqual({ status: 201, body: SUCCESS })
  await eventually(async () => expect(await isBlocked()).toBe(true))
  expect(await call('POST', '/api/contacts/unblock', person)).toEqual({ status: 201, body: SUCCESS })
  await eventually(async () => expect(await isBlocked()).toBe(false))
  const since = world.happened.length
  const saved = { firstName: 'Ada', lastName: 'Lovelace' }
  expect(await call('PUT', `/api/${chat.name}/contacts/${chat.contact}@c.us`, saved)).toEqual({ status: 200, body: SUCCESS })
  await heard('app-state-patch', since)
})

test('the LIDs that the session knows are shown in both directions', async () => {
  const phone = `${chat.contact}@c.us`
  const { body } = await call('GET', `/api/${chat.name}/lids/pn/${chat.contact}`)
  expect(body).toEqual({ lid: expect.stringMatching(/@lid$/), pn: phone })
  expect((await call('GET', `/api/${chat.name}/lids/${body.lid}`)).body).toEqual(body)
  expect((await call('GET', `/api/${chat.name}/lids/999999999999999`)).body).toEqual({ lid: '999999999999999@lid', pn: null })
  const { count } = (await call('GET', `/api/${chat.name}/lids/count`)).body
  expect((await call('GET', `/api/${chat.name}/lids`)).body).toHaveLength(count)
})

test('the account shows its presence, types, and hears of others', async () => {
  const since = world.happened.length
  const where = { session: chat.name, chatId: `${chat.contact}@c.us` }
  expect(await call('POST', '/api/startTyping', where)).toEqual({ status: 201, body: { result: true } })
  await heard('presence', since, ({ presence, to }) => presence === 'composing' && to === `${chat.contact}@s.whatsapp.net`)
  expect(await call('POST', '/api/stopTyping', where)).toEqual({ status: 201, body: { result: true } })
  await heard('presence', since, ({ presence }) => presence === 'paused')
  expect(await call('POST', `/api/${chat.name}/presence`, { presence: 'recording', chatId: where.chatId })).toMatchObject({
    status: 201,
  })
  await heard('presence', since, ({ presence }) => presence === 'recording')
  const path = `/api/${chat.name}/presence/${chat.contact}@c.us`
  expect(await call('GET', path)).toEqual({ status: 200, body: { id: `${chat.contact}@c.us`, presences: [] } })
  await heard('presence', since, ({ presence }) => presence === 'subscribe')
  const { deviceJid } = await chat.account()
  expect(deviceJid).not.toBeNull()
  await world.post(`/phones/${chat.phone}/stanza`, {
    via: 'line',
    tag: 'presence',
    attrs: { from: `${chat.contact}@s.whatsapp.net`, type: 'unavailable', last: '1790000000' },
  })
  const presences = [{ participant: `${chat.contact}@c.us`, lastKnownPresence: 'offline', lastSeen: 1_790_000_000 }]
  await eventually(async () => expect((await call('GET', path)).body).toEqual({ id: `${chat.contact}@c.us`, presences }))
})

test('the profile of the account is shown and changed', async () => {
  const at = (path = '') => `/api/${chat.name}/profile${path}`
  expect((await call('GET', at())).body).toMatchObject({ id: `${chat.phone}@c.us`, picture: null })
  expect(await call('PUT', at('/name'), { name: 'Our shop' })).toEqual({ status: 200, body: SUCCESS })
  expect(await call('PUT', at('/status'), { status: 'Open' })).toEqual({ status: 200, body: SUCCESS })
  expect(await call('PUT', at('/picture'), { file: { mimetype: 'image/jpeg', data: JPEG } })).toEqual({
    status: 200,
    body: SUCCESS,
  })
  expect((await call('GET', at())).body.picture).toMatch(/^https:/)
  expect(await call('DELETE', at('/picture'))).toEqual({ status: 200, body: SUCCESS })
  const png = { mimetype: 'image/png', data: 'iVBORw0KGgo=' }
  expect(await call('PUT', at('/picture'), { file: png })).toMatchObject({ status: 422, body: { code: 'not-possible' } })
})

describe('the chats of a session', () => {
  const at = (path = '') => `/api/${chat.name}/chats${path}`
  const friend = `5511${randomInt(100_000_000, 999_999_999)}`
  const chatOf = async (phone: string) =>
    (await call('GET', at())).body.find((one: { id: string }) => one.id === `${phone}@c.us`) ?? null

  test('show a message within five seconds, and its name', async () => {
    await world.simulator.createContact(friend, 'A friend')
    await world.simulator.sendAsContact(friend, chat.phone, 'hello')
    const sentAt = performance.now()
    const shown = { id: `${friend}@c.us`, name: 'A friend', unreadCount: 1, isGroup: false, archived: false }
    await eventually(async () => expect(await chatOf(friend)).toMatchObject(shown))
    // The limit has room for a busy machine.
    expect(performance.now() - sentAt).toBeLessThan(15_000)
    const [first] = (await call('GET', at('/overview?limit=1'))).body
    expect(first).toMatchObject({ id: `${friend}@c.us`, name: 'A friend', picture: null, lastMessage: { body: 'hello' } })
    for (const id of [`${friend}@c.us`, `${friend}@s.whatsapp.net`]) {
      const filter = { filter: { ids: [id] }, pagination: { limit: 5, offset: 0 } }
      expect(await call('POST', at('/overview'), filter)).toMatchObject({ status: 201, body: [{ id: `${friend}@c.us` }] })
    }
    const contacts = (await call('GET', `/api/contacts/all?session=${chat.name}&limit=100`)).body
    const pushname = 'A friend'
    expect(contacts).toContainEqual(
      expect.objectContaining({ id: `${friend}@c.us`, number: friend, pushname, isMyContact: false }),
    )
    const one = await call('GET', `/api/contacts?session=${chat.name}&contactId=${friend}@c.us`)
    expect(one).toMatchObject({ status: 200, body: { pushname } })
  })

  test('are read, archived, marked and deleted, here and on the phone', async () => {
    const since = world.happened.length
    const read = await call('POST', at(`/${friend}@c.us/messages/read`))
    expect(read).toMatchObject({ status: 201, body: { ids: [expect.stringContaining(`false_${friend}@c.us_`)] } })
    await world.happens((event) => event.type === 'frame' && event['tag'] === 'receipt' && event['attrsType'] === 'read', since)
    await eventually(async () => expect(await chatOf(friend)).toMatchObject({ unreadCount: 0 }))
    const seen = { session: chat.name, chatId: `${friend}@c.us`, messageIds: read.body.ids }
    expect(await call('POST', '/api/sendSeen', seen)).toMatchObject({ status: 201, body: { ids: read.body.ids } })
    for (const change of ['archive', 'unread']) {
      expect(await call('POST', at(`/${friend}@c.us/${change}`))).toEqual({ status: 200, body: SUCCESS })
    }
    await eventually(async () => expect(await chatOf(friend)).toMatchObject({ archived: true, unreadCount: 1 }))
    await heard('app-state-patch', since)
    expect(await call('POST', at(`/${friend}@c.us/unarchive`))).toEqual({ status: 200, body: SUCCESS })
    await eventually(async () => expect(await chatOf(friend)).toMatchObject({ archived: false }))
    expect(await call('DELETE', at(`/${friend}@c.us`))).toEqual({ status: 200, body: SUCCESS })
    await eventually(async () => expect(await chatOf(friend)).toBeNull())
    expect(await call('POST', at('/5511000000000@c.us/archive'))).toMatchObject({
      status: 404,
      body: { code: 'unknown-message' },
    })
  })

  test('have labels, of the phone and of the API, on both', async () => {
    const labels = (path = '') => `/api/${chat.name}/labels${path}`
    const ofFriend = labels(`/chats/${friend}@c.us`)
    const lead = { id: '7', name: 'Lead', color: 2, colorHex: '#ffd429' }
    await world.post(`/phones/${chat.phone}/app-state`, {
      label: { id: '7', name: 'Lead', color: 2 },
      labelChat: { label: '7', chat: friend },
    })
    await eventually(async () => expect((await call('GET', ofFriend)).body).toEqual([lead]))
    const made = { id: '8', name: 'Kunde ✓', color: 3, colorHex: '#dfaef0' }
    expect(await call('POST', labels(), { name: 'Kunde ✓', colorHex: '#DFAEF0' })).toEqual({ status: 201, body: made })
    expect(await call('PUT', ofFriend, { labels: [{ id: '8' }] })).toEqual({ status: 200, body: SUCCESS })
    await eventually(async () => expect((await call('GET', ofFriend)).body).toEqual([made]))
    expect((await call('GET', labels())).body).toEqual([lead, made])
    expect((await call('GET', labels('/8/chats'))).body).toMatchObject([{ id: `${friend}@c.us` }])
    expect((await call('GET', labels('/7/chats'))).body).toEqual([])
    const { regular } = (await world.simulator.appState(chat.phone)).collections
    expect(regular?.entries).toContainEqual({
      index: ['label_jid', '7', `${friend}@s.whatsapp.net`],
      value: expect.objectContaining({ labelAssociationAction: { labeled: false } }),
    })
    expect(await call('PUT', labels('/7'), { name: 'Old', color: 4 })).toMatchObject({
      status: 200,
      body: { id: '7', name: 'Old' },
    })
    expect(await call('DELETE', labels('/8'))).toEqual({ status: 200, body: SUCCESS })
    await eventually(async () => expect((await call('GET', labels())).body).toMatchObject([{ id: '7', name: 'Old', color: 4 }]))
    expect((await call('GET', ofFriend)).body).toEqual([])
    for (const unknown of [call('DELETE', labels('/99')), call('PUT', ofFriend, { labels: [{ id: '99' }] })]) {
      expect(await unknown).toMatchObject({ status: 404, body: { code: 'unknown-there' } })
    }
    const wrong = { name: 'Wrong', colorHex: '#123456' }
    expect(await call('POST', labels(), wrong)).toMatchObject({ status: 422, body: { code: 'not-possible' } })
  })

  test('have what the phone says of them, and survive the runner', async () => {
    await world.simulator.sendAsContact(friend, chat.phone, 'hello again')
    await eventually(async () => expect(await chatOf(friend)).toMatchObject({ unreadCount: 1 }))
    const readOnPhone = { from: `${friend}@s.whatsapp.net`, id: 'READ', type: 'read-self', t: '1790000000' }
    await world.post(`/phones/${chat.phone}/stanza`, { tag: 'receipt', attrs: readOnPhone })
    await eventually(async () => expect(await chatOf(friend)).toMatchObject({ unreadCount: 0 }))
    await world.simulator.sendAsContact(friend, chat.phone, 'hello once more')
    await world.post(`/phones/${chat.phone}/app-state`, { contact: { phone: friend, name: 'My friend' } })
    await eventually(async () => expect(await chatOf(friend)).toMatchObject({ name: 'My friend' }))
    const ownName = async () => [
      (await call('GET', `/api/sessions/${chat.name}`)).body.me.pushName,
      (await call('GET', `/api/sessions/${chat.name}/me`)).body.pushName,
    ]
    await world.post(`/phones/${chat.phone}/app-state`, { pushName: 'Our shop' })
    await eventually(async () => expect(await ownName()).toEqual(['Our shop', 'Our shop']))
    // The death follows the message at once, before the chats are written.
    await world.simulator.sendAsContact(friend, chat.phone, 'one')
    await eventually(async () => expect(await chat.stored()).toContain('one'))
    await world.simulator.sendAsContact(friend, chat.phone, 'two')
    await eventually(async () => expect(await chat.stored()).toContain('two'), 30_000, 20)
    world.sandbox.runner('runner-1').kill()
    await eventually(async () => expect(await chatOf(friend)).toMatchObject({ name: 'My friend', unreadCount: 3 }), 60_000)
    await chat.works()
    expect(await ownName()).toEqual(['Our shop', 'Our shop'])
  })

  test('have nothing of a person whose data was erased, in the memory of the owner as well', async () => {
    await chat.works()
    const removed = { messages: 0, directory: 0 }
    // A call that is not complete, because somebody was just writing or the owner did not answer in time, is repeated.
    await eventually(async () => {
      const { status, body } = await call('DELETE', `/api/${chat.name}/contacts/${friend}@c.us/data`)
      expect(status).toBe(200)
      removed.messages += body.removed.messages
      removed.directory += body.removed.directory
      expect(body.complete).toBe(true)
    })
    expect(removed).toEqual({ messages: 5, directory: 1 })
    expect(await chatOf(friend)).toBeNull()
    // The owner writes its lists anew with the message of another person.
    await world.simulator.sendAsContact(chat.contact, chat.phone, 'anything new?')
    await eventually(async () => expect(await chatOf(chat.contact)).toMatchObject({ unreadCount: 1 }))
    expect(await chatOf(friend)).toBeNull()
    const contacts = (await call('GET', `/api/contacts/all?session=${chat.name}&limit=100`)).body
    expect(JSON.stringify(contacts)).not.toContain(friend)
  })
})
