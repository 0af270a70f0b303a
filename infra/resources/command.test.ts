import { expect, test } from 'vitest'
import { firebase, gcloud, lineOf, wordsOf, type Programs } from './command.ts'

const programs: Programs = { firebase: ['npx', '--yes', 'firebase-tools@1.2.3'], track: ({ track }) => (track ? [track] : []) }

test('a command of gcloud names its project and asks no questions', () => {
  expect(wordsOf(gcloud('my-project', ['secrets', 'list']), programs)).toEqual([
    'gcloud',
    'secrets',
    'list',
    '--project=my-project',
    '--quiet',
  ])
})

test('a command has the track that this SDK needs', () => {
  expect(lineOf(gcloud('p', ['run', 'worker-pools', 'list'], { track: 'beta' }), programs)).toBe(
    'gcloud beta run worker-pools list --project=p --quiet',
  )
})

test('a line can be pasted into a shell', () => {
  const command = gcloud('p', ['x', "--condition=^;^title=it's;expression=a == b"])
  expect(lineOf(command, programs)).toBe(`gcloud x '--condition=^;^title=it'\\''s;expression=a == b' --project=p --quiet`)
})

test('a line with a secret shows how it is made, and not its value', () => {
  const command = gcloud('p', ['secrets', 'versions', 'add', 'KEY', '--data-file=-'], { secret: 'base64 of 32 bytes' })
  expect(lineOf(command, programs)).toBe(
    'printf %s "$(openssl rand -base64 32)" | gcloud secrets versions add KEY --data-file=- --project=p --quiet',
  )
})

test('firebase-tools deploy one part, and are never forced', () => {
  expect(lineOf(firebase('p', 'functions'), programs)).toBe(
    'npx --yes firebase-tools@1.2.3 deploy --only=functions --project=p --non-interactive',
  )
})
