import { textAt } from '../../resources/fields.ts'
import { type LiveCheck, type Problem, verdictOf } from '../live-check.ts'

const base64 = (text: string): string => Buffer.from(text).toString('base64')

const PROBE = base64('of a verification')
const PLACE = base64('the place of the verification')
const ELSEWHERE = base64('another place')

/** What a runner does with the data key of a session, in its name. Nothing is stored. */
export const wrappingKey: LiveCheck = {
  name: 'keys: wrapping key',
  proves: 'what a runner wraps by Cloud KMS opens again, and at no other place than the one it was bound to',
  seconds: 5,
  usd: 0,
  run: async ({ target: { wrappingKey: key, project }, call }) => {
    if (key === undefined) return verdictOf({ 'wrapping keys': 0 })
    const ask = (verb: 'encrypt' | 'decrypt', body: object) =>
      call({ url: `https://cloudkms.googleapis.com/v1/${key}:${verb}`, method: 'POST', body }, 'runner')
    const mend = `npm run infra -- doctor looks at the key and its versions. gcloud kms keys describe ${key} --project=${project}`
    const problem = (what: string): Problem => ({ what, mend })
    const wrapped = await ask('encrypt', { plaintext: PROBE, additionalAuthenticatedData: PLACE })
    const ciphertext = textAt(wrapped.body, 'ciphertext')
    if (wrapped.status !== 200 || ciphertext === undefined)
      return verdictOf({}, problem(`a runner cannot wrap: ${wrapped.status}`))
    const opened = await ask('decrypt', { ciphertext, additionalAuthenticatedData: PLACE })
    const moved = await ask('decrypt', { ciphertext, additionalAuthenticatedData: ELSEWHERE })
    return verdictOf(
      { 'primary version': (textAt(wrapped.body, 'name') ?? '').split('/').at(-1) ?? '' },
      opened.status === 200 && textAt(opened.body, 'plaintext') === PROBE
        ? null
        : problem(`what a runner has wrapped does not open: ${opened.status}`),
      moved.status === 400 ? null : problem(`what is bound to one place is not refused at another one: ${moved.status}`),
    )
  },
}
