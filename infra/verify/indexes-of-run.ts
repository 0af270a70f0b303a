import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { databaseUrl } from '../resources/database.ts'
import { listAt, textAt } from '../resources/fields.ts'
import type { IndexFile } from '../resources/firestore-files.ts'
import { ROOT } from '../units/repository.ts'
import type { LiveContext } from './live-check.ts'

const ACCEPTED_WITHIN_MS = 120_000
/** Google builds indexes of an empty database in minutes. */
const READY_WITHIN_MS = 15 * 60_000
/** Another index is being made, or too many requests came. */
const LATER = new Set([409, 429, 503])

/** Gives the database of the run the indexes of `firestore.indexes.json`, and waits until all of them are ready. */
export async function makeIndexes({ target, scratch, call, read, until, say }: LiveContext): Promise<void> {
  const { indexes } = JSON.parse(readFileSync(join(ROOT, 'firestore.indexes.json'), 'utf8')) as IndexFile
  const groups = `${databaseUrl(target.project).replace('(default)', scratch.database)}/collectionGroups`
  say(`    ${indexes.length} indexes are made in ${scratch.database}.`)
  for (const { collectionGroup, queryScope, fields } of indexes) {
    const request = { url: `${groups}/${collectionGroup}/indexes`, method: 'POST', body: { queryScope, fields } } as const
    await until(`an index of ${collectionGroup}`, ACCEPTED_WITHIN_MS, async () => {
      const { status, body } = await call(request, 'caller')
      if (status === 200 || textAt(body, 'error', 'status') === 'ALREADY_EXISTS') return true
      if (LATER.has(status)) return null
      throw new Error(`An index of ${collectionGroup} was refused: ${status} ${textAt(body, 'error', 'message') ?? ''}`)
    })
  }
  await until('the indexes to be ready', READY_WITHIN_MS, async () => {
    const made = listAt(await read({ url: `${groups}/-/indexes?pageSize=300` }), 'indexes')
    return made.filter(({ state }) => state === 'READY').length >= indexes.length ? true : null
  })
}
