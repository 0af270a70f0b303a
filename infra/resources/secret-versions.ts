import type { SecretName } from './deployed-functions.ts'
import { at, lastOf, listAt, textAt } from './fields.ts'
import type { Read } from './resource.ts'
import { secretUrl } from './secrets.ts'
import type { Target } from './target.ts'

export const versionsRead = ({ project }: Target, name: SecretName): Read => ({
  url: `${secretUrl(project, name)}/versions?pageSize=100`,
})

/** The read of the value of a version, which is a secret. */
export const valueRead = ({ project }: Target, name: SecretName, version: string): Read => ({
  url: `${secretUrl(project, name)}/versions/${version}:access`,
})

/** Returns the value of a version, without the white space around it. Undefined if there is none. */
export function valueIn(answer: unknown): string | undefined {
  const data = textAt(answer, 'payload', 'data')
  return data === undefined ? undefined : Buffer.from(data, 'base64').toString().trim()
}

export const isEnabled = (version: unknown): boolean => at(version, 'state') === 'ENABLED'

export const numberOf = (version: unknown): number => Number(lastOf(textAt(version, 'name') ?? ''))

/** The numbers of the versions that may be read, the newest first. */
export const enabledIn = (answer: unknown): readonly string[] =>
  listAt(answer, 'versions')
    .filter(isEnabled)
    .map(numberOf)
    .toSorted((one, other) => other - one)
    .map(String)

/** The number of the newest version that may be read. Undefined while there is none. */
export const newestIn = (answer: unknown): string | undefined => enabledIn(answer)[0]
