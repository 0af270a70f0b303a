import { expect } from 'vitest'
import { problem, type Row } from '../rows.ts'
import { OGG, type WahaWorld } from '../waha-world.ts'

/** Sending, with the fields that the forms of clients send when they are left alone. */

const to = (waha: WahaWorld) => ({ session: 'default', chatId: waha.person })

/** The answer of every send. */
const sent = (waha: WahaWorld, more: object = {}, chatId = waha.person): object => ({
  id: expect.stringMatching(/^true_[^_]+_[0-9A-F]+$/),
  timestamp: expect.any(Number),
  from: chatId,
  to: chatId,
  fromMe: true,
  ack: 0,
  ackName: 'PENDING',
  replyTo: null,
  key: { remoteJid: expect.any(String), fromMe: true, id: expect.any(String) },
  messageTimestamp: expect.stringMatching(/^\d+$/),
  status: 'PENDING',
  _data: { id: { fromMe: true, _serialized: expect.any(String) } },
  jobId: expect.any(String),
  ...more,
})

/** The message of one's own, as it is told when it goes out. */
const own =
  (more: object = {}) =>
  (waha: WahaWorld, { body }: { body: { id: string } }) =>
    ['message.any', { id: body.id, fromMe: true, source: 'api', to: waha.person, from: waha.person, ...more }] as const

const acked = (waha: WahaWorld, { body }: { body: { id: string } }) =>
  ['message.ack', { id: body.id, fromMe: true, ack: 2, ackName: 'DEVICE', from: waha.person, to: waha.person }] as const

const FILE_BYTES = Buffer.from('%PDF-1.4 a small file')

const JPEG = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 0x10, 0x4a, 0x46, 0x49, 0x46, 0, 1]).toString('base64')

const file = (mimetype: string, data: string, filename: string | null = null) => ({ mimetype, filename, data })

const POLL = { name: 'How are you?', options: ['Awesome!', 'Good!', 'Not bad!'], multipleAnswers: false }

/** The id of the poll that the votes are for. */
let poll = ''

const body = (more: object) => (waha: WahaWorld) => ({ body: { ...to(waha), ...more } })

