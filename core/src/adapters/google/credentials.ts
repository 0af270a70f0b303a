import { readFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { Storage } from '@google-cloud/storage'
import { HoldfastError, isHoldfastError, messageOf } from '../../platform/errors.ts'
import { EXIT } from '../../platform/exit-codes.ts'
import {
  type CredentialsSource,
  NO_CREDENTIALS,
  saysBadCredentialsFile,
  saysNoCredentials,
} from '../../platform/google-credentials.ts'
import type { Logger } from '../../platform/logging.ts'

/** A metadata server may start together with the container: then its first answers come some seconds late. */
const METADATA_WITHIN_MS = 10_000
const ASKED_AGAIN_AFTER_MS = 1000

/**
 * Ends a process that has no Google credentials, before it begins any work. Without them every request fails for ever, which looks like
 * an outage. Whether the credentials allow anything, the check of the stores tells.
 */
export async function endWithoutCredentials(source: CredentialsSource, logger: Logger): Promise<void> {
  try {
    await requireCredentials(source)
  } catch (error) {
    const exitCode = isHoldfastError(error, 'bad-configuration') ? EXIT.badConfiguration : EXIT.crashed
    logger.fatal({ exitCode }, messageOf(error))
    process.exit(exitCode)
  }
}

/**
 * @throws HoldfastError `bad-configuration` when there are none or their file cannot be used, `unavailable` when the metadata server
 * answered too late for Google's client: the next process has its answer in time
 */
async function requireCredentials(source: CredentialsSource): Promise<void> {
  if (source.type === 'emulator') return
  if (source.type === 'file') await assertCredentialsFile(source.path)
  try {
    await new Storage().authClient.getClient()
  } catch (error) {
    if (source.type === 'file' && saysBadCredentialsFile(error)) throw badFile(source.path, 'has no credentials of Google')
    // Whatever else went wrong may pass.
    if (source.type === 'file' || !saysNoCredentials(error)) return
    if (await answersInTime(source.metadataServer)) {
      throw new HoldfastError('unavailable', 'The metadata server answered too late, so this process has no Google credentials.')
    }
    throw new HoldfastError('bad-configuration', `${NO_CREDENTIALS.sentence} ${NO_CREDENTIALS.advice}`)
  }
}

/** The text of the file, and of errors that quote it, stays out of the sentence: it is a secret. */
async function assertCredentialsFile(path: string): Promise<void> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    const { code = 'an error' } = error as NodeJS.ErrnoException
    throw badFile(path, WHY_UNREADABLE[code] ?? `cannot be read (${code})`)
  }
  try {
    JSON.parse(text)
  } catch {
    throw badFile(path, 'is no JSON')
  }
}

const WHY_UNREADABLE: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  EACCES: 'may not be read by the user of this process',
  EISDIR: 'is a directory',
}

const badFile = (path: string, why: string): HoldfastError =>
  new HoldfastError(
    'bad-configuration',
    `GOOGLE_APPLICATION_CREDENTIALS: the file ${path} ${why}. Set it to the path of a file with the key of a service account, which ` +
      'this process can read.',
  )

/** Asks the metadata server itself, because Google's client asks once only, and waits for 3 s. */
async function answersInTime(metadataServer: string): Promise<boolean> {
  const signal = AbortSignal.timeout(METADATA_WITHIN_MS)
  while (!signal.aborted) {
    try {
      const headers = { 'Metadata-Flavor': 'Google' }
      const answer = await fetch(`${metadataServer}/computeMetadata/v1/instance`, { headers, signal })
      await answer.body?.cancel()
      if (answer.headers.get('Metadata-Flavor') === 'Google') return true
    } catch {
      // Nobody listens there yet, or nobody ever will.
    }
    await pause(ASKED_AGAIN_AFTER_MS, undefined, { signal }).catch(() => {})
  }
  return false
}
