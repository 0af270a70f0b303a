import { createHash, createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import { requestJson } from '../../../support/json-request.ts'
import { HMAC_KEY, type WahaWorld } from '../waha-world.ts'

/** What webhooks tell: the envelope, and the payload of each event. */

interface Told {
  readonly event: string
  readonly of?: string
  /** Makes it happen. Returns fields of the payload. */
  readonly make: (waha: WahaWorld) => Promise<object>
}

const jid = (number: string): string => `${number}@s.whatsapp.net`

const theirs = (waha: WahaWorld, id: string): string => `false_${waha.person}_${id}`

/** Names a message of the contact in a change of it. */
const keyOf = (waha: WahaWorld, id: string) => ({ id, fromMe: true, remoteJid: jid(waha.chat.phone) })

const fromThem = (waha: WahaWorld) => ({ from: waha.person, to: waha.me, fromMe: false, participant: null })

const poll = { name: 'Lunch?', options: [{ optionName: 'Yes' }, { optionName: 'No' }], selectableOptionsCount: 1 }

const EVENTS: readonly Told[] = [
  {
    event: 'message',
    of: 'that answers another one',
    async make(waha) {
      const first = await waha.says({ conversation: 'When?' })
      const contextInfo = {
        stanzaId: first,
        participant: jid(waha.chat.contact),
        quotedMessage: { conversation: 'When?' },
      }
      const id = await waha.says({ extendedTextMessage: { text: 'At ten', contextInfo } })
      const replyTo = { id: first, participant: waha.person, body: 'When?', hasMedia: false, media: null }
      return { id: theirs(waha, id), ...fromThem(waha), body: 'At ten', hasMedia: false, media: null, replyTo }
    },
  },
  {
    event: 'message',
    of: 'with a place',
    async make(waha) {
      const id = await waha.says({ locationMessage: { degreesLatitude: -23.5, degreesLongitude: -46.6, name: 'Here' } })
      return { id: theirs(waha, id), location: { latitude: '-23.5', longitude: '-46.6', name: 'Here', live: false } }
    },
  },
  {
    event: 'message',
    of: 'with a contact card',
    async make(waha) {
      const id = await waha.says({ contactMessage: { vcard: 'BEGIN:VCARD\nEND:VCARD' } })
      return { id: theirs(waha, id), vCards: ['BEGIN:VCARD\nEND:VCARD'] }
    },
  },
  {
    event: 'message',
    of: 'in a group',
    async make(waha) {
      const message = { conversation: 'To all' }
      const id = await waha.world.simulator.sayAsContact(waha.chat.contact, { group: waha.group, message })
      const names = { from: waha.group, participant: waha.person, fromMe: false }
      return { id: `false_${waha.group}_${id}_${waha.person}`, body: 'To all', ...names }
    },
  },
  {
    event: 'message.any',
    of: 'from the own phone',
    async make(waha) {
      const message = { conversation: 'From my phone' }
      const id = await waha.world.simulator.sayOnPhone(waha.chat.phone, { to: waha.chat.contact, message })
      const names = { from: waha.person, to: waha.person, fromMe: true, source: 'app' }
      return { id: `true_${waha.person}_${id}`, body: 'From my phone', ...names }
    },
  },
  {
    event: 'message.reaction',
    async make(waha) {
      const id = await waha.says({ conversation: 'Really?' })
      await waha.says({ reactionMessage: { key: keyOf(waha, id), text: '🤔' } }, { type: 'reaction' })
      const reaction = { text: '🤔', messageId: theirs(waha, id) }
      return { id: expect.any(String), ...fromThem(waha), timestamp: expect.any(Number), reaction }
    },
  },
  {
    event: 'message.edited',
    async make(waha) {
      const id = await waha.says({ conversation: 'Helo' })
      const key = keyOf(waha, id)
      const protocolMessage = { key, type: 'MESSAGE_EDIT', editedMessage: { conversation: 'Hello' }, timestampMs: Date.now() }
      await waha.says({ editedMessage: { message: { protocolMessage } } }, { edit: '1' })
      return { ...fromThem(waha), body: 'Hello', editedMessageId: id }
    },
  },
  {
    event: 'message.revoked',
    async make(waha) {
      const id = await waha.says({ conversation: 'Not this' })
      await waha.says({ protocolMessage: { key: keyOf(waha, id), type: 'REVOKE' } }, { edit: '7' })
      return { revokedMessageId: id, after: { id: expect.any(String), from: waha.person } }
    },
  },
  {
    event: 'poll.vote',
    async make(waha) {
      const { group, chat, world } = waha
      const secret = Buffer.alloc(32, 5).toString('base64')
      const message = { messageContextInfo: { messageSecret: secret }, pollCreationMessageV3: poll }
      const id = await world.simulator.sayOnPhone(chat.phone, { group, message, attrs: { type: 'poll' } })
      await waha.shown(id, {}, group)
      await world.simulator.voteAsContact(chat.contact, { group, asked: { id, author: chat.phone, secret }, options: ['Yes'] })
      const vote = { id: expect.any(String), from: group, participant: waha.person, selectedOptions: ['Yes'], fromMe: false }
      return { vote, poll: { id: `true_${group}_${id}`, from: group, to: group, fromMe: true } }
    },
  },
  {
    event: 'message.ack',
    of: 'of a message that was read',
    async make(waha) {
      const { body } = await waha.ask('POST /api/sendText', {
        body: { session: 'default', chatId: waha.person, text: 'Read me' },
      })
      await waha.told('message.ack', { id: body.id, ack: 2 })
      await waha.world.post(`/contacts/${waha.chat.contact}/receipt`, { id: body.messageId, type: 'read' })
      return { id: body.id, ack: 3, ackName: 'READ', from: waha.person, to: waha.person, fromMe: true }
    },
  },
  {
    event: 'chat.archive',
    async make(waha) {
      await waha.world.post(`/phones/${waha.chat.phone}/app-state`, { archive: { chat: waha.chat.contact, archived: true } })
      return { id: waha.person, archived: true, timestamp: expect.any(Number) }
    },
  },
  {
    event: 'chat.archive',
    of: 'through the API',
    async make(waha) {
      await waha.ask('POST /api/{s}/chats/{c}/unarchive')
      return { id: waha.person, archived: false, timestamp: expect.any(Number) }
    },
  },
  {
    event: 'label.upsert',
    of: 'through the API',
    async make(waha) {
      const { body } = await waha.ask('POST /api/{s}/labels', { body: { name: 'Told', colorHex: '#64c4ff', color: null } })
      return { id: body.id, name: 'Told', color: 1, colorHex: '#64c4ff' }
    },
  },
  {
    event: 'label.chat.added',
    of: 'through the API',
    async make(waha) {
      const { body } = await waha.ask('POST /api/{s}/labels', { body: { name: 'Given', colorHex: '#64c4ff', color: null } })
      await waha.ask('PUT /api/{s}/labels/chats/{c}', { body: { labels: [{ id: body.id }] } })
      return { labelId: body.id, chatId: waha.person, label: null }
    },
  },
]

/** Tests each event, in order. */
export function tellsEvents(waha: () => WahaWorld): void {
  test.each(EVENTS.map((told) => ({ ...told, name: told.of ? `${told.event} ${told.of}` : told.event })))(
    '$name',
    async (told) => {
      await waha().told(told.event, await told.make(waha()))
    },
  )

  test('the envelope and the headers of a delivery', async () => {
    const world = waha()
    const id = await world.says({ conversation: 'In an envelope' })
    const { event, headers, body } = await world.told('message', { id: theirs(world, id) })
    expect(event).toEqual({
      id: expect.stringMatching(/^evt_[0-9a-hjkmnp-tv-z]{26}$/),
      timestamp: expect.any(Number),
      event: 'message',
      session: 'default',
      metadata: { 'user.id': '123' },
      me: { id: world.me, pushName: expect.any(String) },
      payload: expect.any(Object),
      engine: 'NOWEB',
      environment: { version: expect.any(String), engine: 'NOWEB', tier: 'PLUS', browser: null },
    })
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'x-webhook-request-id': expect.any(String),
      'x-webhook-timestamp': expect.stringMatching(/^\d{13}$/),
      'x-webhook-hmac': createHmac('sha512', HMAC_KEY).update(body).digest('hex'),
      'x-webhook-hmac-algorithm': 'sha512',
      'x-my-custom-header': 'Value',
    })
  })

  test('a picture has an address on the host of the API, which takes the key in either place', async () => {
    const world = waha()
    const { chat, sandbox } = { chat: world.chat, sandbox: world.world.sandbox }
    const file = { to: chat.phone, kind: 'image', size: 20_000, mimetype: 'image/jpeg', caption: 'Look' }
    const path = `${world.world.simulator.url}/contacts/${chat.contact}/send-media`
    const sent = await requestJson<{ id: string; sha256: string }>(path, { method: 'POST', json: file })
    const { event } = await world.told('message', { id: theirs(world, sent.id) })
    const { media, mediaUrl, hasMedia, body } = event.payload as Record<string, never> & { media: { url: string } }
    expect({ media, mediaUrl, hasMedia, body }).toMatchObject({
      media: { mimetype: 'image/jpeg', error: null },
      mediaUrl: media.url,
      hasMedia: true,
      body: 'Look',
    })
    // Some clients take the path only, others the whole address.
    const { pathname } = new URL(media.url)
    const { api, apiKey } = sandbox.info
    const answers = [
      await fetch(media.url, { headers: { 'X-Api-Key': apiKey } }),
      await fetch(`${api}${pathname}?x-api-key=${encodeURIComponent(apiKey)}`),
    ]
    for (const answer of answers) {
      const bytes = new Uint8Array(await answer.arrayBuffer())
      expect([answer.status, createHash('sha256').update(bytes).digest('hex')]).toEqual([200, sent.sha256])
    }
  })
}
