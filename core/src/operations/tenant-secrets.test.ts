import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { DocumentSnapshot } from '../platform/ports.ts'
import { newTenantKeys, unwrapTenantKeys, WrappingKey } from '../security/envelope.ts'
import { tenantKeyPath } from '../security/tenant-key-document.ts'
import { tenantPath } from './tenant-document.ts'
import { openTenantSecrets } from './tenant-secrets.ts'

const wrappingKey = new WrappingKey(randomBytes(32))
const keys = await newTenantKeys('acme', wrappingKey)
const cipher = await unwrapTenantKeys('acme', keys, wrappingKey)

const storing = (stored: Readonly<Record<string, Record<string, unknown>>>) => ({
  read: async (path: string) => (stored[path] ? ({ fields: stored[path] } as unknown as DocumentSnapshot) : null),
})

const tenant = (secrets: Record<string, Buffer>) => ({ v: 1, name: 'Acme', createdAt: new Date(), secrets })

const opening = (secrets: Record<string, Buffer>, more: Record<string, Record<string, unknown>>) =>
  openTenantSecrets({ documents: storing({ [tenantPath('acme')]: tenant(secrets), ...more }), wrappingKey })

describe('a secret of a tenant', () => {
  const sealed = cipher.seal('hook', 'geheim')
  const key = { [tenantKeyPath('acme')]: { ...keys } }

  it('is opened by its name, and is null when it is not set', async () => {
    const open = opening({ hook: sealed }, key)
    expect(await open('acme', 'hook')).toBe('geheim')
    expect([await open('acme', 'other'), await open('nobody', 'hook')]).toEqual([null, null])
  })

  it('does not show its value where it is stored', () => {
    expect(sealed.includes('geheim')).toBe(false)
    expect(cipher.seal('hook', 'geheim')).not.toEqual(sealed)
  })

  it('does not open under another name or for another tenant', async () => {
    const refused = { code: 'cannot-decrypt' }
    await expect(opening({ other: sealed }, key)('acme', 'other')).rejects.toMatchObject(refused)
    const foreign = await unwrapTenantKeys('other', await newTenantKeys('other', wrappingKey), wrappingKey)
    expect(() => foreign.open('hook', sealed)).toThrow(expect.objectContaining(refused))
  })

  it('is damage, not absence, when the data key is missing or was moved', async () => {
    await expect(opening({ hook: sealed }, {})('acme', 'hook')).rejects.toMatchObject({ code: 'data-key-missing' })
    const moved = { [tenantKeyPath('acme')]: { ...(await newTenantKeys('other', wrappingKey)) } }
    await expect(opening({ hook: sealed }, moved)('acme', 'hook')).rejects.toMatchObject({ code: 'data-key-damaged' })
  })
})
