import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: root, encoding: 'utf8' })
  .split('\n')
  .filter((path) => path !== '' && existsSync(`${root}/${path}`))
const names = new Set(files.map((path) => path.split('/').at(-1)))
const folders = ['core', 'dashboard', 'functions', 'runner', 'cli', 'client', 'infra', 'sandbox', 'test', 'docs']
const { scripts } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8')) as { scripts: Record<string, string> }

/** Pages that describe the present. Decisions and the changelog also name what was. */
const pages = files.filter((path) => /^(README|CONTRIBUTING|docs\/(examples\/)?[A-Z_]+)\.md$/.test(path))

const quoted = (text: string): string[] => [...text.matchAll(/`([^`\n]+)`/g)].map(([, inside = '']) => inside)

/** A path of the repository that the quotation is, without what a placeholder or an ending leaves open. */
function pathIn(quotation: string): string | null {
  const isPath = /^[\w@./*-]+$/.test(quotation) && folders.some((folder) => quotation.startsWith(`${folder}/`))
  return isPath && !quotation.includes('*') ? quotation.replace(/\/$/, '') : null
}

/** What lies below `infra/build` and `dashboard/dist` is made by a build. */
const exists = (path: string): boolean =>
  path.startsWith('infra/build/') ||
  path === 'dashboard/dist' ||
  files.some((file) => file === path || file.startsWith(`${path}/`) || file === `${path}.ts` || file === `${path}.test.ts`)

describe.each(pages)('%s', (page) => {
  const text = readFileSync(`${root}/${page}`, 'utf8')

  test('names only files and folders that exist', () => {
    const missing = quoted(text)
      .flatMap((quotation) => pathIn(quotation) ?? [])
      .filter((path) => !exists(path))
    const unknown = quoted(text).filter((quotation) => /^[\w.-]+\.(ts|mjs)$/.test(quotation) && !names.has(quotation))
    expect([...missing, ...unknown]).toEqual([])
  })

  test('names only scripts that exist', () => {
    const named = [...text.matchAll(/npm run ([\w:-]+)/g)].map(([, name = '']) => name)
    expect(named.filter((name) => !(name in scripts))).toEqual([])
  })

  test('links only to pages that exist', () => {
    const links = [...text.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, link = '']) => link)
    const folder = page.includes('/') ? `${page.slice(0, page.lastIndexOf('/'))}/` : ''
    expect(links.filter((link) => !existsSync(`${root}/${folder}${link}`))).toEqual([])
  })
})
