import { bucketUsers, readersOf, type SecretName } from '../../resources/deployed-functions.ts'
import { secretUrl, SECRETS } from '../../resources/secrets.ts'
import { type Account, ACCOUNTS } from '../../resources/target.ts'
import { type LiveCheck, type LiveContext, type Problem, verdictOf } from '../live-check.ts'

const APPLY = 'npm run infra -- doctor names rights that nobody wants, and npm run infra -- apply gives those that are missing.'

const PROCESSES = (Object.keys(ACCOUNTS) as Account[]).filter((account) => account !== 'build')

/** What each account of the deployment may do, tried in its name. */
export const rights: readonly LiveCheck[] = [
  {
    name: 'rights: secrets',
    proves: 'each secret is readable by the accounts that need it, and by no other of the deployment',
    seconds: 30,
    usd: 0,
    run: async ({ target, call }) => {
      const problems: Problem[] = []
      const names = Object.keys(SECRETS) as SecretName[]
      for (const name of names) {
        for (const account of PROCESSES) {
          const { status } = await call({ url: `${secretUrl(target.project, name)}/versions/latest:access` }, account)
          const wanted = readersOf(name).includes(account) ? 200 : 403
          if (status !== wanted) problems.push({ what: sentenceOf(account, name, status), mend: APPLY })
        }
      }
      return verdictOf({ accounts: PROCESSES.length, secrets: names.length }, ...problems)
    },
  },
  {
    name: 'rights: wrapping key',
    proves:
      'the accounts that open sessions may use the keys of Cloud KMS that wrap their keys, and no other of the deployment may',
    seconds: 20,
    usd: 0,
    run: async (context) => {
      const keys = context.target.wrappingKeys
      const problems: Problem[] = []
      for (const key of keys) problems.push(...(await tryWrappingKey(context, key)))
      return verdictOf({ accounts: keys.length === 0 ? 0 : PROCESSES.length, keys: keys.length }, ...problems)
    },
  },
  {
    name: 'rights: checkpoints',
    proves: 'the accounts that write checkpoints create and read objects, and are refused to overwrite and delete them',
    seconds: 20,
    usd: 0,
    needs: ['prefix'],
    run: async (context) => {
      const problems: Problem[] = []
      for (const account of bucketUsers()) problems.push(...(await tryObjects(context, account)))
      return verdictOf({ accounts: bucketUsers().length }, ...problems)
    },
  },
]

const sentenceOf = (account: Account, name: SecretName, status: number): string =>
  status === 200 ? `${account} may read ${name}, which is not its business` : `${account} cannot read ${name}: ${status}`

async function tryWrappingKey({ target, call }: LiveContext, key: string): Promise<readonly Problem[]> {
  const problems: Problem[] = []
  const request = { url: `https://cloudkms.googleapis.com/v1/${key}:encrypt`, method: 'POST' } as const
  const name = key === target.wrappingKey ? 'the wrapping key' : key
  for (const account of PROCESSES) {
    const { status } = await call({ ...request, body: '{"plaintext":"b2YgYSB2ZXJpZmljYXRpb24="}' }, account)
    const wanted = readersOf('SESSION_ENCRYPTION_KEY').includes(account) ? 200 : 403
    if (status === wanted) continue
    const what =
      status === 200 ? `${account} may use ${name}, which is not its business` : `${account} cannot use ${name}: ${status}`
    problems.push({ what, mend: APPLY })
  }
  return problems
}

/** Creates an object, reads it, and tries what would harm it. */
async function tryObjects({ target, scratch, call }: LiveContext, account: Account): Promise<readonly Problem[]> {
  const name = `${scratch.prefix}${account}`
  const bucket = `https://storage.googleapis.com/storage/v1/b/${target.bucket}/o`
  const upload = `https://storage.googleapis.com/upload/storage/v1/b/${target.bucket}/o?uploadType=media&name=${encodeURIComponent(name)}`
  const object = `${bucket}/${encodeURIComponent(name)}`
  const tries = [
    ['create', 200, { url: `${upload}&ifGenerationMatch=0`, method: 'POST', body: 'of a verification' }],
    ['read', 200, { url: object }],
    ['overwrite', 403, { url: upload, method: 'POST', body: 'another text' }],
    ['delete', 403, { url: object, method: 'DELETE' }],
  ] as const
  const problems: Problem[] = []
  for (const [verb, wanted, request] of tries) {
    const { status } = await call(request, account)
    if (status === wanted) continue
    const what =
      wanted === 200 ? `${account} cannot ${verb} a checkpoint: ${status}` : `${account} may ${verb} checkpoints (${status})`
    problems.push({ what, mend: APPLY })
  }
  return problems
}
