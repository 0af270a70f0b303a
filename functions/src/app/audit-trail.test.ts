import { describe, expect, it } from 'vitest'
import { ROUTES } from '../api/routes.ts'
import { isAudited, thingsIn } from './audit-trail.ts'

const nothing = { params: undefined, query: undefined, body: undefined }

/** Who signs in is known only then, and the route writes it: sign-in.test.ts. To sign out changes nothing here. */
const BY_ITSELF = ['signIn', 'signOut']

describe('the audit log', () => {
  it('has every act that changes something, but for the sending of messages', () => {
    const changing = ROUTES.filter(({ method, changesNothing }) => method !== 'GET' && !changesNothing)
    expect(ROUTES.filter(({ changesNothing }) => changesNothing).map(({ operationId }) => operationId)).toEqual(['queryGraph'])
    const left = changing.filter((route) => !isAudited(route) && !BY_ITSELF.includes(route.operationId))
    // Nothing of these is about the installation: they send, or show that somebody writes or reads.
    const act =
      /\/(send|start|stop)[A-Z]|\/(status|reaction|star|forwardMessage|events|messages|presence|link-custom-preview|overview)\b/
    expect(left.map(({ path }) => path).filter((path) => !act.test(path))).toEqual([])
    expect(ROUTES.filter(({ method }) => method === 'GET').some(isAudited)).toBe(false)
  })

  it('has the names and ids of a request', () => {
    expect(
      thingsIn({
        params: { name: 'main', id: 'default.main-restart-000001' },
        query: { tenant: 'acme' },
        body: { session: 'other', reason: 'Because of 5511999990000.' },
      }),
    ).toEqual({ name: 'main', id: 'default.main-restart-000001', tenant: 'acme', session: 'other' })
  })

  it('tells a purge from a removal', () => {
    const query = { purge: 'true', confirm: 'main' }
    expect(thingsIn({ ...nothing, params: { name: 'main' }, query })).toEqual({ name: 'main', purge: 'true' })
  })

  it('has the id of what was made, and nothing else of the answer', () => {
    const created = { id: '0123456789abcdef01234567', key: 'hf_secret' }
    expect(thingsIn({ ...nothing, body: { name: 'shop', role: 'send' }, created })).toEqual({
      name: 'shop',
      role: 'send',
      id: '0123456789abcdef01234567',
    })
  })

  it('has the run of a request for many sessions, whose actions name them', () => {
    const created = { run: '20261201T031700000Z-0badcafe', sessions: [] }
    expect(thingsIn({ ...nothing, body: { approve: true }, created })).toEqual({ run: created.run })
  })

  it('has the parts of a configuration that were changed, without their values', () => {
    const body = { name: 'Acme Ltd.', config: { pacing: { dailyLimit: 1 }, timeZone: 'UTC' }, secrets: { hook: 'geheim' } }
    expect(thingsIn({ ...nothing, params: { id: 'acme' }, body })).toEqual({
      id: 'acme',
      config: 'pacing.timeZone',
      secrets: 'hook',
    })
  })

  it('has no text of a message, no free text and no phone number', () => {
    const body = { name: '5511999990000', text: 'Hello', chatId: '5511999990000@c.us', session: 'call +55 11 99999 0000' }
    expect(thingsIn({ ...nothing, body })).toEqual({ name: '…0000' })
  })
})
