import { SafeHttp } from '@holdfast/core/adapters/outgoing/http'
import { outsideOr } from '@holdfast/core/adapters/outgoing/inside-addresses'
import { SafeMails } from '@holdfast/core/adapters/outgoing/mails'

const mayConnect = outsideOr(['127.0.0.1', '::1'])

/** The real ways out, which reach this host, and no channel of the installation. */
export const SILENT = {
  channels: [],
  minSeverity: 'info',
  mail: null,
  telegramUrl: 'http://127.0.0.1:9',
  runbookUrl: 'docs/RUNBOOK.md',
  contact: 'mailto:ops@example.com',
  http: new SafeHttp({ mayConnect }),
  mails: new SafeMails({ mayConnect }),
} as const
