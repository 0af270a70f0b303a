import { parseEnv } from 'node:util'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { DEFAULT_TENANT_SETTINGS } from '@holdfast/core/operations/tenant-settings'
import { notesOf } from '@holdfast/core/platform/settings'
import { apiSettings, readApiConfig, readFunctionConfig } from './config.ts'

const complete = {
  GOOGLE_CLOUD_PROJECT: 'project',
  STORAGE_BUCKET: 'bucket',
  SESSION_ENCRYPTION_KEY: Buffer.alloc(32, 1).toString('base64'),
  API_KEY: 'sixteen characters',
}

describe('the configuration of the API', () => {
  it('is read from a complete environment', () => {
    expect(readApiConfig(complete)).toEqual({
      projectId: 'project',
      publicUrl: '',
      storage: { type: 'hybrid', bucket: 'bucket' },
      taskQueue: 'cloud',
      tasks: {
        projectId: 'project',
        region: 'us-central1',
        functionsUrl: 'https://us-central1-project.cloudfunctions.net',
        serviceAccount: 'holdfast-invoker@project.iam.gserviceaccount.com',
        emulator: null,
      },
      wrapping: { keys: [{ label: '', key: Buffer.alloc(32, 1) }], kms: null },
      dataKeyMaxAgeDays: null,
      apiKeys: ['sixteen characters'],
      serverUrl: null,
      acceptsMessages: true,
      isRecoveryAutomatic: true,
      oldNames: [],
      thresholds: { cpu: 70, memory: 75 },
      traces: null,
      isMultiTenant: true,
      notifications: {
        channels: [],
        minSeverity: 'info',
        mail: null,
        telegramUrl: 'https://api.telegram.org',
        runbookUrl: 'docs/RUNBOOK.md',
        contact: 'mailto:operator@holdfast.invalid',
      },
      allowInside: [],
      fleet: null,
      version: '0.1.0',
      tenantDefaults: DEFAULT_TENANT_SETTINGS,
      logLevel: 'info',
    })
  })

  it('needs no API key where callers do not reach the function', () => {
    const { API_KEY: _, ...internal } = complete
    const { apiKeys: __, serverUrl: ___, ...expected } = readApiConfig(complete)
    expect(readFunctionConfig(internal)).toEqual(expected)
    expect(() => readApiConfig(internal)).toThrow(/API_KEY/)
  })

  it('accepts several API keys, each of which is long enough', () => {
    const [newer, older] = ['a newer key of many', 'an older key of many']
    expect(readApiConfig({ ...complete, API_KEY: `${newer}, ${older}` }).apiKeys).toEqual([newer, older])
    for (const API_KEY of [`${newer},short`, `${newer},`])
      expect(() => readApiConfig({ ...complete, API_KEY })).toThrow(/API_KEY/)
  })

  it("takes the project from Cloud Functions' own variable", () => {
    const { GOOGLE_CLOUD_PROJECT: _, ...deployed } = complete
    expect(readApiConfig({ ...deployed, GCLOUD_PROJECT: 'deployed' }).projectId).toBe('deployed')
  })

  it('reports every problem at once and shows no secret', () => {
    const bad = { API_KEY: 'short secret', SESSION_ENCRYPTION_KEY: 'another secret', LOG_LEVEL: 'loud secret' }
    const names = ['GOOGLE_CLOUD_PROJECT', 'STORAGE_BUCKET', 'SESSION_ENCRYPTION_KEY', 'API_KEY', 'LOG_LEVEL']
    for (const name of names) {
      const message = expect.stringContaining(name)
      expect(() => readApiConfig(bad)).toThrow(expect.objectContaining({ code: 'bad-configuration', message }))
    }
    expect(() => readApiConfig(bad)).not.toThrow(/secret/)
  })

  it('describes every variable for operators', () => {
    expect(Object.entries(apiSettings.shape).filter(([, schema]) => notesOf(schema).description === '')).toEqual([])
  })

  it('closes the queue to new messages', () => {
    expect(readApiConfig({ ...complete, MESSAGE_QUEUE_ENABLED: 'false' }).acceptsMessages).toBe(false)
  })

  it('is described in .env.example, which lists each variable with its default, and no other', () => {
    const example = readFileSync(new URL('../.env.example', import.meta.url), 'utf8')
    const named = [...example.matchAll(/^#?([A-Z][A-Z0-9_]*)=/gm)].map(([, name]) => name)
    expect(new Set(named)).toEqual(new Set(Object.keys(apiSettings.shape)))
    expect(readApiConfig({ ...parseEnv(example), ...complete })).toEqual(readApiConfig(complete))
  })
})
