import { expect } from 'vitest'
import { problem, type Row } from '../rows.ts'
import { OGG } from '../waha-world.ts'

/** Status, channels and calls. */

const sent = {
  id: expect.stringMatching(/^true_status@broadcast_/),
  timestamp: expect.any(Number),
  fromMe: true,
  jobId: expect.any(String),
}

const JPEG = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 0x10, 0x4a, 0x46, 0x49, 0x46, 0, 1]).toString('base64')

const file = (mimetype: string, filename: string, data: string) => ({ mimetype, filename, data })

let status = ''

export const OTHERS: readonly Row[] = [
  {
    route: 'POST /api/{s}/status/text',
    ask: (waha) => ({
      body: {
        id: null,
        contacts: [waha.person],
        text: 'Have a look!',
        backgroundColor: '#38b42f',
        font: 0,
        linkPreview: true,
        linkPreviewHighQuality: false,
      },
    }),
    status: 201,
    answer: sent,
    after: (_, { body }) => {
      status = body.id
    },
  },
  {
    route: 'POST /api/{s}/status/text',
    of: 'without contacts',
    ask: { body: { id: null, contacts: null, text: 'To whom?', backgroundColor: '#38b42f', font: 0 } },
    status: 422,
    answer: problem(422),
  },
  {
    route: 'POST /api/{s}/status/image',
    ask: (waha) => ({ body: { id: null, contacts: [waha.person], file: file('image/jpeg', 'a.jpeg', JPEG), caption: null } }),
    status: 201,
    answer: sent,
  },
  {
    route: 'POST /api/{s}/status/video',
    ask: (waha) => ({
      body: {
        contacts: [waha.person],
        file: file('video/mp4', 'a.mp4', Buffer.from('....ftypmp42').toString('base64')),
        convert: false,
        caption: '',
      },
    }),
    status: 201,
    answer: sent,
  },
  {
    route: 'POST /api/{s}/status/voice',
    ask: (waha) => ({
      body: {
        contacts: [waha.person],
        file: file('audio/ogg; codecs=opus', 'a.ogg', OGG.toString('base64')),
        convert: false,
        backgroundColor: '#38b42f',
      },
    }),
    status: 201,
    answer: sent,
  },
  {
    route: 'POST /api/{s}/status/delete',
    ask: (waha) => ({ body: { id: status, contacts: [waha.person] } }),
    status: 201,
  },
  { route: 'GET /api/{s}/channels', ask: { query: '?role=OWNER' }, status: 200, answer: [] },
  {
    route: 'POST /api/{s}/calls/reject',
    ask: async (waha) => {
      const id = await waha.world.simulator.call(waha.chat.contact, waha.chat.phone)
      await waha.told('call.received', {
        id,
        from: waha.person,
        timestamp: expect.any(Number),
        isVideo: false,
        isGroup: false,
      })
      return { body: { from: waha.person, id } }
    },
    status: 201,
  },
]
