import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Chats } from '../chats.ts'
import type { Scenario } from '../scenario.ts'

const RECOVERY_LIMIT_MS = 120_000

const INSIDE = Buffer.alloc(150_000, 'inside ')
const OUTSIDE = Buffer.alloc(100_000, 'outside ')

/** A host outside that gives one file. It does not keep this process. */
let outside: Promise<string> | null = null

function addressOutside(): Promise<string> {
  outside ??= new Promise((resolve) => {
    const server: Server = createServer((_, response) => response.end(OUTSIDE))
    server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}/file.pdf`))
    server.unref()
  })
  return outside
}

/** Whether each file of the session is to be had at the address that its message has. */
async function areServed(chats: Chats): Promise<boolean> {
  for (const { path, bytes, sha256 } of chats.files) if (!(await chats.serves(path, { bytes, sha256 }))) return false
  return true
}

/** Sends one file that comes with its request, and one that the owner fetches. */
const sentFiles: Scenario = {
  name: 'media-sent',
  struck: 'working',
  runnerEnv: { ALLOW_INSIDE_ADDRESSES: '127.0.0.1' },
  recoveryLimitMs: RECOVERY_LIMIT_MS,
  diedAt: [
    'commit data record with job',
    'commit data record with media',
    'commit data record with waiting job: upload',
    'object create medium',
    'object measure medium',
    'object read medium',
    'upload medium',
  ],
  async act(chats) {
    await chats.sendFile({ mimetype: 'image/jpeg', bytes: INSIDE })
    await chats.sendFile({ mimetype: 'application/pdf', bytes: OUTSIDE, url: await addressOutside() })
  },
  isOver: areServed,
}

/** Receives a picture. Its message is stored at once, its bytes follow. */
const receivedFile: Scenario = {
  name: 'media-received',
  struck: 'working',
  recoveryLimitMs: RECOVERY_LIMIT_MS,
  diedAt: ['commit data record with media', 'object create medium', 'part of medium', 'read message'],
  act: (chats) => chats.receiveFile(200_000),
  isOver: areServed,
}

export const MEDIA: readonly Scenario[] = [sentFiles, receivedFile]