export const SENDING: readonly Row[] = [
  { route: 'GET /api/{s}/new-message-id', status: 200, answer: { id: expect.stringMatching(/^[0-9A-Z]+$/) } },
  {
    route: 'POST /api/sendText',
    ask: body({ reply_to: null, text: 'Hi there!', linkPreview: true, linkPreviewHighQuality: false }),
    status: 201,
    answer: (waha) => sent(waha, { body: 'Hi there!', hasMedia: false, media: null }),
    event: acked,
  },
  {
    route: 'POST /api/sendText',
    of: 'with nothing in each optional field',
    ask: body({ text: 'nothing else', reply_to: '', mentions: null, id: null, linkPreview: null, priority: '', what: { a: 1 } }),
    status: 201,
    ignored: ['reply_to', 'mentions', 'id', 'linkPreview', 'priority', 'what'],
    answer: (waha) => sent(waha, { body: 'nothing else' }),
    event: own({ body: 'nothing else', hasMedia: false }),
  },
  {
    route: 'POST /api/sendText',
    of: 'to a bare number',
    ask: (waha) => ({ body: { session: 'default', chatId: waha.chat.contact, text: 'bare' } }),
    status: 201,
    answer: (waha) => sent(waha, { body: 'bare' }),
  },
  {
    route: 'POST /api/sendText',
    of: 'to a JID of the engine',
    ask: (waha) => ({ body: { session: 'default', chatId: `${waha.chat.contact}@s.whatsapp.net`, text: 'engine' } }),
    status: 201,
    answer: (waha) => sent(waha, { body: 'engine' }),
  },
  {
    route: 'POST /api/sendText',
    of: 'to a group, where everybody is mentioned',
    ask: (waha) => ({ body: { session: 'default', chatId: waha.group, text: '@all hi', mentions: ['all'] } }),
    status: 201,
    answer: (waha) => sent(waha, { body: '@all hi', id: expect.stringContaining(`true_${waha.group}_`) }, waha.group),
    event: (waha, { body: { id } }) => ['message.ack.group', { id, ack: 1, ackName: 'SERVER', from: waha.group }],
  },
  {
    route: 'POST /api/sendText',
    of: 'to a number that is not on WhatsApp',
    ask: { body: { session: 'default', chatId: '551100000000@c.us', text: 'nobody' } },
    status: 201,
    event: (_, { body: { id } }) => ['message.ack', { id, ack: -1, ackName: 'ERROR', fromMe: true }],
  },
  {
    route: 'POST /api/sendText',
    of: 'without a text',
    ask: body({ text: '' }),
    status: 400,
    answer: problem(400, { message: [expect.stringContaining('text')] }),
  },
  {
    route: 'POST /api/sendImage',
    ask: body({ file: file('image/jpeg', JPEG, 'filename.jpeg'), reply_to: null, caption: 'Look', convert: null }),
    status: 201,
    answer: (waha) => sent(waha, { body: 'Look', hasMedia: true }),
    event: own({ body: 'Look', hasMedia: true, media: { mimetype: 'image/jpeg' } }),
  },
  {
    route: 'POST /api/sendFile',
    of: 'from an address',
    ask: (waha) => ({
      body: {
        ...to(waha),
        file: { mimetype: 'application/pdf', filename: 'a.pdf', url: waha.hosted('a.pdf'), data: null },
        caption: null,
      },
    }),
    status: 201,
    answer: (waha) => sent(waha, { hasMedia: true }),
    event: acked,
  },
  {
    route: 'POST /api/sendFile',
    ask: body({ file: file('application/pdf', FILE_BYTES.toString('base64'), 'b.pdf'), caption: '' }),
    status: 201,
    answer: (waha) => sent(waha, { hasMedia: true }),
    event: own({ hasMedia: true, media: { filename: 'b.pdf', mimetype: 'application/pdf' } }),
  },
  {
    route: 'POST /api/sendVoice',
    ask: body({ file: file('audio/ogg; codecs=opus', OGG.toString('base64'), null), reply_to: null, convert: false }),
    status: 201,
    answer: (waha) => sent(waha, { hasMedia: true }),
    event: acked,
  },
  {
    route: 'POST /api/sendVideo',
    ask: body({
      file: file('video/mp4', Buffer.from('....ftypmp42').toString('base64'), 'v.mp4'),
      asNote: false,
      convert: false,
      caption: 'See',
    }),
    status: 201,
    answer: (waha) => sent(waha, { body: 'See', hasMedia: true }),
  },
  {
    route: 'POST /api/sendLocation',
    ask: body({ reply_to: null, latitude: 38.8937255, longitude: -77.0969763, title: 'Our office' }),
    status: 201,
    answer: (waha) => sent(waha),
    event: own({ location: { latitude: '38.8937255', longitude: '-77.0969763' } }),
  },
  {
    route: 'POST /api/sendContactVcard',
    ask: body({
      reply_to: null,
      contacts: [
        {
          vcard: null,
          fullName: 'John Doe',
          organization: 'Company Name',
          phoneNumber: '+91 11111 11111',
          whatsappId: '911111111111',
        },
        { vcard: 'BEGIN:VCARD\nVERSION:3.0\nFN:Jane Doe\nEND:VCARD' },
      ],
    }),
    status: 201,
    answer: (waha) => sent(waha),
    event: own({ vCards: [expect.stringContaining('waid=911111111111'), expect.stringContaining('Jane Doe')] }),
  },
  {
    route: 'POST /api/sendPoll',
    ask: body({ reply_to: null, poll: POLL }),
    status: 201,
    answer: (waha) => sent(waha),
    event: acked,
    after: (_, answer) => {
      poll = answer.body.id
    },
  },
  {
    route: 'POST /api/sendPollVote',
    ask: (waha) => ({ body: { ...to(waha), pollMessageId: poll, pollServerId: null, votes: ['Good!'] } }),
    status: 201,
    answer: (waha) => sent(waha),
  },
  {
    route: 'POST /api/sendList',
    ask: body({
      reply_to: null,
      message: {
        title: 'Simple Menu',
        description: 'Please choose an option',
        footer: 'Thank you!',
        button: 'Choose',
        sections: [{ title: 'Main', rows: [{ title: 'Option 1', rowId: 'option1', description: null }] }],
      },
    }),
    status: 201,
    answer: (waha) => sent(waha),
  },
  {
    route: 'POST /api/send/link-custom-preview',
    ask: body({
      text: 'Check this out! https://github.com/',
      linkPreviewHighQuality: true,
      preview: { url: 'https://github.com/', title: 'Your Title', description: 'Check this out!', image: { data: JPEG } },
    }),
    status: 201,
    answer: (waha) => sent(waha, { body: 'Check this out! https://github.com/' }),
  },
  {
    route: 'POST /api/{s}/events',
    ask: (waha) => ({
      body: {
        chatId: waha.person,
        reply_to: null,
        event: {
          name: "John's Nail Appointment 💅",
          description: "It's time for your nail care session!",
          startTime: 2_063_137_000,
          endTime: null,
          location: { name: 'Luxe Nails Salon 💅' },
          extraGuestsAllowed: false,
        },
      },
    }),
    status: 201,
    answer: (waha) => sent(waha),
  },
  {
    route: 'POST /api/startTyping',
    ask: (waha) => ({ body: to(waha) }),
    status: 201,
    answer: { result: true },
  },
  { route: 'POST /api/stopTyping', ask: (waha) => ({ body: to(waha) }), status: 201, answer: { result: true } },
]
