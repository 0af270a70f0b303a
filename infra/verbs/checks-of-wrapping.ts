import { wrappingKeyRead, wrappingVersionsRead } from '../resources/encryption.ts'
import { at, isFields, lastOf, listAt, textAt } from '../resources/fields.ts'
import type { Answers, LaterRead } from '../resources/resource.ts'
import type { Target } from '../resources/target.ts'
import type { Check } from './check.ts'

/** Documents with stored keys that one look reads. They are read only while a version of the key cannot be used. */
const MOST_DOCUMENTS = 5000

/** Whether the key of Cloud KMS that wraps the data keys of sessions can be used. Who may use it, `access.ts` says. */
export const checksOfWrapping = (target: Target): readonly Check[] =>
  target.wrappingKeys.flatMap((key) => checksOfKey(target, key))

function checksOfKey({ wrappingKey, project }: Target, key: string): readonly Check[] {
  const named = key === wrappingKey ? 'the key that wraps the keys of sessions' : `the tenant's key ${key}`
  const versions = wrappingVersionsRead(key)
  const restore = `gcloud kms keys versions restore VERSION --key=${key} while it is scheduled for destruction, then gcloud kms keys versions enable VERSION --key=${key}.`
  return [
    {
      name: `${named} exists, and its primary version is enabled`,
      reads: [wrappingKeyRead(key)],
      problem: ([found]) => {
        if (!isFields(found)) return `there is no ${key}`
        const purpose = textAt(found, 'purpose')
        if (purpose !== 'ENCRYPT_DECRYPT') return `it is for ${purpose ?? 'nothing'}, and not for ENCRYPT_DECRYPT`
        const state = textAt(found, 'primary', 'state') ?? 'MISSING'
        return state === 'ENABLED' ? null : `its primary version ${lastOf(textAt(found, 'primary', 'name') ?? '')} is ${state}`
      },
      mend: `No session whose keys it wraps can be created or opened. gcloud kms keys update ${key} --primary-version=VERSION makes an enabled version the primary one. ${restore}`,
    },
    {
      name: `every version of ${named} is enabled`,
      reads: [versions],
      problem: ([found]) => {
        const said = unusable(found).map(
          (version) => `version ${lastOf(textAt(version, 'name') ?? '')} is ${textAt(version, 'state')}`,
        )
        return said.length === 0 ? null : said.join('; ')
      },
      mend: `A session whose key such a version wraps does not open. ${restore} GET /api/keys/rewrap says which versions are in use.`,
    },
    {
      name: `no stored key needs a version of ${named} that cannot be used`,
      reads: [versions, storedKeys(project, 'session_keys'), storedKeys(project, 'tenant_keys')],
      problem: needed,
      mend: `These sessions open again only with that version. ${restore} Then POST /api/keys/rewrap before it is disabled again. A destroyed version does not come back: bring session_keys back from a backup of Firestore that an earlier key wrapped, or purge these sessions.`,
    },
  ]
}

const unusable = (answer: unknown) =>
  listAt(answer, 'cryptoKeyVersions').filter((version) => textAt(version, 'state') !== 'ENABLED')

/** Nothing is indexed in these documents, so that all of them are read. */
const storedKeys =
  (project: string, collectionId: 'session_keys' | 'tenant_keys'): LaterRead =>
  ([versions]) =>
    unusable(versions).length === 0
      ? null
      : {
          url: `https://firestore.googleapis.com/v1/projects/${project}/databases/(default)/documents:runQuery`,
          method: 'POST',
          body: {
            structuredQuery: { from: [{ collectionId }], select: { fields: [{ fieldPath: 'keys' }] }, limit: MOST_DOCUMENTS },
          },
        }

/** Says how many documents name each version that cannot be used. */
function needed([versions, ...stored]: Answers): string | null {
  const states = new Map(unusable(versions).map((version) => [textAt(version, 'name') ?? '', textAt(version, 'state') ?? '']))
  const uses = new Map<string, number>()
  for (const document of stored.flatMap((answer) => listAt(answer))) {
    const keys = at(document, 'document', 'fields', 'keys', 'mapValue', 'fields')
    const named = isFields(keys)
      ? Object.values(keys).map((one) => textAt(one, 'mapValue', 'fields', 'wrappedBy', 'stringValue'))
      : []
    for (const version of new Set(named)) {
      if (version !== undefined && states.has(version)) uses.set(version, (uses.get(version) ?? 0) + 1)
    }
  }
  const isCut = stored.some((answer) => listAt(answer).length >= MOST_DOCUMENTS)
  const most = isCut ? 'at least ' : ''
  const said = [...uses].map(
    ([version, count]) => `version ${lastOf(version)} is ${states.get(version)}, and wraps keys of ${most}${count} documents`,
  )
  if (said.length === 0 && isCut)
    return `only the first ${MOST_DOCUMENTS} documents with keys were read; GET /api/keys/rewrap counts all of them`
  return said.length === 0 ? null : said.join('; ')
}
