import type { WASocket } from '@whiskeysockets/baileys'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { expect, test } from 'vitest'
import type { Medium } from '../../media.ts'
import { askForMedium } from './ask-for-medium.ts'

test('no phone is asked for the file of a channel', async () => {
  const medium = { mediaKey: null, kind: 'image', directPath: '/post' } as Medium
  const address = { messageId: 'P1', chat: '120363000000000009@newsletter', participant: null, fromMe: false }
  await expect(askForMedium({} as WASocket, medium, address, systemClock)).rejects.toMatchObject({ reason: 'no-longer' })
})
