import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { answerOf, api, isProblem, retryAfterOf, sentenceOf } from '../../api/api.ts'
import { onChange } from '../../api/live.ts'
import { t } from '../../language/language.ts'
import { Act } from '../../parts/act.tsx'
import { Problem, Section } from '../../parts/page.tsx'
import { Qr } from '../../parts/qr.tsx'
import { after, now } from '../../platform/clock.ts'

const RETRY_MS = 2000
/** A code that has just ended takes a moment to be replaced. */
const AFTER_END_MS = 300

interface Code {
  readonly value: string
  readonly expiresAt: string
}

/** Links a phone: by the code that it scans, which changes while it is looked at, or by one that a person types in. */
export function Pairing({ name }: { name: string }): JSX.Element {
  const { code, problem } = useQrCode(name)
  return (
    <Section title={t('linkPhone')}>
      <div class="pairing">
        <div class="code">
          {code === null ? <p class="quiet qr wait">{t('codeComes')}</p> : <Qr text={code.value} label={t('qrCode')} />}
          {code !== null && (
            <Act
              run={async () => {
                await navigator.clipboard.writeText(code.value)
                return t('copied')
              }}
            >
              {t('copyCode')}
            </Act>
          )}
          <Problem text={problem} />
        </div>
        <div>
          <ol>
            <li>{t('pairStep1')}</li>
            <li>{t('pairStep2')}</li>
            <li>{t('pairStep3')}</li>
          </ol>
          <ByNumber name={name} />
        </div>
      </div>
    </Section>
  )
}

/** The code of this moment. The next one is asked for when it ends, and when the API tells of the session. */
function useQrCode(name: string): { code: Code | null; problem: string | null } {
  const [state, setState] = useState<{ code: Code | null; problem: string | null }>({ code: null, problem: null })
  useEffect(() => {
    let isOver = false
    let cancel = (): void => undefined
    const ask = async (): Promise<void> => {
      cancel()
      const pause = await load().catch((error: unknown) => {
        // There is no code for the moment: the state of the session says why.
        setState({ code: null, problem: isProblem(error, 'wrong-status') ? null : sentenceOf(error) })
        return (retryAfterOf(error) ?? 0) * 1000 || RETRY_MS
      })
      if (isOver) return
      cancel()
      cancel = after(pause, () => void ask())
    }
    const load = async (): Promise<number> => {
      const request = api.GET('/api/{name}/auth/qr', { params: { path: { name }, query: { format: 'raw' } } })
      const code = (await answerOf(request)) as Code
      if (!isOver) setState({ code, problem: null })
      return Math.max(Date.parse(code.expiresAt) - now(), 0) + AFTER_END_MS
    }
    const stop = onChange((told) => {
      if (told.what === 'session' && told.event.name === name) void ask()
    })
    void ask()
    return () => {
      isOver = true
      cancel()
      stop()
    }
  }, [name])
  return state
}

function ByNumber({ name }: { name: string }): JSX.Element {
  const [phoneNumber, setPhoneNumber] = useState('')
  const [code, setCode] = useState<string | null>(null)
  return (
    <details>
      <summary>{t('byNumber')}</summary>
      <div class="stack">
        <label>
          {t('phoneNumber')}
          <input
            type="tel"
            inputMode="tel"
            autocomplete="off"
            placeholder="5511999990000"
            value={phoneNumber}
            onInput={({ currentTarget }) => setPhoneNumber(currentTarget.value)}
          />
        </label>
        <Act
          run={async () => {
            const body = { phoneNumber: phoneNumber.replaceAll(/\D/g, '') }
            setCode((await answerOf(api.POST('/api/{name}/auth/request-code', { params: { path: { name } }, body }))).code)
            return null
          }}
        >
          {t('getCode')}
        </Act>
        <div role="status">
          {code !== null && (
            <>
              <output class="pairing-code">{code}</output>
              <p class="quiet">{t('pairingCodeHint')}</p>
            </>
          )}
        </div>
      </div>
    </details>
  )
}
