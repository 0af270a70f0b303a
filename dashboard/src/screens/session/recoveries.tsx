import type { JSX } from 'preact'
import { answerOf, api } from '../../api/api.ts'
import { usePaged } from '../../api/paged.ts'
import { t } from '../../language/language.ts'
import { List, Section } from '../../parts/page.tsx'
import { RecoveryRow } from '../recoveries.tsx'

export function SessionRecoveries({ name }: { name: string }): JSX.Element {
  const recoveries = usePaged(`recoveries ${name}`, ['recovery'], async (cursor) => {
    const query = { session: name, limit: 25, ...(cursor === undefined ? {} : { cursor }) }
    const page = await answerOf(api.GET('/api/recoveries', { params: { query } }))
    return { items: page.recoveries, cursor: page.cursor }
  })
  return (
    <Section title={t('tab.recoveries')}>
      <List
        of={recoveries}
        none={t('noRecoveries')}
        label={t('tab.recoveries')}
        row={(action) => <RecoveryRow key={action.id} action={action} />}
      />
    </Section>
  )
}
