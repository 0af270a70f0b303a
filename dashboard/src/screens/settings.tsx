import type { JSX } from 'preact'
import { answerOf, api } from '../api/api.ts'
import { useLoaded } from '../api/loaded.ts'
import { person } from '../api/sign-in.ts'
import { t } from '../language/language.ts'
import { Facts } from '../parts/facts.tsx'
import { Page, Problem, Section } from '../parts/page.tsx'
import { At } from '../parts/time.tsx'
import { Appearance } from './settings/appearance.tsx'
import { Configuration } from './settings/configuration.tsx'
import { Keys } from './settings/keys.tsx'

export function Settings(): JSX.Element {
  const tenant = useLoaded('tenant', [], () => answerOf(api.GET('/api/tenant')))
  return (
    <Page title={t('place.settings')}>
      <Section title={t('appearance')}>
        <Appearance />
      </Section>
      <Section title={t('tenant')}>
        <Problem text={tenant.problem} />
        {tenant.value && (
          <Facts
            facts={[
              [t('name'), tenant.value.name],
              [t('identifier'), <code>{tenant.value.id}</code>],
              [t('yourRole'), person.value && t(`role.${person.value.role}`)],
              [t('created'), tenant.value.createdAt && <At at={tenant.value.createdAt} />],
              [t('secrets'), Object.keys(tenant.value.secrets).join(', ')],
            ]}
          />
        )}
      </Section>
      <Keys />
      {tenant.value && <Configuration tenant={tenant.value} reload={tenant.reload} />}
    </Page>
  )
}
