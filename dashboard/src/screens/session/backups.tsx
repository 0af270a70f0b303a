import type { JSX } from 'preact'
import { answerOf, api } from '../../api/api.ts'
import { useLoaded } from '../../api/loaded.ts'
import { mayChange } from '../../api/sign-in.ts'
import { count, kilobytes, lasting, number, t } from '../../language/language.ts'
import { Act } from '../../parts/act.tsx'
import { ask } from '../../parts/ask.tsx'
import { Badge } from '../../parts/badge.tsx'
import { Facts, Sentence } from '../../parts/facts.tsx'
import { List, Section } from '../../parts/page.tsx'
import { say } from '../../parts/say.tsx'
import { At, Ago } from '../../parts/time.tsx'
import { go } from '../../platform/route.ts'

const load = (name: string) => answerOf(api.GET('/api/sessions/{name}/backups', { params: { path: { name } } }))
type Backup = Awaited<ReturnType<typeof load>>[number]

export function Backups({ name }: { name: string }): JSX.Element {
  const backups = useLoaded(`backups ${name}`, ['session', 'recovery'], () => load(name))
  return (
    <Section title={t('tab.backups')} actions={mayChange() && <Make name={name} />}>
      <List
        of={backups}
        none={t('noBackups')}
        label={t('tab.backups')}
        row={(backup) => <Row key={backup.id} name={name} backup={backup} />}
      />
    </Section>
  )
}

function Make({ name }: { name: string }): JSX.Element {
  const open = (): void => {
    let note = ''
    let pin = false
    ask({
      title: t('backupTitle', { name }),
      body: (
        <>
          <label>
            {t('note')}
            <input maxLength={200} autocomplete="off" onInput={({ currentTarget }) => (note = currentTarget.value)} />
          </label>
          <label class="tick">
            <input type="checkbox" onChange={({ currentTarget }) => (pin = currentTarget.checked)} /> {t('pin')}
          </label>
        </>
      ),
      confirm: t('backUp'),
      async run() {
        const body = { pin, ...(note === '' ? {} : { note }) }
        await answerOf(api.POST('/api/sessions/{name}/backups', { params: { path: { name } }, body }))
        say(t('backupAsked'))
      },
    })
  }
  return (
    <button type="button" class="main" onClick={open}>
      {t('backUp')}
    </button>
  )
}

function Row({ name, backup }: { name: string; backup: Backup }): JSX.Element {
  const { id, at, why, note, bytes, pinned, isCurrent, isStored, verification, contents } = backup
  return (
    <li class="row">
      <div class="grow">
        <strong>{at === null ? id : <At at={at} />}</strong>{' '}
        <span class="quiet">
          {kilobytes(bytes)}
          {contents &&
            ` · ${count(
              'records',
              Object.values(contents).reduce((sum, n) => sum + n, 0),
            )}`}
        </span>
        <p class="quiet">
          <code>{why}</code> {note}
        </p>
      </div>
      <div class="side">
        <span class="badges">
          {isCurrent && <Badge tone="good">{t('inUse')}</Badge>}
          {pinned && <Badge tone="calm">{t('pinned')}</Badge>}
          {!isStored && <Badge tone="bad">{t('missing')}</Badge>}
          {verification?.state === 'good' && <Badge tone="good">{t('verified')}</Badge>}
          {verification?.state === 'failed' && <Badge tone="bad">{t('verifyFailed')}</Badge>}
        </span>
        {at !== null && <Ago at={at} />}
        {mayChange() && isStored && (
          <div class="buttons">
            <Act label={`${t('verify')} ${id}`} run={() => verify(name, id)}>
              {t('verify')}
            </Act>
            <Act label={`${t('restore')} ${id}`} run={() => askRestore(name, backup)}>
              {t('restore')}
            </Act>
          </div>
        )}
      </div>
    </li>
  )
}

async function verify(name: string, id: string): Promise<string> {
  await answerOf(api.POST('/api/sessions/{name}/backups/{id}/verify', { params: { path: { name, id } } }))
  return t('verifiedNow')
}

/** Shows first what would be lost. Only then can a person agree. */
async function askRestore(name: string, { id, at }: Backup): Promise<null> {
  const params = { path: { name } }
  const plan = await answerOf(api.POST('/api/sessions/{name}/restore', { params, body: { backup: id, dryRun: true } }))
  if (!('risk' in plan)) return null
  const { wouldLose, risk, gapMs, contents } = plan
  ask({
    title: t('restoreTitle', { name }),
    body: (
      <>
        <p>{at !== null && <At at={at} />}</p>
        <p class="todo">
          <Sentence text={wouldLose.sentence} />
        </p>
        <p>
          <Sentence text={risk.sentence} />
        </p>
        <Facts
          facts={[
            [
              t('risk'),
              <Badge tone={risk.level === 'low' ? 'good' : risk.level === 'medium' ? 'warn' : 'bad'}>
                {t(`riskOf.${risk.level}`)}
              </Badge>,
            ],
            [t('lostRecords'), number(wouldLose.records)],
            [t('lostMessages'), number(wouldLose.messages)],
            [t('chatsAnew'), number(wouldLose.chats)],
            [t('lostContacts'), wouldLose.contacts === null ? t('unknown') : number(wouldLose.contacts)],
            [t('gap'), gapMs === null ? null : lasting(gapMs)],
            [
              t('inBackup'),
              count(
                'records',
                Object.values(contents).reduce((sum, n) => sum + n, 0),
              ),
            ],
          ]}
        />
        <p class="quiet">{t('restoreUndo')}</p>
      </>
    ),
    confirm: t('restore'),
    isDanger: true,
    async run() {
      const answer = await answerOf(api.POST('/api/sessions/{name}/restore', { params, body: { backup: id, approve: true } }))
      say(t('restoring', { name }))
      if ('action' in answer) go(['recoveries', answer.action.id])
    },
  })
  return null
}
