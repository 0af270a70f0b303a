import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { HoldfastError } from '@holdfast/core/platform/errors'
import type { Bytes } from '@holdfast/core/platform/object-streams'

/** Turns any sound into a voice message. */
export interface VoiceConverter {
  /** @throws HoldfastError `cannot-use-media` while it is read, when the sound cannot be converted here */
  toVoice(sound: Bytes): Bytes
}

/** What WhatsApp's own clients record: one channel of Opus in Ogg. */
const ARGUMENTS = [
  '-v',
  'error',
  // A playlist in place of a sound must not name files of this host, or others.
  '-protocol_whitelist',
  'pipe',
  '-i',
  'pipe:0',
  '-vn',
  '-ac',
  '1',
  '-ar',
  '48000',
  '-c:a',
  'libopus',
  '-b:a',
  '32k',
  '-f',
  'ogg',
  'pipe:1',
]

/** The whole environment of the program: it reads bytes of strangers, and must not have the runner's secrets beside them. */
const ENVIRONMENT = { PATH: '/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin' }

const MINUTE_MS = 60_000

/** A program that does not tell its version in this time is not used. */
const VERSION_WITHIN_MS = 10_000

/** Returns whether this machine has ffmpeg, as `Ffmpeg` would call it. */
export async function hasFfmpeg(program = 'ffmpeg'): Promise<boolean> {
  const limits = { timeout: VERSION_WITHIN_MS, killSignal: 'SIGKILL' } as const
  try {
    const child = spawn(program, ['-version'], { stdio: 'ignore', env: ENVIRONMENT, ...limits })
    const [code] = (await once(child, 'close')) as [number | null]
    return code === 0
  } catch {
    return false
  }
}

/** Converts with the program ffmpeg, if this machine has it. Its bytes come and go through pipes. */
export class Ffmpeg implements VoiceConverter {
  readonly #program: string

  constructor(program = 'ffmpeg') {
    this.#program = program
  }

  async *toVoice(sound: Bytes): AsyncGenerator<Buffer> {
    const child = spawn(this.#program, ARGUMENTS, { stdio: ['pipe', 'pipe', 'ignore'], env: ENVIRONMENT, timeout: MINUTE_MS })
    const ended = once(child, 'close') as Promise<[number | null]>
    ended.catch(() => {})
    // A program that ends early closes its pipe; its exit code says why.
    const fed = pipeline(Readable.from(sound, { objectMode: false }), child.stdin).catch((error: unknown) => error)
    try {
      for await (const part of child.stdout) yield part as Buffer
      const [code] = await ended
      if (code !== 0) throw unusable('The sound cannot be converted into a voice message.')
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'ENOENT') throw error
      throw unusable('This installation cannot convert sounds: ffmpeg is missing. Send audio/ogg with Opus.')
    } finally {
      child.kill('SIGKILL')
      await fed
    }
  }
}

const unusable = (sentence: string): HoldfastError => new HoldfastError('cannot-use-media', sentence)
