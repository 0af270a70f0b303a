import { proto } from '@whiskeysockets/baileys'
import { expect, test } from 'vitest'
import { composeMessage } from './compose.ts'

const ME = '5511900000001:7@s.whatsapp.net'

test.each(['5511900000002@s.whatsapp.net', '200000000000002@lid', '120363000000000001@g.us'])(
  'a text for %s becomes a message that contains only the text',
  (chat) => {
    const encoded = composeMessage({ chat, content: { type: 'text', text: 'Olá 👋' }, messageId: 'M1', userJid: ME })
    expect(proto.Message.decode(encoded).toJSON()).toEqual({ extendedTextMessage: { text: 'Olá 👋' } })
  },
)
